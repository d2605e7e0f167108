// An editor as the Agent Client Protocol knows it: starts `homarus acp` as its child and speaks with it by the official
// library. It keeps every update and every line, and finds out when something else than the protocol was written.
import { join } from "node:path";
import {
  type ClientContext,
  type ContentBlock,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { StateFolder } from "./house-process.ts";

const start = join(import.meta.dir, "..", "..", "..", "server", "src", "cli", "start.ts");

export interface Told {
  readonly sessionId: string;
  readonly update: SessionUpdate;
}

export interface EditorOptions {
  readonly args?: readonly string[];
  /** A file that Bun loads before the agent. */
  readonly preload?: string;
  /** An executable instead of the checkout. */
  readonly binary?: string;
  readonly decide?: (asked: RequestPermissionRequest) => RequestPermissionResponse;
  readonly capabilities?: object;
}

export interface Editor extends AsyncDisposable {
  readonly agent: ClientContext;
  readonly told: Told[];
  /** What the person was asked. */
  readonly asked: RequestPermissionRequest[];
  /** What the agent wrote, line by line. */
  readonly lines: string[];
  readonly pid: number;
  /** Standard error so far. */
  errors(): string;
  /** The next update that fits, also one that came already. */
  until(fits: (told: Told) => boolean): Promise<Told>;
  /** A line of the agent that fits. */
  line(fits: (line: string) => boolean): Promise<string>;
  /** A line that the library would not write. */
  write(line: string): void;
  initialize(): Promise<void>;
  /** A new session's id. */
  open(cwd?: string): Promise<string>;
  say(sessionId: string, text: string): Promise<string>;
  /** Closes the agent's input; resolves with its exit code. */
  close(): Promise<number>;
  signal(name: NodeJS.Signals): Promise<number>;
}

export function startEditor(state: StateFolder, options: EditorOptions = {}): Editor {
  const loads = options.preload ? ["--preload", options.preload] : [];
  const command = options.binary ? [options.binary] : [process.execPath, ...loads, start];
  const child = Bun.spawn([...command, "acp", ...(options.args ?? [])], {
    env: { PATH: process.env.PATH ?? "", HOME: state.folder, HOMARUS_HOME: state.folder, TZ: "UTC" },
    ...{ stdin: "pipe", stdout: "pipe", stderr: "pipe" },
  });
  let errors = "";
  const drained = (async () => {
    const decoder = new TextDecoder();
    for await (const part of child.stderr) errors += decoder.decode(part, { stream: true });
  })();
  const told: Told[] = [];
  const asked: RequestPermissionRequest[] = [];
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const wake of [...waiting]) wake();
  };
  const first = <Item>(items: readonly Item[], fits: (item: Item) => boolean): Promise<Item> =>
    new Promise((resolve) => {
      const wake = (): void => {
        const found = items.find(fits);
        if (found === undefined) return;
        waiting.delete(wake);
        resolve(found);
      };
      waiting.add(wake);
      wake();
    });
  const output = new WritableStream<Uint8Array>({ write: (bytes) => send(bytes) });
  const send = (bytes: Uint8Array | string): void => {
    child.stdin.write(bytes);
    child.stdin.flush();
  };
  const connection = client({ name: "editor" })
    .onNotification(methods.client.session.update, ({ params }) => {
      told.push(params);
      look();
    })
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      asked.push(params);
      if (!options.decide) return { outcome: { outcome: "cancelled" } };
      return options.decide(params);
    })
    .connect(ndJsonStream(output, child.stdout.pipeThrough(listening(lines, look))));
  const { agent } = connection;
  const ended = async (): Promise<number> => {
    const code = await child.exited;
    await drained;
    return code;
  };
  const close = async (): Promise<number> => {
    child.stdin.end();
    return ended();
  };
  return {
    ...{ agent, told, asked, lines, pid: child.pid, close },
    errors: () => errors,
    until: (fits) => first(told, fits),
    line: (fits) => first(lines, fits),
    write: (line) => send(`${line}\n`),
    async initialize() {
      await agent.request(methods.agent.initialize, {
        protocolVersion: PROTOCOL_VERSION,
        clientInfo: { name: "editor", title: "Test Editor", version: "1.0" },
        clientCapabilities: options.capabilities ?? {},
      });
    },
    async open(cwd = state.folder) {
      return (await agent.request(methods.agent.session.new, { cwd, mcpServers: [] })).sessionId;
    },
    async say(sessionId, text) {
      const prompt: ContentBlock[] = [{ type: "text", text }];
      return (await agent.request(methods.agent.session.prompt, { sessionId, prompt })).stopReason;
    },
    async signal(name) {
      child.kill(name);
      return ended();
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await ended();
    },
  };
}

function listening(lines: string[], look: () => void): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder();
  let rest = "";
  return new TransformStream({
    transform(bytes, controller) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = parts.pop() ?? "";
      lines.push(...parts);
      look();
      controller.enqueue(bytes);
    },
  });
}

/** The text of what was said to the person of a session, in order. */
export function spoken(told: readonly Told[], kind: SessionUpdate["sessionUpdate"] = "agent_message_chunk"): string {
  return told
    .map(({ update }) =>
      update.sessionUpdate === kind && "content" in update && !Array.isArray(update.content)
        ? ((update.content as { text?: string }).text ?? "")
        : "",
    )
    .join("");
}

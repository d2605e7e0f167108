// `homarus agent`: one message and its answer, or a conversation line by line; streaming, with tools shown.
import { createInterface } from "node:readline/promises";
import type { EventFrame } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { type Connected, connect } from "../connect.ts";
import { numberOption } from "../options.ts";
import { printJson, printLine, printText } from "../print.ts";

interface AgentPayload {
  readonly runId: string;
  readonly stream: string;
  readonly data: {
    readonly delta?: string;
    readonly text?: string;
    readonly phase?: string;
    readonly name?: string;
    readonly isError?: boolean;
  };
}

interface AgentResult {
  readonly runId: string;
  readonly status: string;
  readonly summary?: string;
  readonly result?: { readonly payloads?: readonly { readonly text?: string }[] };
}

export async function run(invocation: Invocation): Promise<number> {
  const watching = new Map<string, (payload: AgentPayload) => void>();
  const onEvent = ({ event, payload }: EventFrame): void => {
    if (event === "agent") watching.get((payload as AgentPayload).runId)?.(payload as AgentPayload);
  };
  await using connected = await connect(invocation, { onEvent, otherwise: "embed" });
  const message = invocation.operands.join(" ").trim() || (process.stdin.isTTY ? "" : await readAll());
  if (message) return await ask(message, { connected, watching, invocation });
  if (!process.stdin.isTTY)
    throw Object.assign(new Error("There is nothing to say."), {
      kind: "invalid",
      hint: 'Write a message: homarus agent "hello"',
    });
  return await converse({ connected, watching, invocation });
}

interface Asking {
  readonly connected: Connected;
  readonly watching: Map<string, (payload: AgentPayload) => void>;
  readonly invocation: Invocation;
}

async function ask(message: string, { connected, watching, invocation }: Asking): Promise<number> {
  const { options } = invocation;
  const runId = crypto.randomUUID();
  const shown = options.json ? undefined : watch();
  if (shown) watching.set(runId, shown.see);
  const timeout = numberOption("timeout", options.timeout).timeout ?? 600;
  const result = await connected.client.request<AgentResult>(
    "agent",
    {
      message,
      idempotencyKey: runId,
      sessionKey: typeof options.session === "string" ? options.session : "main",
      timeout,
      ...(typeof options.thinking === "string" ? { thinking: options.thinking } : {}),
      ...(typeof options.model === "string" ? { model: options.model } : {}),
    },
    { timeoutMs: timeout * 1000 + 10_000, onAccepted: () => undefined },
  );
  watching.delete(runId);
  if (options.json) printJson(result);
  else shown?.end(result.result?.payloads?.map((payload) => payload.text ?? "").join("\n") ?? "");
  return result.status === "ok" ? 0 : 1;
}

/** Writes deltas as they come; when none came (a command's answer), the whole at the end. */
function watch() {
  let written = false;
  return {
    see({ stream, data }: AgentPayload): void {
      if (stream === "assistant" && data.delta) {
        printText(data.delta);
        written = true;
      }
      if ((stream === "progress" || stream === "compaction") && data.text) process.stderr.write(`[${data.text}]\n`);
      if (stream === "tool" && data.phase === "start") process.stderr.write(`[${data.name} ...]\n`);
      if (stream === "tool" && data.phase === "result" && data.isError)
        process.stderr.write(`[${data.name} did not work]\n`);
    },
    end(text: string): void {
      printLine(written ? "" : text);
    },
  };
}

async function converse(asking: Asking): Promise<number> {
  printLine(
    `You are talking to your agent${asking.connected.isEmbedded ? " (no gateway is running; this one ends with you)" : ""}. /help shows its commands; Ctrl-D ends.`,
  );
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "> " });
  lines.prompt();
  for await (const line of lines) {
    if (line.trim()) {
      // One answer that fails must not end the conversation: it is told, and the next line is read.
      await ask(line.trim(), asking).catch((thrown: Error & { hint?: string }) =>
        process.stderr.write(`${[thrown.message, thrown.hint].filter(Boolean).join("\n")}\n`),
      );
    }
    lines.prompt();
  }
  return 0;
}

async function readAll(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += chunk;
  return text.trim();
}

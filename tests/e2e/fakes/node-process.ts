// A real `homarus node run` on a state folder of its own, as another machine would have it.
import { join } from "node:path";
import type { StateFolder } from "./house-process.ts";

const entry = join(import.meta.dir, "..", "..", "..", "server", "src", "cli", "start.ts");

export interface NodeProcess extends AsyncDisposable {
  /** Resolves when it has written this so many times. */
  said(text: string, times?: number): Promise<void>;
  output(): string;
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
}

interface Gateway {
  readonly port: number;
  readonly token: string;
}

export function startNode(state: Pick<StateFolder, "folder">, { port, token }: Gateway, name = "bench"): NodeProcess {
  const words = ["node", "run", "--host", "127.0.0.1", "--port", String(port), "--name", name];
  const child = Bun.spawn([process.execPath, entry, ...words], {
    env: {
      ...{ PATH: process.env.PATH ?? "", HOME: state.folder, HOMARUS_HOME: state.folder, TZ: "UTC" },
      HOMARUS_GATEWAY_TOKEN: token,
    },
    ...{ stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  let output = "";
  const waiting = new Set<() => void>();
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const part of stream) {
      output += decoder.decode(part, { stream: true });
      for (const look of waiting) look();
    }
  };
  const drained = Promise.all([drain(child.stdout), drain(child.stderr)]);
  const end = async (signal: NodeJS.Signals): Promise<number> => {
    child.kill(signal);
    const code = await child.exited;
    await drained;
    return code;
  };
  return {
    output: () => output,
    said: (text, times = 1) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (output.split(text).length <= times) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
        child.exited.then(() => reject(new Error(`the node ended before it said "${text}":\n${output}`)));
      }),
    async kill() {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}

// Secrets from the person at the terminal, which are not shown while they are typed; or the lines of what is piped in.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

/** Asks; what it gives is empty when nothing was given. One for each command: lines that are piped in are read in turn. */
export function secretAsker(): (question: string) => Promise<string> {
  if (process.stdin.isTTY) return atTerminal;
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  return async () => {
    const line = await lines.next();
    return line.done ? "" : line.value;
  };
}

async function atTerminal(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const answer = await new Promise<string>((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(""));
  });
  lines.close();
  process.stderr.write("\n");
  return answer;
}

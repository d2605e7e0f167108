// Answers from the person at the terminal, secrets unseen while they are typed; or the lines of what is piped in.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";

export interface Asker {
  /** Shows what is typed. Empty when nothing was given. */
  line(question: string): Promise<string>;
  secret(question: string): Promise<string>;
}

/** One for each command: lines that are piped in are read in turn. */
export function createAsker(): Asker {
  if (process.stdin.isTTY) return { line: lineAtTerminal, secret: secretAtTerminal };
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const line = await lines.next();
    return line.done ? "" : line.value;
  };
  return { line: next, secret: next };
}

/** Only secrets are asked for. */
export function secretAsker(): (question: string) => Promise<string> {
  return createAsker().secret;
}

async function lineAtTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await new Promise<string>((resolve) => {
    lines.question(question, resolve);
    lines.once("close", () => resolve(""));
  });
  lines.close();
  return answer;
}

async function secretAtTerminal(question: string): Promise<string> {
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

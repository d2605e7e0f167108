// The gateway under measurement: the single executable on a fresh state folder, and what the system says about it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Measured extends AsyncDisposable {
  readonly pid: number;
  readonly port: number;
  readonly token: string;
}

export async function startMeasured(binary: string, config: object = {}): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), "homarus-bench-"));
  const log = { log: { level: "error" } };
  writeFileSync(join(folder, "homarus.json"), JSON.stringify({ ...log, ...config }));
  const child = Bun.spawn([binary, "gateway", "--port", "0", "--json"], {
    env: { PATH: process.env.PATH ?? "", HOME: folder, HOMARUS_HOME: folder },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  const facts = await firstLine(child.stdout);
  return {
    pid: child.pid,
    ...(JSON.parse(facts) as { port: number; token: string }),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await child.exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const { value } = await linesOf(stream).next();
  return value ?? "";
}

export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string, undefined> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const part of stream) {
    text += decoder.decode(part, { stream: true });
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}

export interface Memory {
  /** kB. */
  readonly resident: number;
  /** kB that no other process shares and that differ from the disk: pages of a file just written count too. */
  readonly privateDirty: number;
  /** kB that no file holds. */
  readonly anonymous: number;
}

/** Linux only: /proc/<pid>/smaps_rollup. */
export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(rollup)?.[1] ?? Number.NaN);
  return { resident: field("Rss"), privateDirty: field("Private_Dirty"), anonymous: field("Anonymous") };
}

/** User and system time so far, in ms. */
export function cpuOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

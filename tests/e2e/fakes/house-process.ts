// A real gateway process on a state folder of its own, started as a user would, ended as a power cut would.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..", "..");

export interface StateFolder extends Disposable {
  readonly folder: string;
  readonly workspace: string;
  readonly statePath: string;
}

export function makeStateFolder(config: object): StateFolder {
  const folder = mkdtempSync(join(tmpdir(), "homarus-e2e-"));
  writeFileSync(join(folder, "homarus.json"), JSON.stringify(config));
  return {
    ...{ folder, workspace: join(folder, "workspace"), statePath: join(folder, "state.db") },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The single executable, built anew into a folder of its own: what is tested is what ships. */
export async function builtBinary(): Promise<string> {
  const output = join(mkdtempSync(join(tmpdir(), "homarus-binary-")), "homarus");
  const built = Bun.spawnSync([process.execPath, join(root, "tools", "binary.ts"), output]);
  if (built.exitCode !== 0) throw new Error(`the executable could not be built:\n${built.stderr.toString()}`);
  return output;
}

export interface HouseProcess {
  readonly pid: number;
  readonly port: number;
  /** Empty where the login is another one. */
  readonly token: string;
  /** All that it has written so far. */
  output(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** An executable instead of the checkout. */
  readonly binary?: string;
  /** A fixed port, for a house that has to come back where it was; else the machine chooses. */
  readonly port?: number;
  /** A file that Bun loads before the house (a checkout only). */
  readonly preload?: string;
}

/** Variables of the machine that runs the tests must not choose a model for the house. */
function cleanEnvironment(folder: string): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: folder, HOMARUS_HOME: folder, TZ: "UTC" };
}

export async function startHouse(state: StateFolder, options: StartOptions = {}): Promise<HouseProcess> {
  const command = options.binary
    ? [options.binary]
    : [
        process.execPath,
        ...(options.preload ? ["--preload", options.preload] : []),
        join(root, "server", "src", "cli", "start.ts"),
      ];
  const child = Bun.spawn([...command, "gateway", "--port", String(options.port ?? 0), "--json"], {
    env: { ...cleanEnvironment(state.folder), ...options.environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let output = "";
  const drain = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    const decoder = new TextDecoder();
    for await (const part of stream) output += decoder.decode(part, { stream: true });
  };
  const drained = Promise.all([drain(child.stdout), drain(child.stderr)]);
  while (!/"stateFolder": ?"[^"]+"/.test(output)) {
    if (child.exitCode !== null) throw new Error(`the house did not start:\n${output}`);
    await Bun.sleep(2);
  }
  return {
    pid: child.pid,
    port: Number(/"port": ?(\d+)/.exec(output)?.[1]),
    token: /"token": ?"([^"]+)"/.exec(output)?.[1] ?? "",
    output: () => output,
    async kill() {
      child.kill("SIGKILL");
      await child.exited;
      await drained;
    },
    async stop() {
      child.kill("SIGTERM");
      const code = await child.exited;
      await drained;
      return code;
    },
  };
}

export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

/** Runs one command of the command line on a state folder, to its end. `preload`: a file that Bun loads before it. */
export async function runCommand(
  state: Pick<StateFolder, "folder">,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  preload?: string,
  input?: string,
): Promise<CommandResult> {
  const loads = preload ? ["--preload", preload] : [];
  const child = Bun.spawn([process.execPath, ...loads, join(root, "server", "src", "cli", "start.ts"), ...args], {
    env: { ...cleanEnvironment(state.folder), ...environment },
    stdin: input === undefined ? "ignore" : new TextEncoder().encode(input),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, error, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, error };
}

export interface RunningCommand {
  /** Resolves when it has said so on its standard output. */
  says(text: string): Promise<void>;
  /** As Ctrl-C does. */
  interrupt(): void;
  readonly exited: Promise<number>;
}

/** Starts a command that waits for something. */
export function startCommand(state: Pick<StateFolder, "folder">, args: readonly string[]): RunningCommand {
  const child = Bun.spawn([process.execPath, join(root, "server", "src", "cli", "start.ts"), ...args], {
    ...{ env: cleanEnvironment(state.folder), stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  });
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  return {
    async says(text) {
      while (!said.includes(text)) {
        const { value, done } = await reader.read();
        if (done) throw new Error(`it ended and said: ${said}`);
        said += value;
      }
    },
    interrupt: () => child.kill("SIGINT"),
    exited: child.exited,
  };
}

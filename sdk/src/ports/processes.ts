// Processes: how a sandbox runs programs of the machine. The house owns spawning, bounds on output, time limits,
// terminals and the killing of all that was started, once for all sandboxes; a sandbox says only what to run.
import type { ExtensionContext } from "../context.ts";
import type { ExecResult, RunningProcess, TerminalSize } from "./sandbox.ts";

interface Program {
  /** The program by its path or name, and its arguments. */
  readonly argv: readonly string[];
  readonly folder: string;
  /** All of it: nothing of the house's own environment is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly maxOutputBytes: number;
}

export interface RunRequest extends Program {
  /** Absent: the end of input at once. */
  readonly input?: string | Uint8Array;
  readonly timeoutMs: number;
  readonly onOutput?: (chunk: Uint8Array) => void;
}

export interface BeginRequest extends Program {
  readonly terminal?: TerminalSize;
}

export interface RunResult extends ExecResult {
  /** What came on the error stream, its first 4 KB: the launcher's own words, if the command's errors go to its output. */
  readonly launcherText: string;
}

export interface Processes {
  /** Runs to the end and kills the whole process group then. Rejects only when the program could not be started. */
  run(request: RunRequest, signal: AbortSignal): Promise<RunResult>;
  /** Starts and does not wait. Without a terminal the error stream is part of the output. Rejects like `run`. */
  begin(request: BeginRequest): Promise<BegunProcess>;
}

export interface BegunProcess extends RunningProcess {
  /** Of the program, which leads a process group of its own. */
  readonly pid: number;
}

/** What a sandbox is handed. */
export interface SandboxContext<Config = unknown> extends ExtensionContext<Config> {
  readonly processes: Processes;
  /** Of the manifest: where one code serves several sandboxes, how this one differs. */
  readonly habits?: SandboxHabits;
}

export interface SandboxHabits {
  /** Name of the runtime of containers, where it is not the usual one. */
  readonly runtime?: string;
}

// Sandbox: where commands run. It opens a Workspace on one folder; a command sees that folder, what is mounted beside
// it and a read-only system, no secrets, and no network but the door it was given.
import type { EgressDoor } from "./egress.ts";

/** A folder or file of the owner that commands may see. Whether it may be mounted was settled before. */
export interface Mount {
  /** Absolute, with every link resolved: this is what is bound. */
  readonly source: string;
  /** Absolute path inside. */
  readonly target: string;
  readonly isReadOnly: boolean;
}

/** Limits hold for all processes of a workspace together where the machine can do that, else for each by itself. */
export interface SandboxSpec {
  /** Absolute path of the folder that is writable; it has the same path inside. */
  readonly root: string;
  /** Key of the session it is for: what is kept warm is kept for it alone. */
  readonly session: string;
  readonly mounts: readonly Mount[];
  readonly memoryBytes: number;
  /** How many processor cores; may be a fraction. */
  readonly cpus: number;
  readonly processes: number;
  /** Bytes that may be written to what is gone with the command, or with what is kept warm, such as /tmp. */
  readonly diskBytes: number;
  /** Absent: no network at all. */
  readonly egress?: EgressDoor;
}

interface Command {
  /** Given to `sh -c`. */
  readonly command: string;
  /** Relative to the root. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly maxOutputBytes: number;
}

export interface ExecRequest extends Command {
  readonly input?: string;
  readonly timeoutMs: number;
  /** Called with output as it comes. Of the whole the first and the last half of `maxOutputBytes` are kept. */
  readonly onOutput?: (text: string) => void;
}

export interface ExecResult {
  /** Undefined when the command was killed. */
  readonly exitCode: number | undefined;
  readonly ended: "exit" | "timeout" | "aborted" | "killed";
  /** Standard output and standard error in the order they came, bounded. */
  readonly output: string;
  readonly durationMs: number;
  readonly usage?: ResourceUse;
}

/** What a command and all it waited for used; a field is absent where the machine does not tell. */
export interface ResourceUse {
  readonly cpuMs?: number;
  /** Of the largest process. */
  readonly peakMemoryBytes?: number;
}

export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}

export interface StartRequest extends Command {
  /** Gives the command a terminal of this size: a shell is then interactive. Needs the capability `terminal`. */
  readonly terminal?: TerminalSize;
}

/** A command that goes on by itself: in the background, or as a shell that is spoken with. */
export interface RunningProcess {
  /** Resolves at its end, however it came. */
  readonly exited: Promise<Omit<ExecResult, "output" | "durationMs">>;
  /** To its input, or its terminal. Rejects with an `invalid` Fault when it has ended or takes no more. */
  write(data: string): Promise<void>;
  /** No more input will come. */
  endInput(): void;
  /** Nothing happens where there is no terminal. */
  resize(size: TerminalSize): void;
  /** What came after the cursor; begin with 0. The newest `maxOutputBytes` are kept. */
  output(since: number): OutputSince;
  /** Resolves when there is output after the cursor, or the process has ended. */
  changed(since: number): Promise<void>;
  /** Everything it started dies with it. */
  kill(): void;
}

export interface OutputSince {
  readonly text: string;
  /** Give it to the next call. */
  readonly cursor: number;
  /** Bytes after the given cursor that are no longer kept. */
  readonly missedBytes: number;
}

export interface Workspace {
  /**
   * Runs one command to its end. Timeout and abort kill every process it started, also those that left its group
   * where the sandbox can. Rejects with a Fault only when the command could not be started.
   */
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecResult>;
  /** Starts a command and does not wait for it. It is ended at the latest with the workspace. */
  start(request: StartRequest): Promise<RunningProcess>;
  /** Writes a file, and the folders above it. The path is one of the root; a link leads no further than a command's. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /** Rejects with an `invalid` Fault when there is no such file, or it is larger than `maxBytes`. */
  take(path: string, maxBytes: number): Promise<Uint8Array>;
  /** Asks what still runs to end, and kills it soon after. What was kept warm is gone then. */
  close(): Promise<void>;
}

/** One thing that a sandbox sets between a command and the machine. */
export interface SandboxWall {
  readonly name: string;
  readonly isUp: boolean;
  /** How it holds on this machine, or why it does not. */
  readonly text: string;
  /** How to get it. */
  readonly next?: string;
}

export interface SandboxFacts {
  /** False: no command would run. `trouble` says why and what to do. */
  readonly isWorking: boolean;
  readonly trouble?: { readonly text: string; readonly next?: string };
  readonly walls: readonly SandboxWall[];
}

export interface Sandbox {
  /** Rejects with a `config` Fault whose hint is the fix when this machine cannot run it. */
  open(spec: SandboxSpec): Promise<Workspace>;
  /** Looks at the machine and leaves nothing behind. */
  probe(): Promise<SandboxFacts>;
}

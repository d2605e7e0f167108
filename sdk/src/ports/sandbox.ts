// Sandbox: where commands run. It opens a Workspace on one folder; the command sees that folder and a read-only system,
// no secrets, and no network unless asked.

export interface SandboxSpec {
  /** Absolute path of the one folder that is writable. */
  readonly root: string;
  readonly network: boolean;
  /** Bytes of memory for all processes of one command together, where the machine can limit it. */
  readonly memoryBytes: number;
  readonly processes: number;
}

export interface ExecRequest {
  /** Given to `sh -c`. */
  readonly command: string;
  /** Relative to the root. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly timeoutMs: number;
  /** Bytes kept of the output: the first and the last half of it, with a note between that says how much is missing. */
  readonly maxOutputBytes: number;
  /** Called with output as it comes. */
  readonly onOutput?: (text: string) => void;
}

export interface ExecResult {
  /** Undefined when the command was killed. */
  readonly exitCode: number | undefined;
  readonly ended: "exit" | "timeout" | "aborted" | "killed";
  /** Standard output and standard error in the order they came, bounded. */
  readonly output: string;
  readonly durationMs: number;
}

export interface Workspace {
  /**
   * Runs one command to its end. Timeout and abort kill every process it started, also those that left its group
   * where the sandbox can. Rejects with a Fault only when the command could not be started.
   */
  exec(request: ExecRequest, signal: AbortSignal): Promise<ExecResult>;
  close(): Promise<void>;
}

export interface Sandbox {
  /** Rejects with a `config` Fault whose hint is the fix when this machine cannot run it. */
  open(spec: SandboxSpec): Promise<Workspace>;
}

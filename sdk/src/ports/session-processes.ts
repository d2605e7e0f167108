// SessionProcesses: the processes that a session has going in its sandbox. They outlive the call and the run that
// started them, and end at the latest with the session's reset or the house.
import type { RunningProcess, StartRequest } from "./sandbox.ts";

export interface KnownProcess {
  /** Short, unique within the session. */
  readonly id: string;
  readonly command: string;
  /** Unix ms. */
  readonly startedAt: number;
  readonly hasTerminal: boolean;
  readonly process: RunningProcess;
  /** Undefined while it runs. */
  ended(): Awaited<RunningProcess["exited"]> | undefined;
}

export interface SessionProcesses {
  /** Rejects with a `limited` Fault when as many as are allowed run already. */
  start(request: StartRequest): Promise<KnownProcess>;
  /** Those that run, and the last that ended, oldest first. */
  list(): readonly KnownProcess[];
  /** Throws an `invalid` Fault that names those there are. */
  find(id: string): KnownProcess;
}

// The runs that are going: who may stop them, and the time they have.
import { type Clock, Fault } from "@homarus/sdk";

export interface RunFacts {
  readonly runId: string;
  readonly sessionKey: string;
  readonly startedAt: number;
}

export interface Runs {
  /** Registers a run until `end`; the signal fires on stop, time-out or shutdown with a Fault as its reason. */
  begin(
    runId: string,
    sessionKey: string,
    timeoutMs: number,
  ): { readonly signal: AbortSignal; readonly end: () => void };
  active(): readonly RunFacts[];
  /** Stops the runs of a session, or one of them; gives back their ids. */
  abort(sessionKey: string, runId?: string): readonly string[];
}

export function createRuns(clock: Clock, shutdown: AbortSignal): Runs {
  const going = new Map<string, RunFacts & { readonly controller: AbortController }>();
  return {
    begin(runId, sessionKey, timeoutMs) {
      const controller = new AbortController();
      const done = new AbortController();
      going.set(runId, { runId, sessionKey, startedAt: clock.now(), controller });
      const late = new Fault("unavailable", "run.timeout", `I stopped after ${Math.round(timeoutMs / 1000)} seconds.`);
      clock.sleep(clock.now() + timeoutMs, done.signal).then(
        () => controller.abort(late),
        () => undefined,
      );
      const closing = (): void => controller.abort(shutdownFault());
      if (shutdown.aborted) closing();
      shutdown.addEventListener("abort", closing, { once: true });
      return {
        signal: controller.signal,
        end() {
          going.delete(runId);
          done.abort();
          shutdown.removeEventListener("abort", closing);
        },
      };
    },
    active: () => [...going.values()].map(({ runId, sessionKey, startedAt }) => ({ runId, sessionKey, startedAt })),
    abort(sessionKey, runId) {
      const stopped = [...going.values()].filter(
        (run) => run.sessionKey === sessionKey && (!runId || run.runId === runId),
      );
      for (const run of stopped) run.controller.abort(new Fault("aborted", "run.stopped", "The run was stopped."));
      return stopped.map((run) => run.runId);
    },
  };
}

/** A run that ends with this has no outcome: it goes on after the next start. */
export const shutdownCode = "house.shutdown";

export function shutdownFault(): Fault {
  return new Fault("aborted", shutdownCode, "The house is shutting down; this goes on after the next start.");
}

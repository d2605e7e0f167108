// The runs that are going: who may stop them, and the time they have.
import { type Clock, Fault } from "@homarus/sdk";

export interface RunFacts {
  readonly runId: string;
  readonly sessionKey: string;
  readonly startedAt: number;
}

export interface Going {
  readonly signal: AbortSignal;
  readonly end: () => void;
  /** Stops the run's clock until what it gives back is called: a person is waited for. */
  readonly pause: () => () => void;
}

export interface Runs {
  /** Registers a run until `end`; the signal fires on stop, time-out or shutdown with a Fault as its reason. */
  begin(runId: string, sessionKey: string, timeoutMs: number): Going;
  active(): readonly RunFacts[];
  /** Stops every run; gives back how many there were. */
  abortAll(): number;
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
      const timer = createPausable(clock, timeoutMs, () => controller.abort(late), done.signal);
      const closing = (): void => controller.abort(shutdownFault());
      if (shutdown.aborted) closing();
      shutdown.addEventListener("abort", closing, { once: true });
      return {
        signal: controller.signal,
        pause: timer.pause,
        end() {
          going.delete(runId);
          done.abort();
          shutdown.removeEventListener("abort", closing);
        },
      };
    },
    active: () => [...going.values()].map(({ runId, sessionKey, startedAt }) => ({ runId, sessionKey, startedAt })),
    abortAll() {
      for (const run of going.values())
        run.controller.abort(new Fault("aborted", "run.stopped", "Everything was stopped."));
      return going.size;
    },
    abort(sessionKey, runId) {
      const stopped = [...going.values()].filter(
        (run) => run.sessionKey === sessionKey && (!runId || run.runId === runId),
      );
      for (const run of stopped) run.controller.abort(new Fault("aborted", "run.stopped", "The run was stopped."));
      return stopped.map((run) => run.runId);
    },
  };
}

/** Fires once after so long, not counting the time between a pause and its end. */
function createPausable(clock: Clock, timeoutMs: number, fire: () => void, over: AbortSignal) {
  let leftMs = timeoutMs;
  let pauses = 0;
  let turn = new AbortController();
  let since = 0;
  const start = (): void => {
    since = clock.now();
    turn = new AbortController();
    // Paused, or the run is over.
    clock.sleep(since + leftMs, AbortSignal.any([over, turn.signal])).then(fire, () => undefined);
  };
  start();
  return {
    pause(): () => void {
      pauses += 1;
      if (pauses === 1) {
        leftMs -= clock.now() - since;
        turn.abort();
      }
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        pauses -= 1;
        if (pauses === 0 && !over.aborted) start();
      };
    },
  };
}

/** A run that ends with this has no outcome: it goes on after the next start. */
export const shutdownCode = "house.shutdown";

export function shutdownFault(): Fault {
  return new Fault("aborted", shutdownCode, "The house is shutting down; this goes on after the next start.");
}

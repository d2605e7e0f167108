// What has been since the start, counted from the tap; for the statistics line, the status page and the metrics.
import type { Seen } from "./tap.ts";

export interface Statistics {
  readonly runs: number;
  readonly steps: number;
  readonly toolCalls: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly tokens: { readonly input: number; readonly output: number };
  /** Ms of the last thousand runs, newest last. */
  readonly turnMs: readonly number[];
}

const keptTurns = 1_000;

export function createStatistics(): { see(event: Seen): void; now(): Statistics } {
  let [runs, steps, toolCalls, input, output] = [0, 0, 0, 0, 0];
  const faults: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const startedAt = new Map<string, number>();
  let turnMs: number[] = [];
  const count = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  return {
    see(event) {
      switch (event.type) {
        case "run-start":
          runs += 1;
          startedAt.set(event.runId, event.at);
          return;
        case "step-end":
          steps += 1;
          input += event.usage.input + event.usage.cacheRead + event.usage.cacheWrite;
          output += event.usage.output;
          return;
        case "tool-end":
          toolCalls += 1;
          return;
        case "fault":
          return count(faults, event.fault.kind);
        case "message-end":
          return count(outcomes, event.outcome.type);
        case "run-end": {
          if (event.outcome.type === "failed") count(faults, event.outcome.fault.kind);
          turnMs.push(event.at - (startedAt.get(event.runId) ?? event.at));
          if (turnMs.length > keptTurns * 2) turnMs = turnMs.slice(-keptTurns);
          startedAt.delete(event.runId);
        }
      }
    },
    now: () => ({
      runs,
      steps,
      toolCalls,
      faults: { ...faults },
      outcomes: { ...outcomes },
      tokens: { input, output },
      turnMs: turnMs.slice(-keptTurns),
    }),
  };
}

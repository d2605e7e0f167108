// Connections for a command that stays, one after another: each time the gateway was lost, the next one.
import { setTimeout as wait } from "node:timers/promises";
import type { Connected, ConnectOptions } from "./connect.ts";

export type Connect = (otherwise: ConnectOptions["otherwise"]) => Promise<Connected>;

/** Two such commands may start at once: the one that comes second waits for the gateway of the first. */
const takenTries = 40;
const takenWaitMs = 250;

export function connectAgain(connect: Connect, waitMs = takenWaitMs): () => Promise<Connected> {
  let last: Connected | undefined;
  return async () => {
    for (let tries = 1; ; tries += 1) {
      try {
        // A gateway of its own that is gone comes back by itself: to take its folder would keep it from starting.
        last = await connect(last?.isLasting ? "refuse" : "embed");
        return last;
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== "home.taken" || tries === takenTries) throw thrown;
        await wait(waitMs);
      }
    }
  };
}

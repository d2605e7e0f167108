// A vendor that was out is looked after while nobody asks, so that the next message finds it well.
import { toFault } from "@homarus/sdk";
import type { Ground } from "../ground.ts";
import type { Models } from "./models.ts";

const checkEveryMs = 5 * 60_000;

/** Goes on until the house shuts down, and keeps no process alive by itself. */
export function lookAfter(models: Models, { shutdown, log }: Pick<Ground, "shutdown" | "log">): void {
  const timer = setInterval(() => {
    models
      .check(shutdown.signal)
      .catch((thrown: unknown) => log.warn("models.check-failed", { fault: toFault(thrown) }));
  }, checkEveryMs);
  timer.unref();
  shutdown.signal.addEventListener("abort", () => clearInterval(timer));
}

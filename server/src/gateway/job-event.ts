// A job's change as the event `cron`. Beside the methods, since it is told whether or not anybody calls them.
// Source: wire protocol v3, "Events".
import type { JobChange } from "@homarus/sdk";

export function cronEvent({ jobId, action, runAt, nextRunAt, run }: JobChange): string {
  return JSON.stringify({
    ...{ jobId, action, runAtMs: runAt, nextRunAtMs: nextRunAt ?? run?.nextRunAt, durationMs: run?.durationMs },
    ...{ status: run?.status, error: run?.error, summary: run?.summary },
    ...{ sessionId: run?.sessionId, sessionKey: run?.sessionKey },
  });
}

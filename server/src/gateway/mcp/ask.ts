// agent_ask: a run of the agent that the caller waits for, with its words as progress. The method table starts it, so
// that rights and checks are those of every client.
import { watchRun } from "../http/run.ts";
import { limits } from "../settings.ts";
import type { ToolUse } from "./tool.ts";

export interface Question {
  readonly message: string;
  readonly session?: string;
  readonly thinking?: string;
}

/** What `agent` answers in the end, as far as it is read here. */
interface Ended {
  readonly result?: { readonly payloads?: readonly { readonly text?: string }[] };
}

export async function ask({ message, session, thinking }: Question, use: ToolUse) {
  const { door, dispatcher, caller, agent } = use.guest;
  const runId = crypto.randomUUID();
  const key = door.house.sessions.resolveKey(session ?? `mcp:${runId}`, agent);
  const stop = (): void => void door.house.runs.abort(key, runId);
  const { unwatch } = watchRun(door, runId, progressOf(use, stop));
  use.signal.addEventListener("abort", stop, { once: true });
  try {
    const asker = use.client === undefined ? caller : { ...caller, displayName: use.client };
    const params = { message, sessionKey: key, idempotencyKey: runId, ...(thinking === undefined ? {} : { thinking }) };
    const { result } = (await dispatcher.ask(asker, "agent", params)) as Ended;
    const answer = (result?.payloads ?? []).map(({ text }) => text ?? "").join("\n\n");
    const state = door.runs.find(runId)?.end?.state ?? "final";
    return { answer, session: key, run: runId, outcome: outcomes[state] };
  } finally {
    unwatch();
    use.signal.removeEventListener("abort", stop);
  }
}

/** `joined`: a run was going on, took the message in, and answers where it was asked. */
export const outcomes = { final: "answered", steered: "joined", aborted: "stopped", error: "failed" } as const;

function progressOf({ guest, progress, signal }: ToolUse, stop: () => void) {
  let unsaid = "";
  let saidAt = Number.NEGATIVE_INFINITY;
  const say = (): void => {
    if (unsaid === "") return;
    saidAt = guest.door.clock.now();
    progress(unsaid);
    unsaid = "";
  };
  return {
    text(fresh: string) {
      unsaid += fresh;
      if (guest.door.clock.now() - saidAt >= limits.deltaEveryMs) say();
    },
    event(event: { readonly type: string; readonly name?: string }) {
      // Taken back before the run was there to be stopped.
      if (event.type === "run-start" && signal.aborted) stop();
      if (event.type !== "tool-start") return;
      say();
      progress(`[${event.name ?? "tool"}]`);
    },
  };
}

// Answers and events of a gateway as the tests of the chat need them.
import { readAgentEvent } from "./live.ts";
import { type Log, readLog } from "./log.ts";
import { type Outgoing, write } from "./outbox.ts";

type Fields = Readonly<Record<string, unknown>>;

export const sessionKey = "agent:main:main";

/** A message of `chat.history`, at this place of the log. */
export function logged(seq: number, role: string, rest: Fields | string): Fields {
  const fields = typeof rest === "string" ? { content: [{ type: "text", text: rest }] } : rest;
  return { role, content: [], timestamp: seq, ...fields, __openclaw: { id: `s:${seq}`, seq } };
}

export function logOf(messages: readonly Fields[], sessionId = "s"): Log {
  return readLog({ sessionId, messages });
}

export function told(runId: string, stream: string, data: Fields) {
  const event = readAgentEvent({ runId, sessionKey, stream, data, seq: 1, ts: 1 });
  if (event === undefined) throw new Error("the sample is no event");
  return event;
}

export function words(runId: string, text: string, delta: string) {
  return told(runId, "assistant", { text, delta });
}

export function sent(key: string, text: string, change: Partial<Outgoing> = {}): Outgoing {
  return { ...write({ key, text, pictures: [], at: 1 }, 0), state: "accepted", ...change };
}

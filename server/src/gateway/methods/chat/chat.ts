// chat.*: the web chat's methods. A message goes in by `chat.send`, its answer comes by `chat` events.
import { invalid, Refusal } from "../../refusal.ts";
import { cleanText, inboundMessage, mediaBlocks, thinkingLevel } from "../../runs/inbound.ts";
import type { RunRecord } from "../../runs/run-book.ts";
import { startRun } from "../../runs/start.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

/** A message that is one of these and nothing else stops what is going on. Source: release 2026.2.17. */
const stopWords = new Set(["/stop", "/abort", "stop", "esc", "abort", "wait", "exit", "interrupt"]);

async function send(input: ParamsOf<typeof params.chatSend>, call: Call): Promise<unknown> {
  const { door, caller } = call;
  const runId = input.idempotencyKey;
  const text = cleanText(input.message);
  const attachments = mediaBlocks(input.attachments);
  if (text.trim() === "" && attachments.length === 0) throw invalid("message or attachment required");
  const sessionKey = door.house.sessions.resolveKey(input.sessionKey, input.agentId);
  if (stopWords.has(text.trim().toLowerCase()) && attachments.length === 0)
    return abortRuns(call, sessionKey, undefined);
  const known = door.runs.find(runId);
  if (known) return again(known, call);
  const thinking = thinkingLevel(input.thinking);
  if (input.queueMode === "interrupt") door.house.runs.abort(sessionKey, undefined);
  const record = door.runs.open(runId, sessionKey);
  const said = {
    key: runId,
    text,
    attachments,
    sessionKey,
    sentAt: door.clock.now(),
    thinking,
    timeoutMs: input.timeoutMs,
  };
  await startRun(door, caller, record, inboundMessage(caller, said));
  return record.end ? again(record, call) : { runId, status: "started" };
}

/** The same key came before: the answer depends on how far that run is. */
function again(record: RunRecord, call: Call): unknown {
  const { runId, end } = record;
  if (!end) {
    const { hasToolEvents, member } = call.caller;
    if (hasToolEvents && member) record.starters.add(member);
    return { runId, status: "in_flight" };
  }
  if (end.state !== "error") return { runId, status: "ok" };
  throw new Refusal({ code: "UNAVAILABLE", message: end.message }, { runId, status: "error", summary: end.message });
}

function abort(input: ParamsOf<typeof params.chatAbort>, call: Call): unknown {
  const sessionKey = call.door.house.sessions.resolveKey(input.sessionKey, input.agentId);
  if (input.runId !== undefined) {
    const record = call.door.runs.find(input.runId);
    if (record && !record.end && record.sessionKey !== sessionKey) throw invalid("runId does not match sessionKey");
  }
  return abortRuns(call, sessionKey, input.runId);
}

function abortRuns({ door }: Call, sessionKey: string, runId: string | undefined): unknown {
  const runIds = door.house.runs.abort(sessionKey, runId);
  return { ok: true, aborted: runIds.length > 0, runIds };
}

async function inject(input: ParamsOf<typeof params.chatInject>, { door }: Call): Promise<unknown> {
  const key = door.house.sessions.resolveKey(input.sessionKey, input.agentId);
  if (!(await door.house.store.session(key))) throw invalid("session not found");
  await door.house.sessions.inject(key, cleanText(input.message), input.label);
  const messageId = crypto.randomUUID();
  const text = input.label ? `[${input.label}]\n\n${input.message}` : input.message;
  door.teller.injected(key, `inject-${messageId}`, text, door.clock.now());
  return { ok: true, messageId };
}

export const handlers: Group["handlers"] = {
  "chat.send": send,
  "chat.abort": abort,
  "chat.inject": inject,
};

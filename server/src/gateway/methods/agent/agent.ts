// agent and agent.wait: a program asks for a run. `agent` answers twice, accepted and ended.
import type { InboundMessage } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid, Refusal } from "../../refusal.ts";
import { cleanText, inboundMessage, mediaBlocks, thinkingLevel } from "../../runs/inbound.ts";
import type { RunEnd, RunRecord } from "../../runs/run-book.ts";
import { startRun } from "../../runs/start.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

type AgentParams = ParamsOf<typeof params.agent>;

async function agent(input: AgentParams, call: Call): Promise<unknown> {
  const { door } = call;
  const runId = input.idempotencyKey;
  // Looked for a second time because the same key may have come while the first look was going on.
  const message = door.runs.find(runId) ? undefined : await messageOf(input, call);
  const known = door.runs.find(runId);
  if (known || !message) {
    if (known && !known.end) call.accepted(acceptedOf(known));
    return known && ended(door, known);
  }
  const record = door.runs.open(runId, message.session ?? "");
  await startRun(door, call.caller, record, message);
  call.accepted(acceptedOf(record));
  return ended(door, record);
}

async function messageOf(input: AgentParams, call: Call): Promise<InboundMessage> {
  const { door, caller } = call;
  if (input.deliver === true && input.channel !== undefined && input.channel !== "webchat") {
    throw invalid("deliver to a channel is not supported by this gateway; the answer comes in the response");
  }
  if (input.agentId !== undefined && !door.house.agents().some((item) => item.id === input.agentId)) {
    throw invalid(`unknown agent id "${input.agentId}"`);
  }
  return inboundMessage(caller, {
    key: input.idempotencyKey,
    text: cleanText(input.message),
    attachments: mediaBlocks(input.attachments),
    sessionKey: await sessionKeyOf(input, door),
    sentAt: door.clock.now(),
    thinking: thinkingLevel(input.thinking),
    timeoutMs: input.timeout === undefined ? undefined : input.timeout * 1000,
    model: input.model === undefined || input.provider === undefined ? input.model : `${input.provider}/${input.model}`,
    extraSystem: input.extraSystemPrompt,
  });
}

async function sessionKeyOf(input: AgentParams, door: Door): Promise<string> {
  const { sessions, store } = door.house;
  if (input.sessionKey !== undefined && input.sessionKey.trim() !== "") {
    const key = sessions.resolveKey(input.sessionKey.trim(), input.agentId);
    const owner = /^agent:([^:]+):/.exec(key)?.[1];
    if (input.agentId !== undefined && owner !== undefined && owner !== input.agentId) {
      throw invalid(`invalid agent params: agent "${input.agentId}" does not match session key agent "${owner}"`);
    }
    return key;
  }
  const byId =
    input.sessionId === undefined ? undefined : (await store.sessions({ id: input.sessionId, limit: 1 })).at(0);
  return byId?.key ?? sessions.resolveKey("main", input.agentId);
}

function acceptedOf(record: RunRecord) {
  return { runId: record.runId, status: "accepted", acceptedAt: record.acceptedAt };
}

async function ended(door: Door, record: RunRecord): Promise<unknown> {
  const end = await record.ended();
  const { runId } = record;
  if (end.state === "error")
    throw new Refusal({ code: "UNAVAILABLE", message: end.message }, { runId, status: "error", summary: end.message });
  const session = await door.house.store.session(record.sessionKey);
  return { runId, status: "ok", summary: summaries[end.state], result: resultOf(record, end, session?.id) };
}

const summaries = { final: "completed", steered: "queued into the run that was going on", aborted: "aborted" } as const;

function resultOf(record: RunRecord, end: Exclude<RunEnd, { state: "error" }>, sessionId: string | undefined) {
  const text = end.state === "steered" ? "" : end.text;
  const slash = record.model.indexOf("/");
  const { input, output, cacheRead, cacheWrite } = record.usage;
  return {
    payloads: text === "" ? [] : [{ text, mediaUrl: null }],
    meta: {
      durationMs: end.at - (record.startedAt ?? record.acceptedAt ?? end.at),
      agentMeta: {
        ...(sessionId === undefined ? {} : { sessionId }),
        ...(slash > 0 ? { provider: record.model.slice(0, slash), model: record.model.slice(slash + 1) } : {}),
        usage: { input, output, cacheRead, cacheWrite, total: input + output + cacheRead + cacheWrite },
      },
      ...(end.state === "aborted" ? { aborted: true } : {}),
    },
  };
}

const waitDefaultMs = 30_000;

async function wait(input: ParamsOf<typeof params.agentWait>, { door }: Call): Promise<unknown> {
  const { runId } = input;
  const record = await door.runs.wait(runId, input.timeoutMs ?? waitDefaultMs);
  const end = record?.end;
  if (!record || !end) return { runId, status: "timeout" };
  const times = { ...(record.startedAt === undefined ? {} : { startedAt: record.startedAt }), endedAt: end.at };
  if (end.state === "error") return { runId, status: "error", ...times, error: end.message };
  if (end.state === "aborted") return { runId, status: "error", ...times, error: "aborted" };
  return { runId, status: "ok", ...times };
}

export const handlers: Group["handlers"] = { agent, "agent.wait": wait };

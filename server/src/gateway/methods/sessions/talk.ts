// Sessions as something to speak into: create, send, steer, abort, spawn. Each message enters by the one door.
import type { InboundMessage } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import { cleanText, inboundMessage, mediaBlocks, thinkingLevel } from "../../runs/inbound.ts";
import { startRun } from "../../runs/start.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

type CreateParams = ParamsOf<typeof params.sessionsCreate>;

async function create(input: CreateParams, call: Call): Promise<unknown> {
  const { door } = call;
  const { sessions, store } = door.house;
  const agent = knownAgent(door, input.agentId);
  const key = sessions.resolveKey(input.key ?? `chat:${crypto.randomUUID()}`, agent);
  if (input.parentSessionKey !== undefined && !(await store.session(sessions.resolveKey(input.parentSessionKey))))
    throw invalid(`unknown parent session: ${input.parentSessionKey}`);
  const session = await sessions.patch(key, {
    ...(input.label === undefined ? {} : { label: input.label }),
    ...(input.model === undefined ? {} : { model: input.model }),
    ...(input.parentSessionKey === undefined ? {} : { parent: sessions.resolveKey(input.parentSessionKey) }),
  });
  const words = input.message ?? input.task;
  const started = words === undefined ? undefined : await say(call, { key, text: words, runId: crypto.randomUUID() });
  const run = started === undefined ? { runStarted: false } : { runStarted: true, runId: started };
  return {
    ok: true,
    key,
    sessionId: session.id,
    entry: { sessionId: session.id, updatedAt: session.updatedAt },
    ...run,
  };
}

interface Saying {
  readonly key: string;
  readonly text: string;
  readonly runId: string;
  readonly rest?: Pick<ParamsOf<typeof params.sessionsSend>, "thinking" | "attachments" | "timeoutMs">;
  readonly origin?: "agent";
}

/** Resolves with the run's id once the message is durable. The same id twice is one message. */
async function say(call: Call, { key, text, runId, rest = {}, origin }: Saying): Promise<string> {
  const { door, caller } = call;
  if (door.runs.find(runId)) return runId;
  const attachments = mediaBlocks(rest.attachments);
  const clean = cleanText(text);
  if (clean.trim() === "" && attachments.length === 0) throw invalid("message or attachment required");
  const message: InboundMessage = inboundMessage(caller, {
    ...{ key: runId, text: clean, attachments, sessionKey: key, sentAt: door.clock.now() },
    ...{ thinking: thinkingLevel(rest.thinking), timeoutMs: rest.timeoutMs },
  });
  await startRun(door, caller, door.runs.open(runId, key), origin ? { ...message, origin } : message);
  return runId;
}

async function send(input: ParamsOf<typeof params.sessionsSend>, call: Call): Promise<unknown> {
  const { house } = call.door;
  const key = house.sessions.resolveKey(input.key, input.agentId);
  const session = await house.store.session(key);
  if (!session) throw invalid(`session not found: ${input.key}`);
  const runId = input.idempotencyKey ?? crypto.randomUUID();
  const isKnown = call.door.runs.find(runId) !== undefined;
  await say(call, { key, text: input.message, runId, rest: input });
  return { runId, status: isKnown ? "in_flight" : "started", key, sessionId: session.id };
}

/** A message that reaches a run which goes on joins it; `sessions.steer` is the word for wanting just that. */
async function steer(input: ParamsOf<typeof params.sessionsSend>, call: Call): Promise<unknown> {
  const { house } = call.door;
  const key = house.sessions.resolveKey(input.key, input.agentId);
  const isRunning = house.runs.active().some((run) => run.sessionKey === key);
  const sent = (await send(input, call)) as Readonly<Record<string, unknown>>;
  return { ...sent, steered: isRunning };
}

function abort(input: ParamsOf<typeof params.sessionsAbort>, { door }: Call): unknown {
  const { runs, sessions } = door.house;
  if (input.key === undefined && input.runId === undefined) throw invalid("key or runId is required");
  const key =
    input.key === undefined
      ? runs.active().find((run) => run.runId === input.runId)?.sessionKey
      : sessions.resolveKey(input.key, input.agentId);
  const runIds = key === undefined ? [] : runs.abort(key, input.runId);
  return {
    ok: true,
    aborted: runIds.length > 0,
    abortedRunId: runIds[0] ?? null,
    runIds,
    status: runIds.length > 0 ? "aborted" : "no-active-run",
  };
}

/** A run of its own, in a session of its own, that a program or an agent hands work to. */
async function spawn(input: ParamsOf<typeof params.agentsSpawn>, call: Call): Promise<unknown> {
  const { door } = call;
  const agent = knownAgent(door, input.agentId);
  const runId = input.idempotencyKey ?? crypto.randomUUID();
  const { sessions } = door.house;
  const key = sessions.resolveKey(`subagent:${runId}`, agent);
  await sessions.patch(key, {
    ...(input.label === undefined ? {} : { label: input.label }),
    ...(input.model === undefined ? {} : { model: input.model }),
    parent: sessions.resolveKey(input.parentSessionKey ?? "main"),
  });
  await say(call, { key, text: input.message, runId, rest: input, origin: "agent" });
  return { ok: true, runId, sessionKey: key, status: "started" };
}

function knownAgent(door: Door, wanted: string | undefined): string | undefined {
  if (wanted !== undefined && !door.house.agents().some((agent) => agent.id === wanted))
    throw invalid(`unknown agent id "${wanted}"`);
  return wanted;
}

export const handlers: Group["handlers"] = {
  "sessions.create": create,
  "sessions.send": send,
  "sessions.steer": steer,
  "sessions.abort": abort,
  "agents.spawn": spawn,
};

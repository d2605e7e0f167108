// Looking into sessions: one described, its messages, full text over all, checkpoints that a cut of the log left.
import { Fault, type Session } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import { historyMessages, withinBytes } from "../chat/history.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { contextTokens, sessionRow } from "./session-rows.ts";
import type * as params from "./shapes.ts";

async function describe(input: ParamsOf<typeof params.sessionsDescribe>, { door }: Call): Promise<unknown> {
  const session = await door.house.store.session(door.house.sessions.resolveKey(input.key, input.agentId));
  return { session: session ? await rowOf(door, session) : null };
}

/** A session as a row, with the model it runs on and the runs that go on in it. */
export async function rowOf(door: Door, session: Session) {
  const model = session.model ?? defaultAgent(door.house.agents())?.model ?? "";
  const going = door.house.runs.active().filter((run) => run.sessionKey === session.key);
  const runIds = going.map((run) => run.runId);
  return sessionRow(session, { model, contextTokens: contextTokens(model, await door.house.models()), runIds });
}

async function get(input: ParamsOf<typeof params.sessionsGet>, { door }: Call): Promise<unknown> {
  const name = input.key ?? input.sessionKey;
  if (name === undefined) throw invalid("key is required");
  const session = await door.house.store.session(door.house.sessions.resolveKey(name));
  if (!session) return { messages: [] };
  const entries = await door.house.store.entries(session.id, { last: (input.limit ?? 200) * 2 + 10 });
  return { messages: withinBytes(historyMessages(session.id, entries).slice(-(input.limit ?? 200))) };
}

async function search(input: ParamsOf<typeof params.sessionsSearch>, { door }: Call): Promise<unknown> {
  const { store, sessions } = door.house;
  const limit = input.limit ?? 50;
  const hits = await store.search(input.query, {
    limit: limit + 1,
    ...(input.agentId === undefined ? {} : { agent: input.agentId }),
    ...(input.sessionKeys === undefined ? {} : { keys: input.sessionKeys.map((key) => sessions.resolveKey(key)) }),
  });
  const results = hits.slice(0, limit).map((hit) => ({
    sessionKey: hit.sessionKey,
    sessionId: hit.sessionId,
    messageId: `${hit.sessionId}:${hit.seq}`,
    role: hit.role === "user" ? "user" : "assistant",
    timestamp: hit.at,
    snippet: hit.snippet,
    score: hit.score,
  }));
  return { results, ...(hits.length > limit ? { truncated: true } : {}) };
}

/** What works in the background now: the runs of sub-agents. One that has ended is a session, no task. */
async function tasks(input: ParamsOf<typeof params.tasksList>, { door }: Call): Promise<unknown> {
  const { runs, sessions, store } = door.house;
  const asked = input.sessionKey === undefined ? undefined : sessions.resolveKey(input.sessionKey, input.agentId);
  const wanted = [input.status ?? "running"].flat();
  const going = wanted.includes("running") ? runs.active().filter((run) => run.sessionKey.includes(":subagent:")) : [];
  const found = await Promise.all(going.map(async (run) => ({ run, session: await store.session(run.sessionKey) })));
  const asTask = ({ run, session }: (typeof found)[number]) => ({
    ...{ id: run.runId, kind: "subagent", runtime: "subagent", status: "running", runId: run.runId },
    ...{ childSessionKey: run.sessionKey, startedAt: run.startedAt, createdAt: run.startedAt },
    ...(session?.label === undefined ? {} : { title: session.label }),
    ...(session?.parent === undefined ? {} : { sessionKey: session.parent }),
  });
  return { tasks: found.filter(({ session }) => asked === undefined || session?.parent === asked).map(asTask) };
}

async function fork(input: ParamsOf<typeof params.sessionsFork>, { door }: Call): Promise<unknown> {
  const { sessions } = door.house;
  const key = sessions.resolveKey(input.sessionKey, input.agentId);
  const seq = Number(/:(\d+)$/.exec(input.entryId)?.[1] ?? Number.NaN);
  if (Number.isNaN(seq)) throw new Fault("invalid", "session.entry", `There is no entry ${input.entryId}.`);
  const copy = await sessions.copy(key, `${key}:fork:${crypto.randomUUID().slice(0, 8)}`, seq);
  return { sessionKey: copy.key };
}

export const handlers: Group["handlers"] = {
  "sessions.describe": describe,
  "sessions.get": get,
  "sessions.search": search,
  "sessions.fork": fork,
  "tasks.list": tasks,
};

// health, status, presence and the last heartbeat: how the house is, for people and monitors.
import type { Session } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import { ReadyJson } from "../../ready-json.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { contextTokens, kindOf, splitModel } from "../sessions/session-rows.ts";
import type * as params from "./shapes.ts";

const recentShown = 10;

/** Answers from the kept snapshot; `probe` fetches anew first. */
function health(input: ParamsOf<typeof params.health>, { door }: Call): unknown {
  const now = door.clock.now();
  if (input.probe !== true) return new ReadyJson(door.health.json(now));
  return door.health.refresh(now).then(() => new ReadyJson(door.health.json(now)));
}

async function status(_input: unknown, { door }: Call): Promise<unknown> {
  const { house } = door;
  const now = door.clock.now();
  const [counts, sessions, models] = await Promise.all([
    house.store.counts(),
    house.store.sessions({ limit: recentShown }),
    house.models(),
  ]);
  const agents = house.agents();
  const chosen = defaultAgent(agents);
  const tokens = contextTokens(chosen?.model ?? "", models);
  const recent = sessions.map((session) =>
    recentRow(
      session,
      now,
      session.model ?? chosen?.model ?? "",
      contextTokens(session.model ?? chosen?.model ?? "", models),
    ),
  );
  return {
    runtimeVersion: house.version,
    uptimeMs: now - house.startedAt,
    heartbeat: {
      defaultAgentId: chosen?.id ?? "main",
      agents: agents.map((agent) => ({ agentId: agent.id, enabled: false, every: "disabled", everyMs: null })),
    },
    channelSummary: house.channels().map((channel) => `${channel.title}: ${channel.status.state}`),
    queuedSystemEvents: [],
    activeRuns: house.runs.active(),
    memory: house.memory(),
    sessions: {
      paths: [house.stateFolder],
      count: counts.sessions,
      defaults: { model: splitModel(chosen?.model ?? "").model, contextTokens: tokens ?? null },
      recent,
      byAgent: agents.map((agent) => {
        const own = recent.filter((row) => row.agentId === agent.id);
        return { agentId: agent.id, path: house.stateFolder, count: own.length, recent: own };
      }),
    },
  };
}

function recentRow(session: Session, now: number, model: string, tokens: number | undefined) {
  const total = session.usage.input + session.usage.cacheRead + session.usage.cacheWrite + session.usage.output;
  return {
    agentId: session.agent,
    key: session.key,
    kind: kindOf(session.key),
    sessionId: session.id,
    updatedAt: session.updatedAt,
    age: now - session.updatedAt,
    abortedLastRun: false,
    inputTokens: session.usage.input,
    outputTokens: session.usage.output,
    totalTokens: total,
    // Tokens of the session's whole life: how full the model's window is, they do not tell.
    ...{ totalTokensFresh: false, remainingTokens: null, percentUsed: null },
    model: splitModel(model).model,
    contextTokens: tokens ?? null,
    flags: [`id:${session.id}`],
  };
}

function presence(_input: unknown, { door }: Call): unknown {
  return new ReadyJson(door.presence.json(door.clock.now()));
}

/** No heartbeat has run since start. */
function lastHeartbeat(): unknown {
  return null;
}

function connect(): unknown {
  throw invalid("connect is only valid as the first request");
}

export const handlers: Group["handlers"] = {
  health,
  status,
  "system-presence": presence,
  "last-heartbeat": lastHeartbeat,
  connect,
};

// The house as the gateway sees it: the line, the sessions, the config, pairing and models, behind one interface.
import { Fault, type Log, type Session, type Store } from "@homarus/sdk";
import type { Pairing } from "../core/inbox/pairing.ts";
import type { Line } from "../core/line.ts";
import { resetSession } from "../core/line/answer.ts";
import type { AgentSettings } from "../core/line/parts.ts";
import { resolveKey, type RouteRules } from "../core/route/route.ts";
import { newSession, openLog } from "../core/sessions/log.ts";
import { parseTranscript, transcriptLines } from "../core/sessions/transcript.ts";
import type { Statistics } from "../core/statistics.ts";
import type { Tap } from "../core/tap.ts";
import type { Counters, House } from "../gateway/house.ts";
import type { LiveConfig } from "../host/config/live.ts";
import type { Channels } from "./channels.ts";
import type { Models } from "./models.ts";

export interface HouseParts {
  readonly version: string;
  readonly startedAt: number;
  readonly stateFolder: string;
  readonly log: Log;
  readonly store: Store;
  readonly clock: { now(): number; sleep(until: number, signal?: AbortSignal): Promise<void> };
  readonly newId: () => string;
  readonly catalog: House["catalog"];
  readonly signal: AbortSignal;
  readonly line: Line;
  readonly tap: Tap;
  readonly config: LiveConfig;
  readonly pairing: Pairing;
  readonly models: Models;
  readonly channels: Channels;
  readonly routeRules: () => RouteRules;
  readonly agent: (id: string) => AgentSettings;
  readonly workspace: (agent: string) => string;
  readonly statistics: () => Statistics;
}

export function createHouse(parts: HouseParts): House {
  const { version, startedAt, stateFolder, log, store, catalog, line, tap, pairing } = parts;
  return {
    ...{ version, startedAt, stateFolder, log, store, catalog, pairing },
    receive(message) {
      if (parts.signal.aborted) return Promise.reject(new Fault("unavailable", "house.closing", "The house is shutting down."));
      return line.receive(message);
    },
    watch: tap.watch,
    runs: { active: line.runs.active, abort: line.runs.abort },
    sessions: sessionsOf(parts),
    config: {
      read: async () => parts.config.facts(),
      write: async (raw, baseHash) => parts.config.write(raw, baseHash),
      schema: () => parts.config.schema,
    },
    agents: () =>
      parts.routeRules().agents.map((id) => {
        const agent = parts.agent(id);
        const model = modelName(parts, agent.model);
        return { id, name: agent.name, isDefault: id === parts.routeRules().defaultAgent, model, workspace: parts.workspace(id) };
      }),
    models: () => parts.models.offered(parts.signal),
    channels: parts.channels.list,
    counters: () => countersOf(parts),
  };
}

function modelName(parts: HouseParts, name: string | undefined): string {
  try {
    const { provider, model } = parts.models.choose(name);
    return `${provider}/${model}`;
  } catch {
    // A list of agents must not fail because one of them names a model that is not set up.
    return name ?? "";
  }
}

function sessionsOf(parts: HouseParts): House["sessions"] {
  const { store, clock, line, tap } = parts;
  const agentOf = (key: string): string => key.split(":")[1] ?? parts.routeRules().defaultAgent;
  const open = async (key: string): Promise<Session> =>
    (await store.session(key)) ?? newSession(key, agentOf(key), { id: parts.newId(), now: clock.now() });
  const put = async (session: Session): Promise<Session> => {
    await store.commit([{ type: "session-put", session }]);
    tap.emit({ type: "session-changed", session });
    return session;
  };
  return {
    resolveKey: (name, agent) => resolveKey(name, agent ?? parts.routeRules().defaultAgent),
    patch: (key, changes) =>
      line.exclusive(key, async () => {
        const model = changes.model ? parts.models.choose(changes.model) : undefined;
        const named = model ? { model: `${model.provider}/${model.model}` } : {};
        const merged = { ...(await open(key)), ...changes, ...named, updatedAt: clock.now() };
        return put(Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null)) as unknown as Session);
      }),
    reset: (key) =>
      line.exclusive(key, async () => {
        const session = await resetSession(key, agentOf(key), parts);
        tap.emit({ type: "session-changed", session });
        return session;
      }),
    async remove(key) {
      if (key === resolveKey("main", agentOf(key))) throw new Fault("denied", "session.main", `Cannot delete the main session (${key}).`, { hint: "Reset it instead." });
      return line.exclusive(key, async () => {
        if (!(await store.session(key))) return false;
        await store.commit([{ type: "session-remove", key }]);
        tap.emit({ type: "session-removed", key });
        return true;
      });
    },
    inject: (key, text, label) =>
      line.exclusive(key, async () => {
        const opened = await openLog(key, agentOf(key), { store, clock, newId: parts.newId, window: 1 });
        const content = [{ type: "text" as const, text: label ? `[${label}]\n\n${text}` : text }];
        const usage = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
        const writes = opened.append([{ type: "step", content, provider: "house", model: "injected", stopReason: "end", usage }]);
        await store.commit([opened.change({}), ...writes]);
      }),
    async exportLines(key) {
      const session = await store.session(key);
      if (!session) throw new Fault("invalid", "session.unknown", `There is no session ${key}.`, { hint: "`homarus sessions list` shows them." });
      return `${[...transcriptLines(session, await store.entries(session.id))].join("\n")}\n`;
    },
    importLines: (key, text) =>
      line.exclusive(key, async () => {
        const entries = parseTranscript(text);
        const session = await open(key);
        if ((await store.lastSeq(session.id)) > 0) throw new Fault("invalid", "session.taken", `The session ${key} has a log already.`, { hint: "Import under another key, or reset it first." });
        await store.commit([{ type: "session-put", session }, ...entries.map((entry) => ({ type: "entry" as const, sessionId: session.id, entry }))]);
        tap.emit({ type: "session-changed", session });
        return { entries: entries.length };
      }),
  };
}

function countersOf(parts: HouseParts): Counters {
  const { outcomes, ...rest } = parts.statistics();
  const messages = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  return { ...rest, outcomes, messages, openInbox: 0, openOutbox: 0, activeRuns: parts.line.runs.active().length };
}

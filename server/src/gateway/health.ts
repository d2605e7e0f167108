// The health snapshot: built from what the house tells at most once a second and kept as JSON text, because it is the
// call that is made most often and stands in each hello. Slow facts (sessions, models) are fetched in the background.
import type { Session } from "@homarus/sdk";
import type { House } from "./house.ts";
import type { Protocol } from "./wire.ts";

interface SlowFacts {
  readonly sessions: number;
  readonly recent: readonly Session[];
  readonly providers: readonly { readonly id: string; readonly available: boolean; readonly models: number }[];
  readonly at: number;
  readonly durationMs: number;
}

const nothingYet: SlowFacts = { sessions: 0, recent: [], providers: [], at: 0, durationMs: 0 };
const snapshotMs = 1000;
const slowFactsMs = 60_000;
/** After a change the slow facts are fetched again, but not more often than this. */
const staleMs = 5000;

export class Health {
  readonly #house: House;
  #facts = nothingYet;
  #isStale = true;
  #fetching: Promise<void> | undefined;
  #json = "";
  #helloJson = "";
  #builtAt = Number.NEGATIVE_INFINITY;
  #version = 1;

  constructor(house: House) {
    this.#house = house;
  }

  get version(): number {
    return this.#version;
  }

  /** Counts a snapshot that all clients are told. */
  raise(): void {
    this.#version += 1;
  }

  /** Something changed among the slow facts. */
  touch(): void {
    this.#isStale = true;
  }

  /** Something changed that each reader should see at once. */
  renew(): void {
    this.#builtAt = Number.NEGATIVE_INFINITY;
  }

  json(now: number): string {
    if (now - this.#builtAt < snapshotMs) return this.#json;
    const age = now - this.#facts.at;
    if (age > slowFactsMs || (this.#isStale && age > staleMs)) {
      this.refresh(now).catch((thrown: unknown) => this.#house.log.warn("gateway.health-facts", { error: thrown }));
    }
    const { version, uptimeMs, providers, ...common } = snapshot(this.#house, this.#facts, now);
    this.#json = JSON.stringify({ ...common, version, uptimeMs, providers });
    this.#helloJson = JSON.stringify(common);
    this.#builtAt = now;
    return this.#json;
  }

  /** As it stands in a hello: version 4 allows no field there that it does not name. */
  inHello(protocol: Protocol, now: number): string {
    const whole = this.json(now);
    return protocol === 4 ? this.#helloJson : whole;
  }

  /** Fetches the slow facts; calls at the same time share one fetch. */
  refresh(now: number): Promise<void> {
    this.#fetching ??= this.#fetch(now).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(now: number): Promise<void> {
    const began = performance.now();
    this.#isStale = false;
    const [counts, recent, models] = await Promise.all([
      this.#house.store.counts(),
      this.#house.store.sessions({ limit: 5 }),
      this.#house.models(),
    ]);
    const providers = new Map<string, { id: string; available: boolean; models: number }>();
    for (const model of models) {
      const known = providers.get(model.provider) ?? { id: model.provider, available: false, models: 0 };
      providers.set(model.provider, {
        id: known.id,
        available: known.available || model.available,
        models: known.models + 1,
      });
    }
    const durationMs = Math.round(performance.now() - began);
    this.#facts = { sessions: counts.sessions, recent, providers: [...providers.values()], at: now, durationMs };
    this.#builtAt = Number.NEGATIVE_INFINITY;
  }
}

/** Agents here are woken by jobs; clients read that there is no beat. */
const noHeartbeat = { enabled: false, every: "disabled", everyMs: null, prompt: "", target: "none", ackMaxChars: 0 };

function snapshot(house: House, facts: SlowFacts, now: number) {
  const channels = house.channels();
  const agents = house.agents();
  const sessions = {
    path: house.stateFolder,
    count: facts.sessions,
    recent: facts.recent.map((session) => ({
      key: session.key,
      updatedAt: session.updatedAt,
      age: now - session.updatedAt,
    })),
  };
  return {
    ok: true,
    ts: now,
    durationMs: facts.durationMs,
    version: house.version,
    uptimeMs: now - house.startedAt,
    channels: Object.fromEntries(channels.map((item) => [item.id, channelHealth(item.status)])),
    channelOrder: [...new Set(channels.map((item) => item.id))],
    channelLabels: Object.fromEntries(channels.map((item) => [item.id, item.title])),
    providers: facts.providers,
    heartbeatSeconds: 0,
    defaultAgentId: agents.find((agent) => agent.isDefault)?.id ?? "main",
    agents: agents.map((agent) => ({
      agentId: agent.id,
      isDefault: agent.isDefault,
      heartbeat: noHeartbeat,
      sessions,
    })),
    sessions,
  };
}

function channelHealth(status: ReturnType<House["channels"]>[number]["status"]) {
  return {
    configured: true,
    running: status.state === "running",
    state: status.state,
    ...(status.identity === undefined ? {} : { identity: status.identity }),
    ...(status.fault === undefined ? {} : { lastError: status.fault.message }),
    ...(status.lastHeardAt === undefined ? {} : { lastInboundAt: status.lastHeardAt }),
  };
}

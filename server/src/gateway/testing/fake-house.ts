// A small house for the gateway's tests: a real store in memory, and levers that make runs happen.
import type {
  Clock,
  HouseEvent,
  InboundMessage,
  Json,
  Log,
  OutboundMessage,
  Outcome,
  RunEvent,
  RunEventBody,
  Session,
  Store,
} from "@homarus/sdk";
import { Fault, messageKey, noUsage } from "@homarus/sdk";
import type { PairingRequest } from "../../core/inbox/pairing.ts";
import type { Received } from "../../core/line/parts.ts";
import type { ConfigFacts, Counters, House, LogTail } from "../house.ts";
import { createFakeCosts } from "./fake-costs.ts";
import { createFakeJobs } from "./fake-jobs.ts";
import { fakeModels } from "./fake-models.ts";
import { createFakeRooms } from "./fake-rooms.ts";
import { createFakeSafety, type FakeSafety } from "./fake-safety.ts";
import { createFakeLeases, createFakeSecrets } from "./fake-secrets.ts";

export interface FakeHouse {
  readonly house: House;
  /** What came in by the one door. */
  readonly heard: InboundMessage[];
  /** What was asked to stop. */
  readonly aborted: string[];
  readonly notes: { readonly level: string; readonly event: string }[];
  /** What it said unasked. */
  readonly spoken: OutboundMessage[];
  /** Asks the owner something, as a run would. */
  readonly ask: FakeSafety["ask"];
  /** Tells watchers something. */
  emit(event: RunEvent | HouseEvent): void;
  /** The next events of a run; numbers and times are filled in. */
  happen(runId: string, sessionKey: string, ...bodies: RunEventBody[]): void;
  /** Ends a heard message. */
  end(id: string, outcome: Outcome): Promise<void>;
  /** Puts a session with a few words into the store. */
  remember(key: string, changes?: Partial<Session>): Promise<Session>;
  /** Whether messages are taken from now on. */
  admit(isOpen: boolean): void;
  /** How many watch. */
  watchers(): number;
}

const usage = { input: 10, output: 20, cacheRead: 0, cacheWrite: 0 };

interface Parts {
  readonly clock: Clock;
  readonly store: Store;
}

export function createFakeHouse(parts: Parts): FakeHouse {
  const { clock, store } = parts;
  const listeners = new Set<(event: RunEvent | HouseEvent) => void>();
  const notes: { level: string; event: string }[] = [];
  const aborted: string[] = [];
  const seqs = new Map<string, number>();
  const inbox = openDoor(parts);
  const emit = (event: RunEvent | HouseEvent) => {
    for (const listener of listeners) listener(event);
  };
  const rooms = createFakeRooms();
  const { ask, ...safety } = createFakeSafety(store, clock, emit);
  const config = configOf();
  const house: House = {
    ...{ version: "0.1.0-test", startedAt: clock.now(), stateFolder: "/state" },
    ...{ log: logInto(notes), store, catalog: [], redact: (value) => value },
    receive: inbox.receive,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    runs: {
      active: () => [],
      abort(sessionKey, runId) {
        aborted.push(runId ?? sessionKey);
        return runId === undefined ? ["run-of-session"] : [runId];
      },
    },
    ...{ sessions: sessionsOf(parts), config, pairing: pairingOf(clock), counters },
    ...{ jobs: createFakeJobs(store, clock, emit), costs: createFakeCosts(store, clock) },
    ...{ ...fakeModels, agents: () => agents, channels: () => channels },
    memory: () => ({ used: 40, soft: 100, hard: 200, level: "normal" }),
    logs: { tail: async ({ cursor = 0 }) => tailOf(cursor) },
    ...safety,
    ...{ secrets: createFakeSecrets(config), leases: createFakeLeases(), servers: fakeServers },
    ...{ tools: rooms.tools, workspace: rooms.workspace, speak: rooms.speak, commands: rooms.commands },
  };
  return {
    ...{ spoken: rooms.spoken, ask },
    ...{
      house,
      heard: inbox.heard,
      aborted,
      notes,
      emit,
      end: inbox.end,
      admit: inbox.admit,
      watchers: () => listeners.size,
    },
    happen(runId, sessionKey, ...bodies) {
      for (const body of bodies) {
        const seq = (seqs.get(runId) ?? 0) + 1;
        seqs.set(runId, seq);
        emit({ runId, sessionKey, seq, at: clock.now(), ...body });
      }
    },
    remember: (key, changes) => remember(parts, key, changes),
  };
}

const agents = [{ id: "main", isDefault: true, model: "offline/demo", workspace: "/state/workspace" }];

const channels: ReturnType<House["channels"]> = [
  {
    ...{ id: "telegram", account: "default", title: "Telegram" },
    status: { state: "running", identity: "@house", lastHeardAt: 5 },
  },
];

/** The one door, with an inbox in the store and outcomes that the test gives. */
function openDoor({ clock, store }: Parts) {
  const pending = new Map<string, (outcome: Outcome) => void>();
  const heard: InboundMessage[] = [];
  let isOpen = true;
  return {
    heard,
    async receive(message: InboundMessage): Promise<Received> {
      if (!isOpen) throw new Fault("unavailable", "house.closing", "The house is shutting down.");
      const row = await store.admit(message, clock.now());
      if (row) heard.push(message);
      const known = row ?? (await store.inboxRow(messageKey(message)));
      if (!known) throw new Error("the store forgot a message");
      const ended = new Promise<Outcome>((resolve) => pending.set(message.id, resolve));
      return { isNew: row !== undefined, row: known, ended };
    },
    async end(id: string, outcome: Outcome): Promise<void> {
      const key = { channel: "webchat", account: "default", id };
      await store.commit([{ type: "inbox-outcome", key, outcome, at: clock.now() }]);
      pending.get(id)?.(outcome);
    },
    admit(open: boolean): void {
      isOpen = open;
    },
  };
}

/** Start, one step of words, end: what an ordinary run tells. */
export function ordinaryRun(runId: string, words: readonly string[]): RunEventBody[] {
  const text = words.join("");
  return [
    { type: "run-start", messageId: runId, model: "offline/demo" },
    ...words.map((word): RunEventBody => ({ type: "text-delta", text: word })),
    { type: "step-end", text, stopReason: "end", usage },
    { type: "run-end", outcome: { type: "replied", runId, text }, text, usage },
  ];
}

async function remember({ store, clock }: Parts, key: string, changes: Partial<Session> = {}): Promise<Session> {
  const now = clock.now();
  const session = { key, id: `id-of-${key}`, agent: "main", createdAt: now, updatedAt: now, usage, ...changes };
  const user = { type: "user", content: [{ type: "text", text: "hi" }] } as const;
  const step = {
    type: "step",
    content: [{ type: "text", text: "word0 word1" }],
    ...({ provider: "offline", model: "demo", stopReason: "end", usage } as const),
  } as const;
  await store.commit([
    { type: "session-put", session },
    { type: "entry", sessionId: session.id, entry: { seq: 1, at: now, body: user } },
    { type: "entry", sessionId: session.id, entry: { seq: 2, at: now, body: step } },
  ]);
  return session;
}

function sessionsOf({ store, clock }: Parts): House["sessions"] {
  const resolveKey = (name: string, agent = "main") => (name.startsWith("agent:") ? name : `agent:${agent}:${name}`);
  const open = async (key: string): Promise<Session> =>
    (await store.session(key)) ?? {
      key,
      id: `id-of-${key}`,
      agent: "main",
      createdAt: clock.now(),
      updatedAt: clock.now(),
      usage: noUsage,
    };
  const put = async (session: Session) => {
    await store.commit([{ type: "session-put", session }]);
    return session;
  };
  /** Notes stand in a row: each takes the next place of its log. */
  let noting = Promise.resolve();
  return {
    resolveKey,
    async patch(key, changes) {
      if (changes.model === "nobody/none")
        throw new Fault("invalid", "model.unknown", "There is no model nobody/none.");
      const merged = Object.entries({ ...(await open(key)), ...changes }).filter(([, value]) => value !== null);
      return put(Object.fromEntries(merged) as unknown as Session);
    },
    reset: async (key) => put({ ...(await open(key)), id: `fresh-${key}` }),
    async remove(key) {
      if (!(await store.session(key))) return false;
      await store.commit([{ type: "session-remove", key }]);
      return true;
    },
    inject: async () => undefined,
    note(key, text) {
      noting = noting.then(async () => {
        const session = await open(key);
        const seq = (await store.lastSeq(session.id)) + 1;
        const body = { type: "user", content: [{ type: "text", text: `System: ${text}` }] } as const;
        await store.commit([
          { type: "session-put", session },
          { type: "entry", sessionId: session.id, entry: { seq, at: clock.now(), body } },
        ]);
      });
      return noting;
    },
    cut: async (_key, keep) => (keep < 10 ? 1 : undefined),
    uncut: async () => undefined,
    shorten: async (key) => (key.endsWith(":short") ? undefined : { before: 9_000, after: 2_000, keptFrom: 2 }),
    async copy(key, to) {
      const source = await store.session(key);
      if (!source) throw new Fault("invalid", "session.unknown", `There is no session ${key}.`);
      return put({ ...source, key: to, id: `id-of-${to}` });
    },
    exportLines: async (key) => `{"key":"${key}"}\n`,
    importLines: async (_key, text) => ({ entries: text.split("\n").length }),
  };
}

function configOf(): House["config"] {
  let raw = '{"gateway":{"port":0}}';
  let version = 1;
  const facts = (): ConfigFacts => {
    const parsed = JSON.parse(raw) as Json;
    return {
      ...{ path: "/state/homarus.json", exists: true, raw, parsed, resolved: parsed, valid: true },
      ...{ hash: `hash-${version}`, issues: [], warnings: [] },
    };
  };
  return {
    path: "/state/homarus.json",
    read: async () => facts(),
    async write(text) {
      if (!text.startsWith("{")) throw new Fault("invalid", "config.invalid", "The config is not an object.");
      raw = text;
      version += 1;
      return facts();
    },
    async edit(changes) {
      const parsed = JSON.parse(raw) as Record<string, Json>;
      for (const { path, value } of changes) place(parsed, path, value);
      raw = JSON.stringify(parsed);
      version += 1;
      return facts();
    },
    schema: () => ({ type: "object", properties: {} }),
  };
}

function place(into: Record<string, Json>, path: readonly (string | number)[], value: Json | undefined): void {
  const [head = "", ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete into[head];
    else into[head] = value;
    return;
  }
  into[head] ??= typeof rest[0] === "number" ? [] : {};
  place(into[head] as Record<string, Json>, rest, value);
}

function pairingOf(clock: Clock): House["pairing"] {
  const request: PairingRequest = {
    ...{ channel: "telegram", account: "default", peerId: "7", name: "Ada", code: "AB12CD34" },
    ...{ createdAt: clock.now(), expiresAt: clock.now() + 3_600_000 },
  };
  const take = async (_channel: string, code: string): Promise<PairingRequest> => {
    if (code !== request.code) throw new Fault("invalid", "pairing.unknown-code", "That code is unknown or expired.");
    return request;
  };
  return {
    limits: { lifeMs: 3_600_000, openPerChannel: 3 },
    list: async () => [request],
    ...{ approve: take, dismiss: take },
    revoke: async (_channel, peerId) => peerId === request.peerId,
    allowed: async () => ["7"],
  };
}

/** Three numbers for each text, or as many as are asked for. */

/** A log of three lines of eleven bytes. */
function tailOf(cursor: number): LogTail {
  const lines = ["0", "1", "2"].map((number) => `{"line":${number}}`);
  const size = 33;
  const isKnown = cursor <= size;
  const from = isKnown ? Math.floor(cursor / 11) : 0;
  return {
    ...{ file: "/state/logs/homarus.log", cursor: size, size, lines: lines.slice(from) },
    ...{ truncated: false, reset: !isKnown },
  };
}

function counters(): Counters {
  return {
    ...{ messages: 3, runs: 2, steps: 4, toolCalls: 5, faults: { limited: 1 }, outcomes: { replied: 2 } },
    ...{ tokens: { input: 10, output: 20 }, activeRuns: 1, turnMs: [10, 20, 30, 40] },
  };
}

function logInto(notes: { level: string; event: string }[]): Log {
  const at = (level: string) => (event: string) => void notes.push({ level, event });
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

const fakeServers: House["servers"] = {
  test: async () => undefined,
  list: () => [
    { name: "notes", state: "unused", tools: [], left: [] },
    { name: "far", state: "trouble", tools: [], left: [], trouble: { message: "It is gone." } },
  ],
};

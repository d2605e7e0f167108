// The whole house in process: memory store, fake channel, scripted provider, fake clock.
import type {
  CallReceipt,
  Channel,
  InboundMessage,
  ModelInfo,
  OutboxRow,
  RunEvent,
  Store,
  ToolCallBlock,
  ToolOutput,
  ToolSpec,
} from "@homarus/sdk";
import {
  createFakeChannel,
  createFakeClock,
  createMemoryStore,
  createScriptedProvider,
  type FakeChannel,
  type FakeClock,
  type ScriptedProvider,
  type ScriptedStep,
  sha256,
  silentLog,
} from "@homarus/sdk/testing";
import { createApprovals } from "../../server/src/core/approvals/book.ts";
import type { ShelfParts } from "../../server/src/core/approvals/shelf.ts";
import type { Checkpoints } from "../../server/src/core/checkpoints/checkpoints.ts";
import { createRates } from "../../server/src/core/context/learn.ts";
import type { ContextSettings } from "../../server/src/core/context/settings.ts";
import { createHalt } from "../../server/src/core/halt/halt.ts";
import { createLimits, type LimitSettings } from "../../server/src/core/limits/limits.ts";
import type { AgentSettings, CallRequest, LineParts } from "../../server/src/core/line/parts.ts";
import type { PrepareParts } from "../../server/src/core/line/prepare.ts";
import { createLine, type Line } from "../../server/src/core/line.ts";
import { createAsking } from "../../server/src/core/models/asking.ts";
import type { ModelChoice } from "../../server/src/core/models/chain.ts";
import { createHealth } from "../../server/src/core/models/health.ts";
import { createRests } from "../../server/src/core/models/rests.ts";
import { createDelivery } from "../../server/src/core/outbox/deliver.ts";
import type { PolicySettings, PolicyTool } from "../../server/src/core/policy/case.ts";
import { createFileMarks } from "../../server/src/core/provenance/file-marks.ts";
import { createKeptLogs } from "../../server/src/core/sessions/kept-logs.ts";
import { createTap } from "../../server/src/core/tap.ts";

export interface World {
  readonly line: Line;
  /** What the line was handed, for tests of one of its stations. */
  readonly parts: PrepareParts;
  readonly store: Store;
  readonly clock: FakeClock;
  readonly channel: FakeChannel;
  readonly provider: ScriptedProvider;
  readonly events: RunEvent[];
  /** Names of the tools that really ran, in order. */
  readonly ran: string[];
  /** Lines that went to the agent's memory. */
  readonly remembered: readonly string[];
  /** Ends this process's line as a kill would, and opens another over the same store. */
  restart(script?: Script): Promise<World>;
  idle(): Promise<void>;
}

type Script =
  | readonly ScriptedStep[]
  | ((request: Parameters<ScriptedProvider["stream"]>[0], call: number) => ScriptedStep);

export interface WorldOptions {
  readonly script?: Script;
  readonly store?: Store;
  readonly clock?: FakeClock;
  readonly channel?: FakeChannel;
  readonly ran?: string[];
  readonly agent?: Partial<AgentSettings>;
  readonly direct?: "pairing" | "allowlist" | "open";
  readonly execute?: (request: CallRequest) => Promise<ToolOutput>;
  readonly uncertain?: "resend" | "silent";
  readonly parallel?: boolean;
  readonly parts?: Partial<LineParts>;
  readonly context?: Partial<ContextSettings>;
  readonly facts?: ModelInfo;
  /** In the place of the scripted provider. */
  readonly stream?: LineParts["models"]["stream"];
  readonly chain?: readonly ModelChoice[];
  readonly lacksTools?: boolean;
}

/** The defaults of the config. */
export const plainContext: ContextSettings = {
  ...{
    unknownWindowTokens: 128_000,
    mostTokens: 180_000,
    reserveTokens: 16_384,
    keepRecentTokens: 20_000,
    recallTokens: 2_000,
  },
  ...{ softTrimRatio: 0.6, hardClearRatio: 0.8, keepLastAssistants: 3 },
  ...{ maxChars: 4_000, headChars: 1_500, tailChars: 1_500, tools: {} },
  compaction: { enabled: true, memoryFlush: true },
};

/** Nothing is forbidden and nothing asked for. */
export const openPolicy: PolicySettings = { profile: "full", lists: [], rules: [], approvals: [], unattended: "deny" };

const noCheckpoint = { id: "c", at: 0, agent: "", sessionKey: "", runId: "", reason: "" };
const noCheckpoints: Checkpoints = {
  take: async () => ({ ...noCheckpoint, files: 0, bytes: 0, tree: "", config: "" }),
  list: async () => [],
  compare: async () => ({ changed: [], added: [], gone: [], left: [] }),
  restore: () => Promise.reject(new Error("nothing is kept")),
};

/** As many as come. */
export const noLimits: LimitSettings = { runs: 1_000, groups: {}, senders: {}, agents: {} };

/** What stands between calls and their effects, with a signature that anybody could make. */
export function gatesOf(parts: Pick<ShelfParts, "store" | "clock" | "emit" | "signal">) {
  let ids = 0;
  const effects = { reads: true, writes: true, executes: false, network: false };
  const random = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes));
  const { store, clock, emit } = parts;
  return {
    checkpoints: noCheckpoints,
    hooks: { has: () => false, before: async ({ input }) => ({ input }), after: async ({ result }) => result },
    limits: createLimits(() => noLimits, clock),
    halt: createHalt({ store, clock, emit, random, digest: sha256, stopRuns: () => 0 }),
    approvals: createApprovals({
      ...parts,
      log: silentLog,
      newId: () => `approval-${++ids}`,
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
    }),
    signer: {
      sign: (text: string) => ({ key: "test", mac: sha256(text) }),
      isSigned: (text: string, { mac }: CallReceipt) => sha256(text) === mac,
      digest: sha256,
    },
    fileMarks: createFileMarks(parts.store),
    policyTool: (name: string): PolicyTool => ({ name, group: "files", effects }),
    sandboxOf: () => "none",
    judgeCommand: async () => undefined,
    preview: async ({ name, input }: ToolCallBlock) => `${name} ${JSON.stringify(input)}`,
    changedFiles: async () => [],
  } satisfies Partial<LineParts>;
}

export function openWorld(options: WorldOptions = {}): World {
  const store = options.store ?? createMemoryStore();
  const clock = options.clock ?? createFakeClock();
  const channel = options.channel ?? createFakeChannel();
  const provider = createScriptedProvider(options.script ?? [{ text: "Hello back." }]);
  const ran = options.ran ?? [];
  const events: RunEvent[] = [];
  const stop = new AbortController();
  const tap = createTap(silentLog);
  tap.watch((event) => {
    if ("runId" in event) events.push(event);
  });
  const tools = ["look", "act"];
  const delivery = createDelivery({
    ...{ store, clock, log: silentLog, signal: stop.signal },
    channel: (row: OutboxRow): Channel | undefined => (row.channel === "fake" ? channel : undefined),
    uncertain: () => options.uncertain ?? "resend",
    redact: (value) => value,
  });
  let ids = 0;
  const remembered: string[] = [];
  const agent: AgentSettings = {
    ...{ id: "main", name: "Homarus", model: undefined, thinking: "off", persona: undefined },
    ...{ maxSteps: 8, timeoutMs: 60_000, historyChars: 100_000, approvalTimeoutMs: 60_000 },
    policy: openPolicy,
    ...options.agent,
  };
  const parts: LineParts = {
    ...{
      store,
      clock,
      tap,
      delivery,
      log: silentLog,
      signal: stop.signal,
      timeText: () => "Thursday",
      keptLogs: createKeptLogs(),
    },
    redact: (value) => value,
    newId: () => `${clock.now()}-${Math.random().toString(36).slice(2)}-${++ids}`,
    admission: {
      rules: () => ({ direct: options.direct ?? "pairing", allow: [], guests: [], groups: "mention" }),
      isPaired: async () => options.direct === undefined,
      askToPair: async () => "Your code is ABC",
      mayContinue: () => true,
    },
    routeRules: () => ({ defaultAgent: "main", agents: ["main"], bindings: [], scope: "main" }),
    agent: () => agent,
    channel: (message) => (message.channel === "fake" ? { channel, editEveryMs: 1000 } : undefined),
    chooseModel: (name) => ({ provider: "scripted", model: name ?? "model-1" }),
    models: {
      watch: createHealth(),
      asking: async ({ name, byHand, thinking }) =>
        createAsking({
          chain: { models: options.chain ?? [{ provider: "scripted", model: name ?? "model-1" }], byHand },
          ...{ thinking, ceilings: new Map(), rests: createRests({}, () => undefined), patienceMs: 300_000 },
          ...{ keys: () => ["default"], toolless: new Set(), lacksTools: () => options.lacksTools ?? false },
        }),
      stream: options.stream ?? ((_, request, signal) => provider.stream(request, signal)),
    },
    context: {
      settings: () => ({ ...plainContext, ...options.context }),
      facts: () => options.facts,
      rates: createRates(store.values("context"), () => undefined),
      remember: async (_, lines) => void remembered.push(...lines),
    },
    workspace: async () => ({ files: [{ name: "SOUL.md", text: "Be kind." }], skills: [] }),
    toolSpecs: tools.map((name): ToolSpec => ({ name, description: name, inputSchema: { type: "object" } })),
    toolFacts: new Map(
      tools.map((name) => [
        name,
        { name, idempotent: name === "look", parallel: options.parallel ?? name === "look", timeoutMs: 5_000 },
      ]),
    ),
    outsideTools: async () => ({ specs: [], facts: new Map(), missing: [] }),
    async execute(request) {
      ran.push(`${request.call.name}:${request.call.id}`);
      return options.execute
        ? options.execute(request)
        : { content: [{ type: "text", text: `did ${request.call.name}` }] };
    },
    repairJson: async () => undefined,
    reserve: async () => ({ settle: async () => [], void: async () => undefined }),
    houseStatus: () => "The house stands.",
    ...gatesOf({ store, clock, emit: tap.emit, signal: stop.signal }),
    ...options.parts,
  };
  const line = createLine(parts);
  return {
    ...{ line, store, clock, channel, provider, events, ran, remembered },
    parts: { ...parts, sessionsFrom: line.sessions },
    async restart(script) {
      const world = openWorld({ ...options, ...(script ? { script } : {}), store, clock, channel, ran });
      return world;
    },
    async idle() {
      await line.idle();
      await delivery.idle();
    },
  };
}

let count = 0;

export function say(text: string, changes: Partial<InboundMessage> = {}): InboundMessage {
  count += 1;
  return {
    ...{
      id: `m${count}`,
      channel: "fake",
      account: "default",
      origin: "person",
      text,
      attachments: [],
      mentioned: true,
      sentAt: 1,
    },
    peer: { id: "pat", name: "Pat" },
    place: { id: "chat", type: "direct" },
    ...changes,
  };
}

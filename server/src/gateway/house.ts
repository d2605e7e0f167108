// What the gateway asks of the house and of the machine. `boot.ts` hands both over; nothing here knows a client's frame.
import type {
  CatalogEntry,
  ChannelStatus,
  Embeddings,
  EmbedRequest,
  HouseEvent,
  InboundMessage,
  Json,
  JsonSchema,
  Log,
  ModelInfo,
  RunEvent,
  Store,
  ToolEffects,
  ToolOutput,
} from "@homarus/sdk";
import type { CostWork } from "../core/costs/report.ts";
import type { PairingRequest } from "../core/inbox/pairing.ts";
import type { JobWork } from "../core/jobs/work.ts";
import type { Received } from "../core/line/parts.ts";
import type { RunFacts } from "../core/line/runs.ts";
import type { SessionWork } from "../core/line/session-work.ts";
import type { Speak } from "../core/line/speak.ts";
import type { ModelTrial, ProviderFacts, ProviderLogins, RefreshedList, TrialWish } from "./providers.ts";
import type { Safety } from "./safety.ts";
import type { LeaseWork, SecretWork } from "./secrets.ts";

export interface AgentFacts {
  readonly id: string;
  readonly name?: string;
  readonly isDefault: boolean;
  /** `provider/model` it runs on now. */
  readonly model: string;
  /** Absolute path of its workspace. */
  readonly workspace: string;
}

/** A model with its provider; `available` says whether that provider is set up. */
export type OfferedModel = ModelInfo & { readonly provider: string; readonly available: boolean };

/** `model` is the `provider/model` that made them. */
export type Embedded = Embeddings & { readonly model: string };

export interface ConfigIssue {
  /** Dotted path in the file; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The config file as it stands. Secrets in `raw`, `parsed` and `resolved` are masked already. */
export interface ConfigFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly raw: string;
  readonly parsed: Json;
  /** With defaults filled in. */
  readonly resolved: Json;
  readonly valid: boolean;
  /** Of the unmasked file; to be given back when writing. */
  readonly hash: string;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

/** A server of MCP as its owner set it up, and how it fares. */
export interface ServerFacts {
  readonly name: string;
  /** `unused`: no run has wanted its tools yet. */
  readonly state: "off" | "unused" | "connected" | "trouble";
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  /** Names of tools that are not taken to models, with why; the first few. */
  readonly left: readonly string[];
  readonly trouble?: { readonly message: string; readonly hint?: string };
}

/** A tool as a client sees it. */
export interface ToolListing {
  readonly name: string;
  readonly title: string;
  /** One sentence for the owner. */
  readonly description: string;
  /** What the model reads. */
  readonly prompt: string;
  readonly inputSchema: JsonSchema;
  readonly effects: ToolEffects;
  readonly isIdempotent: boolean;
  /** Whether the owner's rules let this agent call it. */
  readonly isAllowed: boolean;
}

/** A call that a program makes, not a model. */
export interface ToolWish {
  readonly name: string;
  readonly input: Json;
  readonly agent: string;
  readonly sessionKey: string;
  readonly signal: AbortSignal;
  readonly progress?: (text: string) => void;
}

export interface ConfigChange {
  readonly path: readonly (string | number)[];
  /** Undefined takes the value out. */
  readonly value: Json | undefined;
}

/** A text of an agent's workspace. */
export interface WorkspaceText {
  readonly name: string;
  readonly path: string;
  readonly isMissing: boolean;
  /** Bytes. */
  readonly size?: number;
  /** Unix ms. */
  readonly updatedAt?: number;
}

export interface SkillFacts {
  readonly name: string;
  readonly description: string;
  /** Relative to the workspace. */
  readonly path: string;
  /** What a person fills in before it is used. */
  readonly arguments: readonly SkillArgument[];
}

export interface SkillArgument {
  readonly name: string;
  readonly description?: string;
  readonly isRequired: boolean;
  /** Values to choose from; empty where any will do. */
  readonly choices: readonly string[];
}

export interface CommandFacts {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly usage: string;
  readonly help: string;
}

export interface House extends Safety {
  readonly version: string;
  readonly startedAt: number;
  readonly stateFolder: string;
  readonly log: Log;
  readonly store: Store;
  readonly catalog: readonly CatalogEntry[];
  /** Takes every secret that the house knows out of what is about to be told. */
  redact<T>(value: T): T;
  /** The one door. Resolves when the inbox row is durable. Rejects with an `unavailable` Fault while shutting down. */
  receive(message: InboundMessage): Promise<Received>;
  /** Events as they happen, in order. The listener must be quick and must not throw. Returns how to stop. */
  watch(listener: (event: RunEvent | HouseEvent) => void): () => void;
  readonly runs: {
    active(): readonly RunFacts[];
    /** Stops the runs of a session (or one of them); resolves with the ids stopped. */
    abort(sessionKey: string, runId?: string): readonly string[];
  };
  readonly sessions: SessionWork;
  readonly jobs: JobWork;
  readonly costs: CostWork;
  readonly config: {
    /** Absolute path of the file, whether it exists or not. */
    readonly path: string;
    read(): Promise<ConfigFacts>;
    /** Writes the file after checking it. `baseHash` must be the hash last read. Masked values keep what they were. */
    write(raw: string, baseHash: string | undefined, by?: string): Promise<ConfigFacts>;
    /** The same for single values: comments stay. */
    edit(changes: readonly ConfigChange[], baseHash?: string, by?: string): Promise<ConfigFacts>;
    schema(): JsonSchema;
  };
  readonly secrets: SecretWork;
  readonly leases: LeaseWork;
  readonly tools: {
    list(agent: string): readonly ToolListing[];
    /** Rejects `denied` where the owner's rules say no, `invalid` for an unknown tool or wrong arguments. */
    invoke(wish: ToolWish): Promise<ToolOutput>;
  };
  /** Servers of MCP whose tools the agents use. */
  readonly servers: {
    list(): readonly ServerFacts[];
    /** Reaches it now. Never rejects for what is wrong with the server: its facts say so. */
    test(name: string): Promise<unknown>;
  };
  /** Texts and skills of an agent's workspace. Names are those of a fixed list, never paths. */
  readonly workspace: {
    list(agent: string): Promise<readonly WorkspaceText[]>;
    read(agent: string, name: string): Promise<WorkspaceText & { readonly text: string }>;
    write(agent: string, name: string, text: string): Promise<WorkspaceText>;
    skills(agent: string): Promise<readonly SkillFacts[]>;
    /** With its text below the head. Rejects `invalid` for an unknown one. */
    skill(agent: string, name: string): Promise<SkillFacts & { readonly text: string }>;
  };
  /** Says something on a channel, unasked. The same id twice sends once. */
  readonly speak: Speak;
  /** What people may type on every channel. */
  readonly commands: readonly CommandFacts[];
  readonly pairing: {
    /** How long a request stays open (ms), and how many may be at once on a channel. */
    readonly limits: { readonly lifeMs: number; readonly openPerChannel: number };
    list(): Promise<readonly PairingRequest[]>;
    /** Rejects `invalid` for an unknown or expired code. */
    approve(channel: string, code: string): Promise<PairingRequest>;
    /** Puts a request away without letting its sender in. Rejects as `approve` does. */
    dismiss(channel: string, code: string): Promise<PairingRequest>;
    revoke(channel: string, peerId: string): Promise<boolean>;
    allowed(channel: string): Promise<readonly string[]>;
  };
  agents(): readonly AgentFacts[];
  /** With `ask`, vendors are asked for their lists unless they told them lately; without, what is known anyway. */
  models(ask?: "ask"): Promise<readonly OfferedModel[]>;
  readonly providers: {
    /** All of them, the preferred first, whether they are set up or not. */
    list(): Promise<readonly ProviderFacts[]>;
    /** Asks one small question by each key. Rejects `invalid` for an unknown provider. */
    test(wish: TrialWish): Promise<readonly ModelTrial[]>;
    /** Takes over a newer list of models with their prices. Rejects, and changes nothing, where it cannot be read. */
    refresh(wish: {
      readonly url?: string | undefined;
      readonly text?: string | undefined;
      readonly source?: string | undefined;
    }): Promise<RefreshedList>;
    /** What a name answers with, in order. Rejects `invalid` or `config` as a run would. */
    chain(name: string | undefined): readonly string[];
    readonly login: ProviderLogins;
  };
  /** Texts as vectors; without a name by the usual model. Rejects `config` when no provider can. */
  embed(model: string | undefined, request: Omit<EmbedRequest, "model">, signal: AbortSignal): Promise<Embedded>;
  channels(): readonly {
    readonly id: string;
    readonly account: string;
    readonly title: string;
    readonly status: ChannelStatus;
  }[];
  /** Bytes the process uses, and from where on it acts: at `soft` it lets go, at `hard` nothing in the background begins. */
  memory(): {
    readonly used: number;
    readonly soft: number;
    readonly hard: number;
    readonly level: "normal" | "high" | "critical";
  };
  /** Counters since start, for statistics and metrics. */
  counters(): Counters;
  readonly logs: Logs;
}

export interface Logs {
  /** The log's last lines, or those that came after a cursor. A log that is not kept is an empty one. */
  tail(params: LogTailParams): Promise<LogTail>;
}

export interface LogTailParams {
  /** `cursor` of the answer before. */
  readonly cursor?: number;
  /** Lines, at most; 500 where it is absent. */
  readonly limit?: number;
  /** Bytes, at most; 250,000 where it is absent. */
  readonly maxBytes?: number;
}

export interface LogTail {
  /** Absolute path. */
  readonly file: string;
  /** Byte offset at which the next line begins. */
  readonly cursor: number;
  /** Bytes. */
  readonly size: number;
  /** Whole lines, each a JSON text, without its end. */
  readonly lines: readonly string[];
  /** Older lines were left out. */
  readonly truncated: boolean;
  /** The cursor was not of this file, which is told from its end. */
  readonly reset: boolean;
}

export interface Counters {
  readonly messages: number;
  readonly runs: number;
  readonly steps: number;
  readonly toolCalls: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly activeRuns: number;
  /** Ms, newest last, at most 1000. */
  readonly turnMs: readonly number[];
}

/** One client's socket, as the machine offers it. */
export interface Socket {
  /** Sends a text frame; returns false when the client is gone. */
  send(text: string): boolean;
  close(code: number, reason: string): void;
  /** Bytes not yet taken by the client. */
  bufferedBytes(): number;
  /** Joins a topic that `Listener.publish` reaches in one call. */
  join(topic: string): void;
  leave(topic: string): void;
}

export interface RemotePeer {
  /** Address of the TCP peer. */
  readonly address: string;
  readonly port: number;
  /** Lets the answer to this request take as long as it takes. */
  keepOpen?(): void;
}

/** What the gateway gives the machine to serve. */
export interface Handlers {
  /** Any HTTP request that is not an upgrade. */
  fetch(request: Request, peer: RemotePeer): Response | Promise<Response>;
  /** An upgrade was asked: the socket's side of it, or a Response that refuses. */
  upgrade(request: Request, peer: RemotePeer): SocketSide | Response;
}

/** Called for one socket. `message` gets text; a binary frame comes as bytes. */
export interface SocketSide {
  open(socket: Socket): void;
  message(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  /** The outbound buffer has drained. */
  drain?(): void;
}

export interface Listener {
  readonly port: number;
  /** Sends one text to every socket of a topic. */
  publish(topic: string, text: string): void;
  /** Stops listening and closes what is open. */
  stop(): Promise<void>;
}

/** Opens the port. Rejects with a `config` Fault that says what to do when it is taken or not allowed. */
export type Listen = (options: ListenOptions, handlers: Handlers) => Promise<Listener>;

export interface ListenOptions {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  /** A larger frame closes its socket with 1009. */
  readonly maxPayloadBytes: number;
  /** Above this many unsent bytes a published frame may be dropped for that socket. */
  readonly maxBufferedBytes: number;
}

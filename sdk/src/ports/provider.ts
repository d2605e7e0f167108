// Provider: an adapter to a model vendor or server. It turns a request into a stream of events and decides nothing
// about retries, failover or cost.
import type { StepBlock, ToolResultBlock, UserBlock } from "../content.ts";
import type { FaultData } from "../errors.ts";
import type { ThinkingLevel } from "../message.ts";
import type { StopReason, Usage } from "../session.ts";

/** What the model reads, in order. A `tool` turn answers every tool call of the step before it. */
export type ModelTurn =
  | { readonly type: "user"; readonly content: readonly UserBlock[] }
  /** `provider` and `model` say who wrote it: vendor data and signatures go back only to the same two. */
  | { readonly type: "step"; readonly content: readonly StepBlock[]; readonly provider: string; readonly model: string }
  | { readonly type: "tool"; readonly results: readonly ToolResultBlock[] };

/** A tool as the model sees it. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of an object. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export interface ModelRequest {
  /** The vendor's id of the model, without the provider's prefix. */
  readonly model: string;
  /**
   * `stable` is the same byte for byte from run to run and comes first; `volatile` is what a program adds for one run.
   * What changes by itself (time, place) is told in the turns, behind what the vendor's cache holds.
   */
  readonly system: { readonly stable: string; readonly volatile: string };
  readonly turns: readonly ModelTurn[];
  readonly tools: readonly ToolSpec[];
  readonly thinking: ThinkingLevel;
  readonly maxOutputTokens?: number;
  /** A stable name for the vendor's prompt cache. */
  readonly cacheKey: string;
}

/**
 * One model step. Deltas in any number, then exactly one `step-end` or one `fault`, and nothing after it.
 * A stream never throws: failure is its last event, so partial text survives.
 */
export type ProviderEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "thinking-delta"; readonly text: string }
  /** A tool call has begun; its arguments follow in `step-end`, whole. */
  | { readonly type: "tool-call-start"; readonly id: string; readonly name: string }
  | {
      readonly type: "step-end";
      /** The whole step, thinking with signatures first where the vendor orders it so. Never empty. */
      readonly content: readonly StepBlock[];
      readonly stopReason: StopReason;
      readonly usage: Usage;
    }
  /** What the vendor's headers say of the key's limits, before anything else; absent where they say nothing. */
  | { readonly type: "limits"; readonly limits: ProviderLimits }
  /**
   * `overflow` for too long a prompt, `limited` (with `retryAt` where the vendor says) for 429 and 529, `auth` for 401
   * and 403, `unavailable` for 5xx, a cut stream, a timeout or an empty answer, `invalid` for a refused request,
   * `aborted` when the signal fired.
   */
  | { readonly type: "fault"; readonly fault: FaultData };

/** What is left to a key, as the vendor counts it. */
export interface ProviderLimits {
  readonly requests?: LimitLeft;
  readonly tokens?: LimitLeft;
}

export interface LimitLeft {
  readonly left: number;
  readonly of?: number;
  /** Unix ms when it is full again. */
  readonly resetAt?: number;
}

/** US dollars for a million tokens, as the vendor lists them. */
export interface ModelPrice {
  readonly input: number;
  readonly output: number;
  /** Absent: the same as `input`. */
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  /** What the whole call costs where its prompt, cache and all, has more tokens than this. */
  readonly above?: {
    readonly tokens: number;
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
  };
  /** The day it was read, YYYY-MM-DD. */
  readonly asOf: string;
  /** Address of the page it was read from; `config` where the owner wrote it. */
  readonly source: string;
}

export interface ModelInfo {
  /** The vendor's id. */
  readonly id: string;
  readonly name: string;
  /** Tokens the model can read; undefined where unknown. */
  readonly contextTokens?: number;
  readonly outputTokens?: number;
  readonly thinking: boolean;
  readonly input: readonly ("text" | "image" | "audio" | "file")[];
  /** False where the model cannot call tools by the vendor's own means: its calls are then read from its text. */
  readonly tools?: boolean;
  /** Absent where nobody knows it; never zero for that reason. */
  readonly price?: ModelPrice;
}

export interface EmbedRequest {
  /** The vendor's id of the model, without the provider's prefix. */
  readonly model: string;
  readonly texts: readonly string[];
  /** Length of each vector, for models that can be asked for fewer. */
  readonly dimensions?: number;
}

export interface Embeddings {
  /** One for each text, in the order of the texts. */
  readonly vectors: readonly (readonly number[])[];
  /** Tokens that were read; 0 where the vendor does not say. */
  readonly tokens: number;
}

/** What a person has to do to log in, and how it ended. */
export type LoginStep =
  /** Open the address and, where there is one, type the code. */
  { readonly type: "open"; readonly url: string; readonly code?: string; readonly expiresAt?: number } | LoginDone;

/** The login is stored; `account` says whose it is, where the vendor tells. */
export interface LoginDone {
  readonly type: "done";
  readonly account?: string;
}

export interface Provider {
  /** Starts the call at once. Aborting ends the stream within a second with a `fault` of kind `aborted`. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ProviderEvent>;

  /** Models the vendor or server offers to this key. Rejects with a Fault like those above. */
  models?(signal: AbortSignal): Promise<readonly ModelInfo[]>;

  /** Texts as vectors, for a provider whose manifest claims `embeddings`. Rejects with a Fault like those above. */
  embed?(request: EmbedRequest, signal: AbortSignal): Promise<Embeddings>;

  /**
   * Logs in by the vendor's own page, for a provider whose manifest claims `login`; ends with `done`. What it obtains stays
   * in the extension's own values, under `loginKey`. Throws a Fault: `auth` when it was refused or ran out, `aborted` when
   * stopped.
   */
  login?(signal: AbortSignal): AsyncIterable<LoginStep>;

  /**
   * Takes over a login that another program of the vendor made, by the text of the file where that keeps it; for a provider
   * whose manifest claims `login-file`. Stored as by `login`. Rejects `invalid` for a text that holds none.
   */
  adoptLogin?(text: string): Promise<LoginDone>;
}

// What the provider contract plays on: a provider, and a vendor at the far end that answers as told.
import type { Json } from "../content.ts";
import type { FaultKind } from "../errors.ts";
import type { ModelRequest, Provider, ProviderLimits } from "../ports/provider.ts";
import type { Usage } from "../session.ts";

/**
 * Answers that every vendor can give in its own words.
 * `thinking` reasons, says something and calls a tool; `cut-call` runs out of tokens before the arguments of a call come;
 * the others are what their names say.
 */
export const providerScenes = [
  "text",
  "thinking",
  "tool-call",
  "parallel-calls",
  "malformed-arguments",
  "length",
  "refused",
  "empty",
  "cut-call",
] as const;

export type ProviderScene = (typeof providerScenes)[number];

/** Refusals, as vendors give them in their own words; which of them one can give its capabilities say (`trouble:auth`). */
export const providerTroubles = [
  ...(["auth", "billing", "limited", "overloaded", "overflow", "server-error"] as const),
  ...(["timeout", "refused", "not-found", "thinking", "no-tools", "invalid"] as const),
] as const;

export type ProviderTrouble = (typeof providerTroubles)[number];

/** What was recorded of a vendor's refusals, as capabilities. */
export function troubleCapabilities(recorded: object): readonly string[] {
  return providerTroubles.filter((name) => name in recorded).map((name) => `trouble:${name}`);
}

/** What a scene says when it is read right. What is left out is not compared. */
export interface SceneContent {
  readonly text?: string;
  readonly thinking?: string;
  /** A piece of the vendor's own reasoning data that has to come back to it. */
  readonly signature?: string;
  readonly calls?: readonly { readonly name: string; readonly input: Json; readonly malformed?: string }[];
  readonly usage?: Usage;
}

export interface VendorAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** How an answer can go wrong between two of its events. */
export const breakings = ["error", "end", "garbage", "fault", "hang"] as const;

export type Breaking = (typeof breakings)[number];

export interface VendorLevers {
  /** The next answers are this one. */
  answerWith(status: number, body: string, headers?: Readonly<Record<string, string>>): void;
  /** The next answers bear these headers too. */
  addHeaders(headers: Readonly<Record<string, string>>): void;
  /** As `answerWith`, in the vendor's usual words. */
  trouble(name: ProviderTrouble): void;
  /** The next answers break off after so many bytes: with an error of the connection, or by ending as if all was said. */
  cutAfter(bytes: number, how: "error" | "end"): void;
  /** The next answers stop after the line that holds this text, and stay open. Without a text they do not even begin. */
  hang(after?: string): void;
  /**
   * The next answers go wrong after so many of their events; false where there are not so many. `error` and `end` are of the
   * connection, `garbage` is an event nobody can read with the rest behind it, `fault` the vendor's own word of a failure.
   */
  breakAfter(events: number, how: Breaking): boolean;
  /** Resolves when an answer that hangs has said what it will say. */
  hanging(): Promise<void>;
  /** Breaks off those that hang. */
  drop(how: "error" | "end"): void;
  /** The vendor cannot be reached. */
  unplug(): void;
  /** Bodies of the requests so far, parsed. */
  requests(): readonly Json[];
}

/** Events of this vendor as they stand in its stream: one that nobody can read, and one that says it failed. */
export interface Breaks {
  readonly garbage: string;
  readonly fault: string;
  readonly kind: FaultKind;
}

/** The vendor's answer to two texts, and what it says when it is read right. */
export interface EmbeddingScene {
  readonly body: string;
  readonly vectors: readonly (readonly number[])[];
  readonly tokens: number;
}

/** For the capability `remote` there are `vendor` and `secret`; a provider without a far end has neither. */
export interface ProviderWorld {
  readonly provider: Provider;
  /** The provider's id, as the history names it. */
  readonly id: string;
  readonly model: string;
  /** Unix ms that the provider's clock shows. */
  readonly now: number;
  /** Sets the stage; the request then gets that answer. */
  readonly play: (scene: ProviderScene) => { readonly request: ModelRequest; readonly says: SceneContent };
  readonly vendor?: VendorLevers;
  /** The key; it must not appear in any message. */
  readonly secret?: string;
  /** For the capability `breaks`: what kind of fault the vendor's own word in mid-stream is. */
  readonly breaks?: Breaks;
  /** For the capability `limits`: headers as this vendor sends them, and what they say. */
  readonly limits?: { readonly headers: Readonly<Record<string, string>>; readonly says: ProviderLimits };
  /** For the capability `embeddings`. */
  readonly embedding?: EmbeddingScene;
}

// What the owner may set about context, and how a window is shared out. Shares follow the window, so that the same
// settings are sensible for 8,000 tokens and for a million.
import type { ModelInfo } from "@homarus/sdk";

export interface ContextSettings {
  /** The window of every model whose own nobody knows. */
  readonly unknownWindowTokens: number;
  /** The most that is read, however large the window: what is read is paid for. */
  readonly mostTokens: number;
  /** Left free for the answer. */
  readonly reserveTokens: number;
  /** What stays word for word when the rest becomes notes. */
  readonly keepRecentTokens: number;
  /** How full the window is when results of tools are cut to head and tail, and when they are cleared. */
  readonly softTrimRatio: number;
  readonly hardClearRatio: number;
  /** Results after the last so many steps stay as they are. */
  readonly keepLastAssistants: number;
  /** Longer results are cut to `headChars` and `tailChars`. */
  readonly maxChars: number;
  readonly headChars: number;
  readonly tailChars: number;
  readonly tools: { readonly allow?: readonly string[] | undefined; readonly deny?: readonly string[] | undefined };
  readonly compaction: {
    readonly enabled: boolean;
    /** A model or a tier; absent takes the one that answers. */
    readonly model?: string | undefined;
    readonly memoryFlush: boolean;
  };
  /** Tokens of earlier words that a message may bring back; 0 for none. */
  readonly recallTokens: number;
}

export interface Window {
  /** All that the model can read and write. */
  readonly tokens: number;
  /** What may be read: the rest is for the answer. */
  readonly input: number;
}

/** `learnt` is what the model was found to take where it refused more: lists of models are not always right. */
export function windowOf(
  facts: Pick<ModelInfo, "contextTokens"> | undefined,
  settings: ContextSettings,
  learnt?: number,
): Window {
  const listed = facts?.contextTokens ?? settings.unknownWindowTokens;
  const tokens = Math.min(listed, learnt ?? Number.POSITIVE_INFINITY);
  const reserve = Math.min(settings.reserveTokens, Math.floor(tokens / 4));
  return { tokens, input: Math.min(tokens - reserve, settings.mostTokens) };
}

/** How the part of a window that is not instructions and tools is shared out, in tokens. */
export interface Shares {
  readonly summary: number;
  readonly recent: number;
  readonly recall: number;
}

const largestSummary = 20_000;

export function sharesOf(window: Window, fixedTokens: number, settings: ContextSettings): Shares {
  const room = Math.max(window.input - fixedTokens, window.input / 4);
  return {
    summary: Math.floor(Math.min(largestSummary, room * 0.3)),
    recent: Math.floor(Math.min(settings.keepRecentTokens, room * 0.3)),
    recall: Math.floor(Math.min(settings.recallTokens, room * 0.12)),
  };
}

export function mayTrim(name: string, { allow, deny }: ContextSettings["tools"]): boolean {
  const fits = (patterns: readonly string[]): boolean => patterns.some((item) => item === "*" || item === name);
  return !(deny && fits(deny)) && (!allow || fits(allow));
}

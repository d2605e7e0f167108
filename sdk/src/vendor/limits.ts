// What a vendor's headers say of a key's limits, and of when to come back. Names differ, and so do the ways to write a time.
// Sources: the pages on rate limits of Anthropic, OpenAI, Groq, xAI, OpenRouter and Mistral (2026-11).
import type { LimitLeft, ProviderLimits } from "../ports/provider.ts";

/** Names of the three headers of one limit: what is left, of how much, when it is full again. */
type Trio = readonly [left: string, of: string, reset: string];

const usual = (what: string): Trio => [
  `x-ratelimit-remaining-${what}`,
  `x-ratelimit-limit-${what}`,
  `x-ratelimit-reset-${what}`,
];
const anthropic = (what: string): Trio => [
  `anthropic-ratelimit-${what}-remaining`,
  `anthropic-ratelimit-${what}-limit`,
  `anthropic-ratelimit-${what}-reset`,
];

/** The first that the headers hold counts. */
const requests: readonly Trio[] = [
  anthropic("requests"),
  usual("requests"),
  ["x-ratelimit-remaining-req-minute", "x-ratelimit-limit-req-minute", "x-ratelimit-reset-req-minute"],
  ["x-ratelimit-remaining", "x-ratelimit-limit", "x-ratelimit-reset"],
];
const tokens: readonly Trio[] = [
  anthropic("tokens"),
  anthropic("input-tokens"),
  usual("tokens"),
  ["x-ratelimit-remaining-tokens-minute", "x-ratelimit-limit-tokens-minute", "x-ratelimit-reset-tokens-minute"],
  ["ratelimitbysize-remaining", "ratelimitbysize-limit", "ratelimitbysize-reset"],
];

/** Undefined where the headers say nothing of it. */
export function limitsOf(headers: Headers | undefined, now: number): ProviderLimits | undefined {
  if (!headers) return undefined;
  const [ofRequests, ofTokens] = [leftOf(headers, requests, now), leftOf(headers, tokens, now)];
  if (!ofRequests && !ofTokens) return undefined;
  return { ...(ofRequests ? { requests: ofRequests } : {}), ...(ofTokens ? { tokens: ofTokens } : {}) };
}

function leftOf(headers: Headers, trios: readonly Trio[], now: number): LimitLeft | undefined {
  for (const [leftName, ofName, resetName] of trios) {
    const left = amount(headers.get(leftName));
    if (left === undefined) continue;
    const [of, resetAt] = [amount(headers.get(ofName)), timeOf(headers.get(resetName), now)];
    return { left, ...(of === undefined ? {} : { of }), ...(resetAt === undefined ? {} : { resetAt }) };
  }
  return undefined;
}

function amount(text: string | null): number | undefined {
  const value = text?.trim() ? Number(text) : Number.NaN;
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/**
 * Unix ms from `retry-after-ms`, from `retry-after` (seconds or a date, RFC 9110 section 10.2.3), from "try again in
 * 1m2.5s" and Google's `"retryDelay":"34s"` in the text, or from when a limit that is used up is full again.
 */
export function retryTime(headers: Headers | undefined, text: string, now: number): number | undefined {
  const ms = amount(headers?.get("retry-after-ms") ?? null);
  if (ms !== undefined) return now + ms;
  const after = timeOf(headers?.get("retry-after") ?? null, now);
  if (after !== undefined) return after;
  const span = /(?:try again in|retry (?:in|after)|retryDelay":\s*")\s*((?:[\d.]+\s?(?:ms|[hms]))+)/i.exec(text)?.[1];
  if (span) return now + spanMs(span);
  const limits = limitsOf(headers, now);
  const used = [limits?.requests, limits?.tokens].flatMap((limit) => (limit?.left === 0 ? [limit.resetAt ?? 0] : []));
  const latest = Math.max(0, ...used);
  return latest > now ? latest : undefined;
}

/** A span ("20ms", "6m0s", seconds), a moment (Unix seconds or ms), or a date. */
function timeOf(text: string | null, now: number): number | undefined {
  if (!text?.trim()) return undefined;
  const value = Number(text);
  if (Number.isFinite(value)) return value > 1e11 ? value : value > 1e9 ? value * 1000 : now + Math.ceil(value * 1000);
  if (/^(?:[\d.]+(?:ms|[dhms]))+$/.test(text.trim())) return now + spanMs(text);
  const at = Date.parse(text);
  return Number.isFinite(at) ? at : undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function spanMs(span: string): number {
  const parts = [...span.matchAll(/([\d.]+)\s?(ms|[dhms])/g)];
  return Math.ceil(parts.reduce((sum, [, count, unit]) => sum + Number(count) * (unitMs[unit ?? ""] ?? 0), 0));
}

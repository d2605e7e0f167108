// What went wrong at OpenAI, or at a server that speaks its API, as one of the house's kinds. One table, nothing else
// decides. Sources: OpenAI's list of error codes, and the words that servers of this API use for a prompt too long.
import { Fault, type FaultKind, isFault } from "@homarus/sdk";

export interface FaultReader {
  /** Unix ms, for waits that the vendor gives as a span. */
  readonly now: number;
  /** Struck out of every message. */
  readonly secret: string;
  readonly isStopped: boolean;
}

/** What the SDK's errors and the error events of a stream have in common. */
interface VendorError {
  readonly name?: unknown;
  readonly message?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly headers?: Headers;
  readonly cause?: unknown;
}

interface Facts {
  readonly status: number | undefined;
  readonly word: string;
  readonly text: string;
}

interface Row {
  readonly when: (facts: Facts) => boolean;
  readonly kind: FaultKind;
  readonly code: string;
  readonly says: string;
  readonly hint?: string;
}

const tooLong =
  /context[ _](?:length|window|size)|maximum (?:context|prompt) length|prompt (?:is )?too long|too many (?:input )?tokens|reduce the length|exceed_context_size|input is too long/i;
const perMinute = /per (?:minute|day)|\b[TR]P[MD]\b/i;
const status = (...wanted: readonly number[]) => (facts: Facts) => wanted.includes(facts.status ?? 0);

/** The first row that fits. */
const rows: readonly Row[] = [
  {
    when: ({ word }) => /insufficient_quota|billing/.test(word),
    ...{ kind: "limited", code: "provider.quota", says: "has no credit left for this key" },
    hint: "Look at the billing page of the account.",
  },
  {
    when: (facts) => facts.status === 413 && perMinute.test(facts.text),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: (facts) => facts.status === 413 || facts.word.includes("context_length") || (isRefusal(facts) && tooLong.test(facts.text)),
    ...{ kind: "overflow", code: "provider.overflow", says: "finds the conversation too long" },
  },
  {
    when: (facts) => status(401, 403)(facts) || facts.word === "invalid_api_key",
    ...{ kind: "auth", code: "provider.auth", says: "refused the key" },
    hint: "Set OPENAI_API_KEY or providers.openai.apiKey to a key that is valid at this address.",
  },
  {
    when: (facts) => status(402, 429, 529)(facts) || facts.word.startsWith("rate_limit"),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: status(404),
    ...{ kind: "config", code: "provider.not-found", says: "knows no such model or address" },
    hint: "`homarus models` lists what there is; look at providers.openai.baseUrl too.",
  },
  {
    when: (facts) => status(408, 409, 499)(facts) || (facts.status ?? 0) >= 500 || facts.word === "server_error",
    ...{ kind: "unavailable", code: "provider.unavailable", says: "has trouble of its own" },
  },
  {
    when: (facts) => facts.status !== undefined || facts.word !== "",
    ...{ kind: "invalid", code: "provider.invalid", says: "refused the request" },
  },
];

function isRefusal({ status }: Facts): boolean {
  return status === undefined || (status >= 400 && status !== 429 && status !== 401);
}

export function faultOf(thrown: unknown, reader: FaultReader): Fault {
  if (reader.isStopped) return new Fault("aborted", "provider.aborted", "The call to the model was stopped.");
  const within = faultWithin(thrown);
  if (within) return within;
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as VendorError;
  const facts = factsOf(error);
  const row = rows.find((item) => item.when(facts));
  const words = masked(facts.text, reader.secret);
  if (!row) {
    return new Fault("unavailable", "provider.unreachable", `The model server cannot be reached: ${words}`, {
      cause: thrown,
      hint: "See that it runs and that providers.openai.baseUrl is right.",
    });
  }
  const retryAt = row.kind === "limited" || row.kind === "unavailable" ? retryTime(error.headers, facts.text, reader.now) : undefined;
  return new Fault(row.kind, row.code, `The model server ${row.says}: ${words}`, {
    ...(row.hint ? { hint: row.hint } : {}),
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}

/** A Fault that our own fetch threw, which the SDK wraps into an error of its own. */
function faultWithin(thrown: unknown): Fault | undefined {
  for (let error = thrown, depth = 0; error && depth < 5; error = (error as VendorError).cause, depth += 1) {
    if (isFault(error)) return error;
  }
  return undefined;
}

function factsOf(error: VendorError): Facts {
  const status = typeof error.status === "number" ? error.status : undefined;
  const word = [error.code, error.type].find((item) => typeof item === "string" && item !== "") ?? "";
  // Errors of the socket are Errors with a code of their own (`ECONNRESET`), which is none of the vendor's.
  const isSocket = error instanceof Error && status === undefined && !("param" in error);
  return { status, word: isSocket ? "" : String(word), text: wordsOf(error) };
}

function wordsOf(error: VendorError): string {
  const text = typeof error.message === "string" && error.message ? error.message : "it gave no reason";
  const isPage = /<(?:!doctype|html)/i.test(text);
  const cause = error.cause instanceof Error && !isPage ? ` ${error.cause.message}` : "";
  return (isPage ? "it answered with a web page" : `${text}${cause}`).slice(0, 500);
}

/** A short word that a local server takes as a key is no secret, and striking it out would garble the message. */
function masked(text: string, secret: string): string {
  return secret.length < 8 ? text : text.replaceAll(secret, "***");
}

/** Unix ms from `retry-after-ms`, `retry-after` (seconds or a date), or "try again in 1m2.5s" in the text. */
function retryTime(headers: Headers | undefined, text: string, now: number): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return now + ms;
  const after = headers?.get("retry-after");
  if (after) {
    const at = Number.isFinite(Number(after)) ? now + Number(after) * 1000 : Date.parse(after);
    if (Number.isFinite(at)) return at;
  }
  const span = /try again in ((?:[\d.]+(?:ms|[hms]))+)/i.exec(text)?.[1];
  return span ? now + spanMs(span) : undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function spanMs(span: string): number {
  const parts = [...span.matchAll(/([\d.]+)(ms|[hms])/g)];
  return Math.ceil(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? 0), 0));
}

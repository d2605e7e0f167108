// How a table of rows turns a vendor's failure into a Fault: the first row that fits names the kind, the vendor's words
// go into the message, the key is struck out, and the wait is read from where vendors put it.
import { Fault, type FaultKind, isFault } from "../errors.ts";

export interface FaultReader {
  /** Unix ms, for waits that the vendor gives as a span. */
  readonly now: number;
  /** Struck out of every message. */
  readonly secret: string;
  readonly isStopped: boolean;
}

export interface VendorFacts {
  readonly status: number | undefined;
  /** The vendor's name for it; empty where it gave none. */
  readonly word: string;
  /** The vendor's sentence. */
  readonly text: string;
  readonly headers?: Headers | undefined;
}

export interface FaultRow {
  readonly when: (facts: VendorFacts) => boolean;
  readonly kind: FaultKind;
  readonly code: string;
  /** Follows "The model server". */
  readonly says: string;
  readonly hint?: string;
}

export interface FaultTable {
  readonly rows: readonly FaultRow[];
  readonly factsOf: (thrown: unknown) => VendorFacts;
  readonly unreachableHint: string;
}

export function withStatus(...wanted: readonly number[]): FaultRow["when"] {
  return (facts) => wanted.includes(facts.status ?? 0);
}

/** Nothing that fits means that no answer came at all. */
export function judgeFault(thrown: unknown, table: FaultTable, reader: FaultReader): Fault {
  if (reader.isStopped) return new Fault("aborted", "provider.aborted", "The call to the model was stopped.");
  const within = faultWithin(thrown);
  if (within) return within;
  const facts = table.factsOf(thrown);
  const words = masked(shortened(facts.text), reader.secret);
  const row = table.rows.find((item) => item.when(facts));
  if (!row) {
    const message = `The model server cannot be reached, or its answer cannot be read: ${words}`;
    return new Fault("unavailable", "provider.unreachable", message, { cause: thrown, hint: table.unreachableHint });
  }
  const mayWait = row.kind === "limited" || row.kind === "unavailable";
  const retryAt = mayWait ? retryTime(facts, reader.now) : undefined;
  return new Fault(row.kind, row.code, `The model server ${row.says}: ${words}`, {
    ...(row.hint ? { hint: row.hint } : {}),
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}

/** A Fault that our own fetch threw, which the SDK wraps into an error of its own. */
function faultWithin(thrown: unknown): Fault | undefined {
  for (let error = thrown, depth = 0; error && depth < 5; error = (error as { cause?: unknown }).cause, depth += 1) {
    if (isFault(error)) return error;
  }
  return undefined;
}

/** A gateway's error page says nothing an owner wants to read. */
function shortened(text: string): string {
  if (/<(?:!doctype|html)/i.test(text)) return "it answered with a web page";
  return text.trim().slice(0, 500) || "it gave no reason";
}

/** A short word that a local server takes as a key is no secret, and striking it out would garble the message. */
function masked(text: string, secret: string): string {
  return secret.length < 8 ? text : text.replaceAll(secret, "***");
}

/**
 * Unix ms from `retry-after-ms`, from `retry-after` (seconds or a date, RFC 9110 section 10.2.3), or from "try again in
 * 1m2.5s" and Google's `"retryDelay":"34s"` in the text.
 */
function retryTime({ headers, text }: VendorFacts, now: number): number | undefined {
  const ms = Number(headers?.get("retry-after-ms") ?? Number.NaN);
  if (Number.isFinite(ms)) return now + ms;
  const after = headers?.get("retry-after");
  if (after) {
    const at = Number.isFinite(Number(after)) ? now + Number(after) * 1000 : Date.parse(after);
    if (Number.isFinite(at)) return at;
  }
  const span = /(?:try again in|retry in|retryDelay":\s*")\s*((?:[\d.]+(?:ms|[hms]))+)/i.exec(text)?.[1];
  return span ? now + spanMs(span) : undefined;
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function spanMs(span: string): number {
  const parts = [...span.matchAll(/([\d.]+)(ms|[hms])/g)];
  return Math.ceil(parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ""] ?? 0), 0));
}

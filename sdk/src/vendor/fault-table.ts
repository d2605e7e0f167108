// How a vendor's failure becomes a Fault: the first row that fits names it, the vendor's words go into the message, the key
// is struck out, and the wait is read from where vendors put it.
import { Fault, isFault } from "../errors.ts";
import { type FaultRow, faultRows } from "./fault-rows.ts";
import { retryTime } from "./limits.ts";
import { type ProviderFaultCode, providerFault } from "./provider-faults.ts";
import { firstWords, isRefusal, type VendorFacts, vendorFacts, within } from "./refusal.ts";
import type { Vendor } from "./vendor.ts";

export interface FaultParts {
  readonly vendor: Vendor;
  readonly now: () => number;
  /** Struck out of every message. */
  readonly secrets: readonly (string | undefined)[];
  /** Of the vendor's own, before those that hold for all. */
  readonly rows?: readonly FaultRow[];
  /** Reads what this vendor's library throws, where that is not as with the others. */
  readonly factsOf?: (thrown: unknown) => VendorFacts | undefined;
}

/** Where a stream stands when it fails. */
export interface FaultPlace {
  readonly signal: AbortSignal;
  /** The vendor had begun to answer. */
  readonly hasBegun?: boolean;
}

export type FaultReader = (thrown: unknown, place: FaultPlace) => Fault;

export function faultReader(parts: FaultParts): FaultReader {
  const rows = [...(parts.rows ?? []), ...faultRows];
  return (thrown, place) => {
    if (place.signal.aborted) return made("provider.aborted", "The call to the model was stopped.");
    const own = within(thrown, isFault);
    if (own) return own;
    return judged(thrown, place, { ...parts, rows });
  };
}

function judged(thrown: unknown, place: FaultPlace, parts: FaultParts & { readonly rows: readonly FaultRow[] }): Fault {
  const facts = parts.factsOf?.(thrown) ?? vendorFacts(thrown);
  const row = parts.rows.find((item) => item.when(facts));
  const code = row?.code ?? speechless(thrown, place);
  const { says, hint } = providerFault(code);
  const retryAt = waitOf(facts, code, parts.now());
  const advice = row?.hint ?? hint?.(parts.vendor);
  return made(code, `${parts.vendor.title} ${says}: ${shortened(masked(facts.text, parts.secrets))}`, {
    ...(row ? {} : { cause: thrown }),
    ...(advice ? { hint: advice } : {}),
    ...(retryAt === undefined ? {} : { retryAt }),
  });
}

function made(code: ProviderFaultCode, message: string, options: ConstructorParameters<typeof Fault>[3] = {}): Fault {
  return new Fault(providerFault(code).kind, code, message, options);
}

/** Waiting mends what is busy, and brings back no money. */
function waitOf(facts: VendorFacts, code: ProviderFaultCode, now: number): number | undefined {
  const { kind } = providerFault(code);
  const mayWait = (kind === "limited" && code !== "provider.quota") || kind === "unavailable";
  return !mayWait ? undefined : retryTime(facts.headers, facts.text, now);
}

/** The vendor said nothing of what is wrong: the connection did, or the answer was not in its format. */
function speechless(thrown: unknown, { hasBegun }: FaultPlace): ProviderFaultCode {
  if (within(thrown, isUnreadable) || within(thrown, isRefusal)) return "provider.malformed";
  if (within(thrown, isLate)) return "provider.timeout";
  return hasBegun ? "provider.cut" : "provider.unreachable";
}

const isUnreadable = (error: unknown): error is SyntaxError =>
  error instanceof SyntaxError || (error instanceof Error && /\bJSON\b/.test(error.message));

const isLate = (error: unknown): error is Error =>
  error instanceof Error &&
  (error.name === "TimeoutError" ||
    /ETIMEDOUT|timed out/i.test(`${(error as { code?: unknown }).code} ${error.message}`));

/** A gateway's error page says nothing an owner wants to read. */
function shortened(text: string): string {
  if (/<(?:!doctype|html)/i.test(text)) return "it answered with a web page";
  return firstWords(text, 500) || "it gave no reason";
}

/** A short word that a local server takes as a key is no secret, and striking it out would garble the message. */
function masked(text: string, secrets: FaultParts["secrets"]): string {
  return secrets.reduce<string>(
    (left, secret) => (secret && secret.length >= 8 ? left.replaceAll(secret, "***") : left),
    text,
  );
}

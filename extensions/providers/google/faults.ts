// What went wrong at Google as one of the house's kinds. One table, nothing else decides.
// Source: ai.google.dev, "Troubleshooting", and the canonical codes of Google's APIs (google.rpc.Code).
import { type Fault, type FaultReader, type FaultRow, judgeFault, type VendorFacts, withStatus } from "@homarus/sdk";
import { isRefusal } from "./refusal.ts";

const tooLong =
  /token count .*exceeds|exceeds the maximum number of (?:input )?tokens|request payload size exceeds|context (?:length|window)/i;
const noKey = /API[ _]key (?:not valid|expired|not found)|API_KEY_INVALID/i;
const named =
  (...words: readonly string[]): FaultRow["when"] =>
  (facts) =>
    words.includes(facts.word);

/** The first row that fits. */
const rows: readonly FaultRow[] = [
  {
    when: (facts) =>
      withStatus(401, 403)(facts) ||
      named("UNAUTHENTICATED", "PERMISSION_DENIED")(facts) ||
      (withStatus(400)(facts) && noKey.test(facts.text)),
    ...{ kind: "auth", code: "provider.auth", says: "refused the key" },
    hint: "Set GEMINI_API_KEY or providers.google.apiKey to a valid key.",
  },
  {
    when: (facts) => withStatus(413)(facts) || isTooLong(facts),
    ...{ kind: "overflow", code: "provider.overflow", says: "finds the conversation too long" },
  },
  {
    when: (facts) => withStatus(402, 429, 529)(facts) || named("RESOURCE_EXHAUSTED")(facts),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: (facts) => withStatus(404)(facts) || named("NOT_FOUND")(facts),
    ...{ kind: "config", code: "provider.not-found", says: "knows no such model or address" },
    hint: "`homarus models` lists what there is; look at providers.google.baseUrl too.",
  },
  {
    when: (facts) => withStatus(408, 409, 499)(facts) || (facts.status ?? 0) >= 500,
    ...{ kind: "unavailable", code: "provider.unavailable", says: "has trouble of its own" },
  },
  {
    when: (facts) => facts.status !== undefined,
    ...{ kind: "invalid", code: "provider.invalid", says: "refused the request" },
  },
];

function isTooLong({ status, text }: VendorFacts): boolean {
  return (status === 400 || status === 500) && tooLong.test(text);
}

export function faultOf(thrown: unknown, reader: FaultReader): Fault {
  const unreachableHint =
    "See that this machine reaches generativelanguage.googleapis.com, or look at providers.google.baseUrl.";
  return judgeFault(thrown, { rows, factsOf, unreachableHint }, reader);
}

interface Body {
  readonly error?: { readonly status?: unknown; readonly message?: unknown; readonly details?: unknown };
}

/** The text of a refusal is the answer's body; an error in mid-stream stands within the SDK's message. */
function factsOf(thrown: unknown): VendorFacts {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (!isRefusal(thrown)) return { status: undefined, word: "", text: withCause(thrown, message) };
  const error = bodyIn(message)?.error;
  const wait = /"retryDelay":\s*"[^"]+"/.exec(message)?.[0] ?? "";
  return {
    status: thrown.status,
    word: typeof error?.status === "string" ? error.status : "",
    text: typeof error?.message === "string" ? `${error.message} ${wait}` : message,
    headers: thrown.headers instanceof Headers ? thrown.headers : undefined,
  };
}

function withCause(thrown: unknown, message: string): string {
  return thrown instanceof Error && thrown.cause instanceof Error ? `${message} ${thrown.cause.message}` : message;
}

function bodyIn(text: string): Body | undefined {
  try {
    const value = JSON.parse(text.slice(Math.max(0, text.indexOf("{")))) as Body | null;
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    // A proxy's page or half an answer: the status has to do.
    return undefined;
  }
}

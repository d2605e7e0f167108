// What went wrong at Anthropic as one of the house's kinds. One table, nothing else decides.
// Source: platform.claude.com, "Errors".
import { type Fault, type FaultReader, type FaultRow, judgeFault, type VendorFacts, withStatus } from "@homarus/sdk";

const tooLong =
  /prompt is too long|exceeds? (?:the )?(?:maximum )?context (?:window|limit|length)|`max_tokens` exceed|too many tokens/i;
const noCredit = /credit balance is too low|billing/i;
const named =
  (...words: readonly string[]): FaultRow["when"] =>
  (facts) =>
    words.includes(facts.word);

/** The first row that fits. */
const rows: readonly FaultRow[] = [
  {
    when: (facts) => facts.word === "billing_error" || (withStatus(400, 402, 403)(facts) && noCredit.test(facts.text)),
    ...{ kind: "limited", code: "provider.quota", says: "has no credit left for this key" },
    hint: "Look at the billing page of the account.",
  },
  {
    when: (facts) => withStatus(413)(facts) || named("request_too_large")(facts) || isTooLong(facts),
    ...{ kind: "overflow", code: "provider.overflow", says: "finds the conversation too long" },
  },
  {
    when: (facts) => withStatus(401, 403)(facts) || named("authentication_error", "permission_error")(facts),
    ...{ kind: "auth", code: "provider.auth", says: "refused the key" },
    hint: "Set ANTHROPIC_API_KEY or providers.anthropic.apiKey to a valid key.",
  },
  {
    when: (facts) => withStatus(529)(facts) || named("overloaded_error")(facts),
    ...{ kind: "limited", code: "provider.overloaded", says: "is overloaded" },
  },
  {
    when: (facts) => withStatus(402, 429)(facts) || named("rate_limit_error")(facts),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: (facts) => withStatus(404)(facts) || named("not_found_error")(facts),
    ...{ kind: "config", code: "provider.not-found", says: "knows no such model or address" },
    hint: "`homarus models` lists what there is; look at providers.anthropic.baseUrl too.",
  },
  {
    when: (facts) =>
      withStatus(408, 409, 499)(facts) || (facts.status ?? 0) >= 500 || named("api_error", "timeout_error")(facts),
    ...{ kind: "unavailable", code: "provider.unavailable", says: "has trouble of its own" },
  },
  {
    when: (facts) => facts.status !== undefined || facts.word !== "",
    ...{ kind: "invalid", code: "provider.invalid", says: "refused the request" },
  },
];

function isTooLong({ status, word, text }: VendorFacts): boolean {
  return (status === 400 || word === "invalid_request_error") && tooLong.test(text);
}

export function faultOf(thrown: unknown, reader: FaultReader): Fault {
  const unreachableHint = "See that this machine reaches api.anthropic.com, or look at providers.anthropic.baseUrl.";
  return judgeFault(thrown, { rows, factsOf, unreachableHint }, reader);
}

/** What the SDK's errors say; `error` is the body of the answer, or of an error event in mid-stream. */
interface VendorError {
  readonly message?: unknown;
  readonly status?: unknown;
  readonly type?: unknown;
  readonly headers?: Headers;
  readonly error?: { readonly error?: { readonly message?: unknown } };
  readonly cause?: unknown;
}

function factsOf(thrown: unknown): VendorFacts {
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as VendorError;
  const own = error.error?.error?.message;
  const cause = error.cause instanceof Error ? ` ${error.cause.message}` : "";
  const text = typeof own === "string" ? own : typeof error.message === "string" ? `${error.message}${cause}` : "";
  return {
    status: typeof error.status === "number" ? error.status : undefined,
    word: typeof error.type === "string" ? error.type : "",
    text,
    headers: error.headers,
  };
}

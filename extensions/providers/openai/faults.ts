// What went wrong at OpenAI, or at a server that speaks its API, as one of the house's kinds. One table, nothing else
// decides. Sources: OpenAI's list of error codes, and the words that servers of this API use for a prompt too long.
import { type Fault, type FaultReader, type FaultRow, judgeFault, type VendorFacts, withStatus } from "@homarus/sdk";

const tooLong =
  /context[ _](?:length|window|size)|maximum (?:context|prompt) length|prompt (?:is )?too long|too many (?:input )?tokens|reduce the length|exceed_context_size|input is too long/i;
const perMinute = /per (?:minute|day)|\b[TR]P[MD]\b/i;

/** The first row that fits. */
const rows: readonly FaultRow[] = [
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
    when: (facts) => facts.status === 413 || facts.word.includes("context_length") || isTooLong(facts),
    ...{ kind: "overflow", code: "provider.overflow", says: "finds the conversation too long" },
  },
  {
    when: (facts) => withStatus(401, 403)(facts) || facts.word === "invalid_api_key",
    ...{ kind: "auth", code: "provider.auth", says: "refused the key" },
    hint: "Set OPENAI_API_KEY or providers.openai.apiKey to a key that is valid at this address.",
  },
  {
    when: (facts) => withStatus(402, 429, 529)(facts) || facts.word.startsWith("rate_limit"),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: withStatus(404),
    ...{ kind: "config", code: "provider.not-found", says: "knows no such model or address" },
    hint: "`homarus models` lists what there is; look at providers.openai.baseUrl too.",
  },
  {
    when: (facts) => withStatus(408, 409, 499)(facts) || (facts.status ?? 0) >= 500 || facts.word === "server_error",
    ...{ kind: "unavailable", code: "provider.unavailable", says: "has trouble of its own" },
  },
  {
    when: (facts) => facts.status !== undefined || facts.word !== "",
    ...{ kind: "invalid", code: "provider.invalid", says: "refused the request" },
  },
];

/** Some servers say it with 400, some with 500, some in mid-stream without a status. */
function isTooLong({ status, text }: VendorFacts): boolean {
  return (status === undefined || (status >= 400 && status !== 401 && status !== 429)) && tooLong.test(text);
}

export function faultOf(thrown: unknown, reader: FaultReader): Fault {
  const unreachableHint = "See that it runs and that providers.openai.baseUrl is right.";
  return judgeFault(thrown, { rows, factsOf, unreachableHint }, reader);
}

/** What the SDK's errors and the error events of a stream have in common. */
interface VendorError {
  readonly message?: unknown;
  readonly status?: unknown;
  readonly code?: unknown;
  readonly type?: unknown;
  readonly headers?: Headers;
  readonly cause?: unknown;
}

function factsOf(thrown: unknown): VendorFacts {
  const error = (typeof thrown === "object" && thrown !== null ? thrown : {}) as VendorError;
  const status = typeof error.status === "number" ? error.status : undefined;
  const word = [error.code, error.type].find((item) => typeof item === "string" && item !== "") ?? "";
  // Errors of the socket are Errors with a code of their own (`ECONNRESET`), which is none of the vendor's.
  const isSocket = error instanceof Error && status === undefined && !("param" in error);
  const cause = error.cause instanceof Error ? ` ${error.cause.message}` : "";
  const text = typeof error.message === "string" ? `${error.message}${cause}` : "";
  return { status, word: isSocket ? "" : String(word), text, headers: error.headers };
}

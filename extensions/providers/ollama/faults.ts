// What went wrong at an Ollama server as one of the house's kinds. One table, nothing else decides.
// Source: Ollama's API documentation and the sentences of its server.
import { type Fault, type FaultReader, type FaultRow, judgeFault, type VendorFacts, withStatus } from "@homarus/sdk";
import { isRefusal } from "./refusal.ts";

const tooLong =
  /exceeds? (?:the )?(?:available )?(?:maximum )?context (?:length|size|window)|prompt too long|input length/i;

/** The first row that fits. */
const rows: readonly FaultRow[] = [
  {
    when: (facts) => withStatus(413)(facts) || (!withStatus(401, 403, 429)(facts) && tooLong.test(facts.text)),
    ...{ kind: "overflow", code: "provider.overflow", says: "finds the conversation too long" },
    hint: "providers.ollama.contextTokens allows more, where the memory allows it.",
  },
  {
    when: withStatus(401, 403),
    ...{ kind: "auth", code: "provider.auth", says: "refused the key" },
    hint: "Set OLLAMA_API_KEY or providers.ollama.apiKey.",
  },
  {
    when: withStatus(402, 429, 529),
    ...{ kind: "limited", code: "provider.limited", says: "asks to wait" },
  },
  {
    when: withStatus(404),
    ...{ kind: "config", code: "provider.not-found", says: "knows no such model or address" },
    hint: "`ollama pull` fetches a model, `homarus models` lists those there are; look at providers.ollama.baseUrl too.",
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

export function faultOf(thrown: unknown, reader: FaultReader): Fault {
  const unreachableHint = "Start it with `ollama serve`, and look at providers.ollama.baseUrl.";
  return judgeFault(thrown, { rows, factsOf, unreachableHint }, reader);
}

function factsOf(thrown: unknown): VendorFacts {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const refusal = isRefusal(thrown) ? thrown : undefined;
  return { status: refusal?.status, word: "", text: sentenceIn(message), headers: refusal?.headers };
}

/** The body is `{"error":"sentence"}`, or what a proxy made of it. */
function sentenceIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { readonly error?: unknown };
    if (typeof error === "string") return error;
    const within = (error as { readonly message?: unknown } | undefined)?.message;
    return typeof within === "string" ? within : text;
  } catch {
    // Not JSON: then the text itself is the sentence.
    return text;
  }
}

// What is Bedrock's own among the ways to fail; the rest is as with every vendor.
// Source: docs.aws.amazon.com/bedrock, "ConverseStream", errors, and "Common error types" of AWS.
import { errorIn, type FaultRow, isRefusal, type VendorFacts, within, withWord } from "@homarus/sdk";

export const faultRows: readonly FaultRow[] = [
  // Its sentence for a used-up minute is "Too many tokens, please wait", which elsewhere means a prompt too long.
  {
    when: withWord("ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException"),
    code: "provider.limited",
  },
  { when: withWord("ModelNotReadyException", "ServiceUnavailableException"), code: "provider.overloaded" },
  { when: withWord("ModelTimeoutException"), code: "provider.timeout" },
  {
    when: withWord("InternalServerException", "ModelErrorException", "ModelStreamErrorException"),
    code: "provider.unavailable",
  },
  {
    when: withWord("ExpiredTokenException", "UnrecognizedClientException", "InvalidSignatureException"),
    code: "provider.auth",
    hint: "The keys of AWS are wrong, or were lent for a time that is over: set new ones.",
  },
  {
    when: ({ word, text }) => word === "AccessDeniedException" && /model/i.test(text),
    code: "provider.auth",
    hint: "Let the account use this model: console.aws.amazon.com/bedrock, Model access.",
  },
  {
    when: ({ word, text }) =>
      word === "ResourceNotFoundException" || /on-demand throughput|model identifier/i.test(text),
    code: "provider.not-found",
    hint: "Write the model's id, or that of an inference profile, as the region has it.",
  },
];

/** The word stands in a header; an error in mid-stream is an Error of that name. */
export function factsOf(thrown: unknown): VendorFacts | undefined {
  const refusal = within(thrown, isRefusal);
  if (refusal?.headers instanceof Headers) {
    const word = refusal.headers.get("x-amzn-errortype")?.split(":")[0] ?? "";
    const body = errorIn(refusal.message);
    const text = typeof body?.message === "string" ? body.message : refusal.message;
    return { status: refusal.status >= 400 ? refusal.status : undefined, word, text, headers: refusal.headers };
  }
  const named = within(thrown, isNamed);
  if (!named) return undefined;
  const word = named.name.charAt(0).toUpperCase() + named.name.slice(1);
  return { status: undefined, word, text: named.message };
}

const isNamed = (error: unknown): error is Error => error instanceof Error && /Exception$/.test(error.name);

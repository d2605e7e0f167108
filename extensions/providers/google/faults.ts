// What is Google's own among the ways to fail; the rest is as with every vendor.
// Source: ai.google.dev, "Troubleshooting", and the canonical codes of Google's APIs (google.rpc.Code).
import { errorIn, type FaultRow, type VendorFacts, vendorFacts, withStatus, withWord } from "@homarus/sdk";

export const faultRows: readonly FaultRow[] = [
  // "You exceeded your current quota" stands also where a minute's share is used up: only the wait tells.
  {
    when: (facts) =>
      (withStatus(429)(facts) || withWord("RESOURCE_EXHAUSTED")(facts)) &&
      !/prepa|credits? (?:are|is) depleted/i.test(facts.text),
    code: "provider.limited",
  },
  { when: (facts) => withStatus(429)(facts), code: "provider.quota" },
  { when: withWord("DEADLINE_EXCEEDED"), code: "provider.timeout" },
];

/** An error in mid-stream stands as JSON within the SDK's sentence, behind words of its own. */
export function factsOf(thrown: unknown): VendorFacts | undefined {
  if (!(thrown instanceof Error) || "headers" in thrown || !thrown.message.includes('"error"')) return undefined;
  return errorIn(thrown.message) ? vendorFacts({ error: errorIn(thrown.message), message: thrown.message }) : undefined;
}

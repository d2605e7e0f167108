// What is Anthropic's own among the ways to fail; the rest is as with every vendor. Source: platform.claude.com, "Errors".
import { type FaultRow, withWord } from "@homarus/sdk";

/** The history holds thinking that this model will not take back: no matter of the level. */
const boundThinking = /`?(?:redacted_)?thinking`?.{0,40}blocks?|signature/i;

export const faultRows: readonly FaultRow[] = [
  { when: withWord("billing_error"), code: "provider.quota" },
  { when: withWord("request_too_large"), code: "provider.overflow" },
  {
    when: ({ status, word, text }) => (status === 400 || word === "invalid_request_error") && boundThinking.test(text),
    code: "provider.invalid",
  },
  { when: withWord("api_error"), code: "provider.unavailable" },
];

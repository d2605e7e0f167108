// What is Ollama's own among the ways to fail; the rest is as with every vendor.
// Source: Ollama's API documentation and the sentences of its server.
import { type FaultRow, withStatus } from "@homarus/sdk";

const tooLong =
  /exceeds? (?:the )?(?:available )?(?:maximum )?context (?:length|size|window)|prompt too long|input length/i;

export const faultRows = (settings: string): readonly FaultRow[] => [
  {
    when: (facts) => withStatus(413)(facts) || (!withStatus(401, 403, 429)(facts) && tooLong.test(facts.text)),
    code: "provider.overflow",
    hint: `${settings}.contextTokens allows more, where the memory allows it.`,
  },
  {
    when: withStatus(404),
    code: "provider.not-found",
    hint: `\`ollama pull\` fetches a model, \`homarus models\` lists those there are; look at ${settings}.baseUrl too.`,
  },
  {
    when: ({ status, text }) => status === undefined && /^model runner|runner .*(?:stopped|terminated)/i.test(text),
    code: "provider.unavailable",
  },
];

// The `models` section of homarus.json: which models answer, who stands in, what is known of them.
import { s } from "@homarus/sdk";

const dollars = s.number({ min: 0, help: "US dollars for a million tokens." });

const facts = s.object({
  contextTokens: s.optional(s.integer({ min: 512, help: "Tokens it can read." })),
  outputTokens: s.optional(s.integer({ min: 1, help: "Tokens it can write in one answer." })),
  thinking: s.optional(s.boolean()),
  tools: s.optional(
    s.boolean({ help: "false: it cannot call tools by itself; its calls are then read from its text (experimental)." }),
  ),
  input: s.optional(s.list(s.choice(["text", "image", "audio", "file"]))),
  price: s.optional(
    s.object({
      input: dollars,
      output: dollars,
      cacheRead: s.optional(dollars),
      cacheWrite: s.optional(dollars),
    }),
  ),
});

const chain = s.optional(s.list(s.string(), { help: "provider/model, the one that is asked first at the front." }));

export const modelsSchema = s.object(
  {
    tiers: s.withDefault(
      s.object(
        { fast: chain, balanced: chain, strong: chain },
        { help: "Which models stand for fast, balanced and strong. Absent: those of the providers that are set up." },
      ),
      {},
    ),
    aliases: s.withDefault(s.record(s.string(), { help: "Names of your own for a model or a tier." }), {}),
    standIns: s.withDefault(
      s.boolean({
        help: "Whether another provider that is set up answers while the first cannot, where no chain is written. What runs at home is only ever replaced by what runs at home.",
      }),
      true,
    ),
    patienceSeconds: s.withDefault(
      s.integer({ min: 0, max: 3600, help: "Longest wait for models that are busy, before a message is given up." }),
      300,
    ),
    silentSeconds: s.withDefault(
      s.integer({ min: 5, max: 3600, help: "A model that says nothing for so long is given up." }),
      300,
    ),
    facts: s.withDefault(
      s.record(facts, { help: "What you know better than the catalog, by provider/model; prices too." }),
      {},
    ),
  },
  { title: "Models", help: "Which models answer, and who stands in." },
);

/** What every provider has beside its own settings. */
export const providerSettings = {
  keys: s.optional(
    s.list(s.object({ name: s.optional(s.string()), apiKey: s.secret({ title: "API key" }) }), {
      title: "Further keys",
      help: "Used in turn, and while another is used up.",
    }),
  ),
};

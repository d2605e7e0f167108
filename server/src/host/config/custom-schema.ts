// An endpoint of the owner's own, under `providers.custom`: a server that speaks the API of a provider the house knows.
// Beside these fields stand those of that provider's own settings; the catalog puts both together.
import { type InferSchema, s } from "@homarus/sdk";

const dollars = s.number({ min: 0, help: "US dollars for a million tokens." });

const customModel = s.object({
  id: s.string({ minLength: 1, help: "As the server calls it." }),
  name: s.optional(s.string()),
  contextTokens: s.optional(s.integer({ min: 512, help: "Tokens it can read." })),
  outputTokens: s.optional(s.integer({ min: 1, help: "Tokens it can write in one answer." })),
  thinking: s.optional(s.boolean()),
  tools: s.optional(s.boolean({ help: "false: it cannot call tools by itself." })),
  input: s.optional(s.list(s.choice(["text", "image", "audio", "file"]))),
  price: s.optional(
    s.object({
      ...{ input: dollars, output: dollars },
      ...{ cacheRead: s.optional(dollars), cacheWrite: s.optional(dollars) },
    }),
  ),
});

/** `adapter` is put before them, since its values are the providers whose code can serve another server. */
export const customSettings = {
  title: s.optional(s.string({ minLength: 1, help: "How it is called in lists and errors." })),
  baseUrl: s.string({ title: "Address", help: "As the provider of that API has it.", format: "uri" }),
  apiKey: s.optional(s.secret({ title: "API key", help: "Absent: none is sent." })),
  free: s.optional(s.boolean({ help: "Nothing is paid for its models." })),
  defaultModel: s.optional(s.string({ minLength: 1, help: "Used when none is named. Absent: the first of `models`." })),
  models: s.optional(s.list(customModel, { help: "What it offers. Absent: it is asked." })),
};

export type CustomModel = InferSchema<typeof customModel>;

export interface CustomEndpoint {
  readonly adapter: string;
  readonly title?: string;
  readonly baseUrl: string;
  readonly free?: boolean;
  readonly defaultModel?: string;
  readonly models?: readonly CustomModel[];
  /** The adapter's own settings. */
  readonly [field: string]: unknown;
}

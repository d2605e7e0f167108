import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "web_fetch",
  kind: "tool",
  title: "Fetch a web page",
  description: "Fetches a page of the public internet and hands it to the agent as readable text.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "web",
  effects: { reads: false, writes: false, executes: false, network: true },
  words: "foreign",
  fields: { address: "url" },
  idempotent: true,
  parallel: true,
  timeoutMs: 60_000,
  config: s.object({}),
  input: s.object({
    url: s.string({ help: "Address of the page, http or https.", minLength: 1, maxLength: 4000 }),
    raw: s.optional(s.boolean({ help: "The HTML as it is, in place of readable text." })),
    offset: s.optional(
      s.integer({ help: "Characters of the text to pass over, to go on where the last call ended.", min: 0 }),
    ),
  }),
});

import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "scrape",
  kind: "tool",
  title: "Take data from a web page",
  description: "Takes links, tables, metadata or chosen elements from a page of the public internet.",
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
    what: s.optional(
      s.choice(["text", "links", "tables", "metadata"], {
        help: "Absent is text. Left out where a selector is given.",
      }),
    ),
    selector: s.optional(
      s.string({
        help: "CSS selector of the elements wanted, such as table.prices td:first-child.",
        minLength: 1,
        maxLength: 1000,
      }),
    ),
    attribute: s.optional(
      s.string({
        help: "With a selector: this attribute of each element in place of its text.",
        minLength: 1,
        maxLength: 100,
      }),
    ),
    offset: s.optional(
      s.integer({ help: "Items (of text: characters) to pass over, to go on where the last call ended.", min: 0 }),
    ),
  }),
});

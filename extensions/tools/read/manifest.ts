import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "read",
  kind: "tool",
  title: "Read a file",
  description: "Reads a text file or an image of the agent's workspace.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "files",
  effects: { reads: true, writes: false, executes: false, network: false },
  words: "workspace",
  idempotent: true,
  parallel: true,
  timeoutMs: 60_000,
  config: s.object({}),
  input: s.object({
    path: s.string({ help: "Path in the workspace.", minLength: 1 }),
    offset: s.optional(s.integer({ help: "First line to read, counted from 1.", min: 1 })),
    limit: s.optional(s.integer({ help: "How many lines to read.", min: 1, max: 2000 })),
  }),
});

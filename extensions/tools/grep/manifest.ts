import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "grep",
  kind: "tool",
  title: "Search in files",
  description: "Finds lines in the files of the agent's workspace.",
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
    pattern: s.string({ help: "A regular expression, tried on each line.", minLength: 1, maxLength: 1000 }),
    path: s.optional(s.string({ help: "File or folder to search. Absent is the workspace." })),
    glob: s.optional(s.string({ help: "Only files whose path fits, for example *.ts.", minLength: 1, maxLength: 500 })),
    literal: s.optional(s.boolean({ help: "Take the pattern as plain text." })),
    ignore_case: s.optional(s.boolean({ help: "Let upper and lower case be the same." })),
    context: s.optional(s.integer({ help: "Lines shown before and after each find.", min: 0, max: 20 })),
  }),
});

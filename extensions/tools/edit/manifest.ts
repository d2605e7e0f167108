import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "edit",
  kind: "tool",
  title: "Change a file",
  description: "Replaces an exact piece of a text file in the agent's workspace.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "files",
  effects: { reads: true, writes: true, executes: false, network: false },
  idempotent: false,
  parallel: false,
  timeoutMs: 60_000,
  config: s.object({}),
  input: s.object({
    path: s.string({ help: "Path in the workspace.", minLength: 1 }),
    old_text: s.string({
      help: "The text as it stands in the file, with its spaces and line breaks, and enough of it to be there only once.",
      minLength: 1,
    }),
    new_text: s.string({ help: "What takes its place; empty removes it." }),
    replace_all: s.optional(s.boolean({ help: "Replace it wherever it stands." })),
  }),
});

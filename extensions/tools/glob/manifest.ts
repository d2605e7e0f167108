import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "glob",
  kind: "tool",
  title: "Find files by name",
  description: "Finds files of the agent's workspace whose paths fit a pattern.",
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
    pattern: s.string({
      help: "For example *.md, src/**/*.ts or **/{a,b}.json. Without a / it fits names at any depth.",
      minLength: 1,
      maxLength: 500,
    }),
    path: s.optional(s.string({ help: "Folder to look in. Absent is the workspace." })),
  }),
});

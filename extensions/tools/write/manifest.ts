import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "write",
  kind: "tool",
  title: "Write a file",
  description: "Writes a file of the agent's workspace, whole or at its end.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "files",
  effects: { reads: true, writes: true, executes: false, network: false },
  idempotent: false,
  parallel: false,
  timeoutMs: 60_000,
  config: s.object({}),
  input: s.object({
    path: s.string({ help: "Path in the workspace; missing folders are made.", minLength: 1 }),
    content: s.string({ help: "The text." }),
    append: s.optional(s.boolean({ help: "Add to the end of the file in place of replacing it." })),
  }),
});

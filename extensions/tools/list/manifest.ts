import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "list",
  kind: "tool",
  title: "List a folder",
  description: "Lists what stands in a folder of the agent's workspace.",
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
    path: s.optional(s.string({ help: "Folder of the workspace. Absent is the workspace itself." })),
  }),
});

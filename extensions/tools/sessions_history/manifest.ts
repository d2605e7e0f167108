import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "sessions_history",
  kind: "tool",
  title: "Read a session",
  description: "Shows the agent the last words of one of its sessions.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "sessions",
  effects: { reads: true, writes: false, executes: false, network: false },
  idempotent: true,
  parallel: true,
  timeoutMs: 30_000,
  config: s.object({}),
  input: s.object({
    key: s.string({ help: "Key of the session, from sessions_list.", minLength: 1, maxLength: 500 }),
    limit: s.optional(s.integer({ help: "So many of the last messages; 20 by default.", min: 1, max: 100 })),
  }),
});

import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "sessions_list",
  kind: "tool",
  title: "List sessions",
  description: "Shows the agent which sessions it has, the newest first.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "sessions",
  effects: { reads: true, writes: false, executes: false, network: false },
  idempotent: true,
  parallel: true,
  timeoutMs: 30_000,
  config: s.object({}),
  input: s.object({
    limit: s.optional(s.integer({ help: "At most so many; 20 by default.", min: 1, max: 100 })),
    activeMinutes: s.optional(s.integer({ help: "Only those with something new in so many minutes.", min: 1 })),
    search: s.optional(s.string({ help: "Words that the key, label or title holds.", maxLength: 200 })),
  }),
});

import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "sessions_spawn",
  kind: "tool",
  title: "Give a task to a sub-agent",
  description: "Lets the agent have a task done by a sub-agent with a conversation of its own, several side by side.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "sessions",
  effects: { reads: false, writes: true, executes: false, network: false },
  idempotent: false,
  keyed: true,
  parallel: true,
  // The longest task, and some time for the message and its answer.
  timeoutMs: 1_900_000,
  config: s.object({}),
  input: s.object({
    task: s.string({ help: "What to do, with all that is needed to do it.", minLength: 1, maxLength: 50_000 }),
    label: s.optional(s.string({ help: "A few words that name it.", minLength: 1, maxLength: 60 })),
    model: s.optional(
      s.string({ help: "A model or a tier (fast, balanced, strong), if not your own.", minLength: 1, maxLength: 200 }),
    ),
    tools: s.optional(
      s.list(s.string({ minLength: 1, maxLength: 100 }), {
        help: "Only these tools, of those you have. Without it, all of them.",
      }),
    ),
    timeoutSeconds: s.optional(
      s.integer({ help: "So long it may work; 600 where it is left out.", min: 1, max: 1_800 }),
    ),
  }),
});

import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "sessions_send",
  kind: "tool",
  title: "Say something in another session",
  description: "Lets the agent speak into another of its sessions, and wait for the answer.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "sessions",
  effects: { reads: false, writes: true, executes: false, network: false },
  idempotent: false,
  keyed: true,
  parallel: false,
  // The longest wait, and some time for the message itself.
  timeoutMs: 330_000,
  config: s.object({}),
  input: s.object({
    key: s.string({ help: "Key of the session, from sessions_list.", minLength: 1, maxLength: 500 }),
    message: s.string({ help: "What to say there.", minLength: 1, maxLength: 50_000 }),
    timeoutSeconds: s.optional(
      s.integer({ help: "How long to wait for the answer; 0, the default, does not wait.", min: 0, max: 300 }),
    ),
  }),
});

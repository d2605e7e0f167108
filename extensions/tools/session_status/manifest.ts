import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "session_status",
  kind: "tool",
  title: "Session status",
  description: "Tells the agent the time, its model, and how far the session has come.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "status",
  effects: { reads: false, writes: false, executes: false, network: false },
  // The time is another one at each call.
  idempotent: true,
  parallel: true,
  timeoutMs: 10_000,
  config: s.object({}),
  input: s.object({}),
});

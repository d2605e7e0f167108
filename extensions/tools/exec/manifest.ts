import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "exec",
  kind: "tool",
  title: "Run a command",
  description: "Runs shell commands in the sandbox, inside the agent's workspace.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "commands",
  effects: { reads: false, writes: false, executes: true, network: false },
  words: "workspace",
  fields: { command: "command" },
  idempotent: false,
  parallel: false,
  // A little more than the longest time a command may be given, so that its own limit is the one that ends it.
  timeoutMs: 610_000,
  config: s.object({
    timeoutSeconds: s.withDefault(
      s.integer({ title: "Time", help: "Seconds a command gets when the model names none.", min: 1, max: 600 }),
      120,
    ),
    outputBytes: s.withDefault(
      s.integer({
        title: "Output",
        help: "Bytes of output that the model gets of one command.",
        min: 1_000,
        max: 50_000,
      }),
      30_000,
    ),
    mode: s.withDefault(
      s.choice(["guard", "allowlist"], {
        title: "Unasked",
        help: "`guard`: what does no harm runs unasked. `allowlist`: only what the list names does.",
      }),
      "guard",
    ),
    allowlist: s.withDefault(
      s.list(s.string({ minLength: 1 }), {
        title: "Allowed commands",
        help: "For the mode allowlist: programs (`git`), patterns (`npm run *`) or expressions (`/^make /`).",
      }),
      [],
    ),
    denyPatterns: s.withDefault(
      s.list(s.string({ minLength: 1 }), {
        title: "Forbidden commands",
        help: "Patterns (`git push *`) or expressions (`/curl .*intern/`) over a command as it would run. They never run.",
      }),
      [],
    ),
  }),
  input: s.object({
    command: s.string({ help: "Given to sh -c.", minLength: 1 }),
    folder: s.optional(s.string({ help: "Folder of the workspace to run in. Absent is the workspace itself." })),
    timeout_seconds: s.optional(s.integer({ help: "The command is killed after this long.", min: 1, max: 600 })),
  }),
});

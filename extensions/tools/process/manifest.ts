import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "process",
  kind: "tool",
  title: "Processes",
  description: "Starts commands that go on in the background, and shells that are spoken with, in the sandbox.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "commands",
  effects: { reads: false, writes: false, executes: true, network: false },
  words: "workspace",
  fields: { command: "command" },
  idempotent: false,
  parallel: false,
  timeoutMs: 90_000,
  config: s.object({
    outputBytes: s.withDefault(
      s.integer({
        title: "Output",
        help: "Bytes of output that are kept of one process, and that the model gets at once.",
        min: 1_000,
        max: 50_000,
      }),
      20_000,
    ),
  }),
  input: s.object({
    action: s.choice(["start", "poll", "write", "kill", "list"]),
    command: s.optional(
      s.string({ help: "For start: given to sh -c. `bash` with a terminal is a shell.", minLength: 1 }),
    ),
    folder: s.optional(s.string({ help: "For start: folder of the workspace to run in." })),
    terminal: s.optional(s.boolean({ help: "For start: gives it a terminal, as interactive programs need." })),
    id: s.optional(s.string({ help: "For poll, write and kill: the process." })),
    input: s.optional(s.string({ help: "For write. End a line with a newline; \\u0003 is Ctrl-C in a terminal." })),
    end_input: s.optional(s.boolean({ help: "For write: no more input will come." })),
    wait_seconds: s.optional(s.integer({ help: "How long start, poll and write wait for output.", min: 0, max: 60 })),
  }),
});

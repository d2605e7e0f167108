import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "ask_owner",
  kind: "tool",
  title: "Ask the owner",
  description:
    "Puts a question to the owner and waits for the answer, where the agent is not sure enough to go on alone.",
  since: "0.1",
  permissions: { hosts: [] },
  group: "owner",
  effects: { reads: false, writes: false, executes: false, network: false },
  // The same call is the same question: it is not asked twice.
  idempotent: true,
  parallel: true,
  timeoutMs: 86_400_000,
  config: s.object({
    threshold: s.withDefault(
      s.number({ min: 0, max: 1, help: "An agent that is at least so sure goes on without asking. 1 asks always." }),
      0.8,
    ),
  }),
  input: s.object({
    question: s.string({
      help: "What you need to know or be allowed, in one or two sentences.",
      minLength: 1,
      maxLength: 2000,
    }),
    plan: s.optional(s.string({ help: "What you will do after a yes.", maxLength: 2000 })),
    confidence: s.optional(
      s.number({ help: "How sure you are of the plan without asking, from 0 to 1.", min: 0, max: 1 }),
    ),
  }),
});

// How often and how many at once.
import { s } from "@homarus/sdk";

const perHour = (help: string) => s.optional(s.integer({ min: 1, max: 100_000, help }));
const cooldown = (help: string) => s.integer({ min: 0, max: 86_400, help });
const atOnce = s.optional(
  s.integer({ min: 1, max: 1_000, help: "Runs at once. Absent: only the house's limit counts." }),
);

export const limits = s.object(
  {
    runs: s.withDefault(
      s.integer({
        min: 1,
        max: 1_000,
        help: "Runs at once in the whole house. Others wait; jobs come before messages.",
      }),
      5,
    ),
    groups: s.withDefault(
      s.object({
        cooldownSeconds: s.withDefault(cooldown("Pause after an answer in a group before the next begins."), 10),
        runsPerHour: s.withDefault(
          s.integer({ min: 1, max: 100_000, help: "Answers in one group within an hour." }),
          60,
        ),
        runs: atOnce,
      }),
      {},
    ),
    senders: s.withDefault(
      s.object({
        cooldownSeconds: s.withDefault(cooldown("Pause after an answer to one person before the next begins."), 0),
        runsPerHour: perHour("Answers to one person within an hour. Absent: any number."),
        runs: atOnce,
      }),
      {},
    ),
    agents: s.withDefault(
      s.object({
        cooldownSeconds: s.withDefault(cooldown("Pause between two runs of one agent."), 0),
        runsPerHour: perHour("Runs of one agent within an hour. Absent: any number."),
        runs: atOnce,
      }),
      {},
    ),
  },
  { title: "Limits", help: "How often and how many at once." },
);

// What the house may spend on models, in homarus.json. Evaluated when the catalog is built; at run time only types come
// from here.
import { s } from "@homarus/sdk";

const usd = (help: string) => s.optional(s.number({ min: 0, help }));
const tokens = (help: string) => s.optional(s.integer({ min: 0, help }));

const periods = {
  day: usd("US dollars a day."),
  month: usd("US dollars a month."),
  dayTokens: tokens("Tokens a day, those that go in and those that come out."),
  monthTokens: tokens("Tokens a month."),
};

const limits = s.object(periods);

const sessions = s.object(
  {
    total: usd("US dollars, for as long as the session is there."),
    ...periods,
    totalTokens: tokens("Tokens, for as long as the session is there."),
  },
  { help: "For each session, together with the sessions that it starts." },
);

export const budgets = s.object(
  {
    ...periods,
    warnAt: s.withDefault(
      s.number({ min: 0, max: 1, help: "The share of a budget from which on you are told: 0.8 is 80 %." }),
      0.8,
    ),
    unknownPrice: s.withDefault(
      s.choice(["refuse", "allow"], {
        help: "Under a budget in US dollars, a model whose price nobody knows is refused; allow lets it pass uncounted.",
      }),
      "refuse",
    ),
    agents: s.withDefault(s.record(limits, { help: "By agent; `default` is for each that is not named." }), {}),
    jobs: s.withDefault(s.record(limits, { help: "By id of the job; `default` is for each that is not named." }), {}),
    sessions: s.withDefault(sessions, {}),
  },
  { title: "Budgets", help: "What models may cost. Days and months are those of this machine's time zone." },
);

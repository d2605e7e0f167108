// What the models read of a conversation, as the owner may set it. Everything here has a sensible default for any window.
// Evaluated when the catalog is built; at run time only types come from here.
import { s } from "@homarus/sdk";

const ratio = (help: string) => s.number({ min: 0.05, max: 1, help });

export const context = s.object(
  {
    unknownWindowTokens: s.withDefault(
      s.integer({ min: 2_048, help: "The window of a model whose own nobody knows." }),
      128_000,
    ),
    mostTokens: s.withDefault(
      s.integer({
        min: 2_048,
        help: "The most that is read, however large the window. Many vendors ask more above 200,000.",
      }),
      180_000,
    ),
    reserveTokens: s.withDefault(
      s.integer({ min: 256, help: "Left free for the answer; at most a quarter of a small window." }),
      16_384,
    ),
    keepRecentTokens: s.withDefault(
      s.integer({ min: 256, help: "What stays word for word when the rest becomes notes; less in a small window." }),
      20_000,
    ),
    softTrimRatio: s.withDefault(ratio("How full the window is when old results of tools lose their middle."), 0.6),
    hardClearRatio: s.withDefault(ratio("How full it still is when they are cleared altogether."), 0.8),
    keepLastAssistants: s.withDefault(
      s.integer({ min: 1, max: 100, help: "Results after the newest so many steps stay whole." }),
      3,
    ),
    maxChars: s.withDefault(s.integer({ min: 200, help: "Only longer results lose their middle." }), 4_000),
    headChars: s.withDefault(s.integer({ min: 0, help: "What stays of their beginning." }), 1_500),
    tailChars: s.withDefault(s.integer({ min: 0, help: "What stays of their end." }), 1_500),
    tools: s.withDefault(
      s.object(
        {
          allow: s.optional(s.list(s.string(), { help: "Only results of these tools. Absent: of all." })),
          deny: s.optional(s.list(s.string(), { help: "Never results of these. Wins over allow." })),
        },
        { help: "Whose results may be shortened; * stands for any." },
      ),
      {},
    ),
    compaction: s.withDefault(
      s.object({
        enabled: s.withDefault(
          s.boolean({ help: "false: no model writes notes; an extract stands in for what no longer fits." }),
          true,
        ),
        model: s.optional(
          s.string({ help: "Who writes the notes: provider/model or a tier. Absent: the model that answers." }),
        ),
        memoryFlush: s.withDefault(
          s.boolean({ help: "Instructions and decisions go to memory/<date>.md of the workspace first." }),
          true,
        ),
      }),
      {},
    ),
    recallTokens: s.withDefault(
      s.integer({ min: 0, help: "Of earlier words that a message may bring back; 0 for none." }),
      2_000,
    ),
  },
  { title: "Context", help: "What a model reads of a long conversation." },
);

import { expect, test } from "bun:test";
import { type Entry, type EntryBody, noUsage, type Trim } from "@homarus/sdk";
import { nextTrim, squeezed } from "./prune.ts";
import type { ContextSettings } from "./settings.ts";
import { shapeOf, viewerFor } from "./view.ts";

const settings: ContextSettings = {
  ...{
    unknownWindowTokens: 128_000,
    mostTokens: 180_000,
    reserveTokens: 16_384,
    keepRecentTokens: 20_000,
    recallTokens: 2_000,
  },
  ...{ softTrimRatio: 0.5, hardClearRatio: 0.8, keepLastAssistants: 2 },
  ...{ maxChars: 4_000, headChars: 1_500, tailChars: 1_500, tools: {} },
  compaction: { enabled: true, memoryFlush: true },
};
const none: Trim = { soft: 0, hard: 0, media: 0 };

function turnWith(text: string, media = false): EntryBody[] {
  const picture = { type: "image", mediaType: "image/png", data: "AAAA" } as const;
  return [
    { type: "user", content: [{ type: "text", text: "look" }, ...(media ? [picture] : [])] },
    {
      ...{ type: "step", provider: "p", model: "m", stopReason: "tool-calls", usage: noUsage },
      content: [{ type: "tool-call", id: "c", name: "read", input: {} }],
    },
    {
      ...{ type: "tool-result", durationMs: 1 },
      result: { type: "tool-result", callId: "c", name: "read", content: [{ type: "text", text }], isError: false },
    },
  ];
}

const log = (bodies: readonly EntryBody[]): Entry[] => bodies.map((body, index) => ({ seq: index + 1, at: 1, body }));

function next(entries: readonly Entry[], fullness: number, trim = none) {
  const viewer = viewerFor(shapeOf(20_000, settings));
  const tokensOf = ({ units, media }: { units: number; media: number }) => units * 0.25 + media;
  return nextTrim({ entries, trim, viewer, fullness, tokensOf, windowTokens: 20_000, settings });
}

const eight = log(Array.from({ length: 8 }, () => turnWith("word ".repeat(1_000))).flat());

test("[B16] nothing is shortened while there is room", () => {
  expect(next(eight, 0.4)).toBeUndefined();
});

test("[B16] [B18] a window that fills is relieved in one jump, up to the newest steps", () => {
  // The step before the last but one begins at 20: seven whole turns of three entries stand before the last.
  expect(next(eight, 0.6)).toEqual({ soft: 20, hard: 0, media: 20 });
});

test("[B17] where that is not enough the same jump clears them", () => {
  expect(next(eight, 1.6)).toEqual({ soft: 20, hard: 20, media: 20 });
});

test("a jump that would free little is not made: it would cost the vendor's cache", () => {
  const after = next(eight, 0.6) as Trim;
  const one = [...eight, ...log(turnWith("short")).map((entry) => ({ ...entry, seq: entry.seq + 24 }))];
  expect(next(one, 0.6, after)).toBeUndefined();
  expect(next(log(Array.from({ length: 8 }, () => turnWith("short")).flat()), 0.9)).toBeUndefined();
});

test("pictures give way to marks after three messages, whatever room there is", () => {
  const talk = log([...turnWith("short", true), ...Array.from({ length: 3 }, () => turnWith("short")).flat()]);
  expect(next(talk, 0.1)).toEqual({ ...none, media: 4 });
  expect(next(talk.slice(0, 9), 0.1)).toBeUndefined();
});

test("a squeeze clears all but the newest step, caps every text, and never goes back", () => {
  expect(squeezed(eight, none, 900)).toEqual({ soft: 23, hard: 23, media: 23, cap: 900 });
  expect(squeezed(eight, { soft: 30, hard: 2, media: 3, cap: 500 }, 900)).toEqual({
    ...{ soft: 30, hard: 23, media: 23, cap: 500 },
  });
});

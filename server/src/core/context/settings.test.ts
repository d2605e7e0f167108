import { expect, test } from "bun:test";
import { type ContextSettings, mayTrim, sharesOf, windowOf } from "./settings.ts";

const settings: ContextSettings = {
  ...{
    unknownWindowTokens: 128_000,
    mostTokens: 180_000,
    reserveTokens: 16_384,
    keepRecentTokens: 20_000,
    recallTokens: 2_000,
  },
  ...{ softTrimRatio: 0.6, hardClearRatio: 0.8, keepLastAssistants: 3 },
  ...{ maxChars: 4_000, headChars: 1_500, tailChars: 1_500, tools: {} },
  compaction: { enabled: true, memoryFlush: true },
};

test("[B10] a window is what is known of the model, less a part for the answer that a small window can spare", () => {
  expect(windowOf({ contextTokens: 200_000 }, settings)).toEqual({ tokens: 200_000, input: 180_000 });
  expect(windowOf({ contextTokens: 1_000_000 }, settings)).toEqual({ tokens: 1_000_000, input: 180_000 });
  expect(windowOf({ contextTokens: 8_192 }, settings)).toEqual({ tokens: 8_192, input: 6_144 });
  expect(windowOf(undefined, settings).tokens).toBe(128_000);
});

test("a model is given no more than it was found to take, whatever is known of it", () => {
  expect(windowOf(undefined, settings, 30_000).tokens).toBe(30_000);
  expect(windowOf({ contextTokens: 200_000 }, settings, 30_000).tokens).toBe(30_000);
});

test.each([8_192, 32_768, 200_000, 1_000_000])(
  "[B21] the shares of a window of %p tokens fit into it together",
  (tokens) => {
    const window = windowOf({ contextTokens: tokens }, settings);
    for (const fixed of [500, 4_000]) {
      const { summary, recent, recall } = sharesOf(window, fixed, settings);
      expect(summary + recent + recall).toBeLessThan(window.input - Math.min(fixed, window.input / 2));
      expect(Math.min(summary, recent, recall)).toBeGreaterThan(100);
      expect(recent).toBeLessThanOrEqual(20_000);
    }
  },
);

test("[B18] the owner says whose results may be shortened", () => {
  expect(mayTrim("read", {})).toBe(true);
  expect(mayTrim("read", { deny: ["read"] })).toBe(false);
  expect(mayTrim("read", { allow: ["*"], deny: ["read"] })).toBe(false);
  expect(mayTrim("exec", { allow: ["read"] })).toBe(false);
});

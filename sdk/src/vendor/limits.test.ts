import { describe, expect, test } from "bun:test";
import { limitsOf, retryTime } from "./limits.ts";

const now = Date.UTC(2026, 10, 27);
const wait = (headers: Record<string, string>, text = "") => {
  const at = retryTime(new Headers(headers), text, now);
  return at === undefined ? undefined : at - now;
};

describe("when to come back", () => {
  test.each([
    [{ "retry-after-ms": "1500", "retry-after": "9" }, "", 1_500],
    [{ "retry-after": "0.5" }, "", 500],
    [{ "retry-after": "2m30s" }, "", 150_000],
    [{ "retry-after": new Date(now + 60_000).toUTCString() }, "", 60_000],
    [{}, "Please try again in 1m2.5s.", 62_500],
    [{}, "Please try again in 20ms", 20],
    [{}, '"retryDelay":"34s"', 34_000],
    [{}, "Please retry in 7.2 s", 7_200],
    [{ "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "7.66s" }, "", 7_660],
    [{ "x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "7.66s" }, "", undefined],
    [{ "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(now + 5_000) }, "", 5_000],
    [{ "retry-after": "soon" }, "wait", undefined],
  ] as const)("%j and %j are a wait of %s ms", (headers, text, ms) => {
    expect(wait(headers, text)).toBe(ms);
  });

  test("without headers there is none", () => {
    expect([retryTime(undefined, "", now), limitsOf(undefined, now)]).toEqual([undefined, undefined]);
  });
});

describe("what is left of a key's limits", () => {
  test("garbage in a header is no limit", () => {
    expect(limitsOf(new Headers({ "x-ratelimit-remaining-requests": "many" }), now)).toBeUndefined();
    expect(limitsOf(new Headers({ "x-ratelimit-remaining-requests": "" }), now)).toBeUndefined();
  });

  test("a moment in seconds is a moment", () => {
    const headers = new Headers({ "x-ratelimit-remaining": "3", "x-ratelimit-reset": String(now / 1000 + 60) });
    expect(limitsOf(headers, now)).toEqual({ requests: { left: 3, resetAt: now + 60_000 } });
  });

  test("input tokens stand for tokens where the vendor counts only those", () => {
    const headers = new Headers({ "anthropic-ratelimit-input-tokens-remaining": "100" });
    expect(limitsOf(headers, now)).toEqual({ tokens: { left: 100 } });
  });
});

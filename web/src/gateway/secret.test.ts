import { describe, expect, test } from "bun:test";
import { forgetSecret, keepSecret, readSecret, secretInFragment } from "./secret.ts";

function places() {
  const drawer = () => {
    const kept = new Map<string, string>();
    return {
      kept,
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
      removeItem: (name: string) => void kept.delete(name),
    };
  };
  return { tab: drawer(), browser: drawer() };
}

describe("the secret", () => {
  test.each([true, false])("is kept in one place only (for good: %p), and forgotten in both", (isLasting) => {
    const two = places();
    keepSecret(two, { secret: "old", isLasting: !isLasting });
    keepSecret(two, { secret: "new", isLasting });
    expect(readSecret(two)).toEqual({ secret: "new", isLasting });
    expect([...two.tab.kept.values(), ...two.browser.kept.values()]).toEqual(["new"]);
    forgetSecret(two);
    expect(readSecret(two)).toBeUndefined();
  });

  test.each([
    ["#token=abc", "abc"],
    ["#a=1&token=a%2Bb", "a+b"],
    ["#token=", undefined],
    ["#token", undefined],
    ["", undefined],
  ])("in the fragment %j is %j", (fragment, secret) => {
    expect(secretInFragment(fragment)).toBe(secret as never);
  });
});

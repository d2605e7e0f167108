import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { sha256 } from "./sha256.ts";

test("it is the digest that everybody else computes, at every length around a block", () => {
  for (const length of [0, 1, 3, 54, 55, 56, 63, 64, 65, 119, 120, 1_000, 100_000]) {
    const text = "aé".repeat(length).slice(0, length);
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  }
});

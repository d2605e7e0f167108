import { expect, test } from "bun:test";
import { totalmem } from "node:os";
import { machineBytes, usedBytes } from "./memory.ts";

test("what is used is less than what there is, and what there is no more than the machine has", () => {
  expect(usedBytes()).toBeGreaterThan(5_000_000);
  expect(machineBytes()).toBeGreaterThan(usedBytes());
  expect(machineBytes()).toBeLessThanOrEqual(totalmem());
});

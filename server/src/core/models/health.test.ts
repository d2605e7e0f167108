import { expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createHealth } from "./health.ts";

test("[A38] a provider's state follows its last call, with latency, last error and what is left to its key", () => {
  const health = createHealth();
  expect(health.of("a")).toMatchObject({ state: "unknown", calls: 0 });
  health.answered("a", 1_000, 5);
  health.answered("a", 500, 6);
  health.limits("a", { requests: { left: 3, of: 50 } }, 7);
  expect(health.of("a")).toMatchObject({ state: "healthy", latencyMs: 900, answeredAt: 6, calls: 2, failures: 0 });
  health.failed("a", new Fault("limited", "provider.limited", "wait").toJSON(), 8);
  expect(health.of("a")).toMatchObject({
    state: "limited",
    lastFault: { code: "provider.limited", at: 8 },
    failures: 1,
  });
  health.failed("a", new Fault("limited", "provider.quota", "no credit").toJSON(), 9);
  expect(health.of("a")).toMatchObject({ state: "failing", limits: { requests: { left: 3 } } });
  expect(health.ailing()).toEqual([]);
  health.failed("a", new Fault("unavailable", "provider.unavailable", "out").toJSON(), 10);
  expect(health.ailing()).toEqual(["a"]);
});

test("what the caller did wrong says nothing of the vendor", () => {
  const health = createHealth();
  health.answered("a", undefined, 1);
  for (const kind of ["aborted", "overflow", "invalid", "denied"] as const)
    health.failed("a", new Fault(kind, `provider.${kind}`, kind).toJSON(), 2);
  expect(health.of("a")).toMatchObject({ state: "healthy", failures: 0 });
});

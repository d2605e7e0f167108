import { expect, test } from "bun:test";
import {
  checkWish,
  type LeaseWish,
  leaseLimits,
  leaseState,
  looksLikeLease,
  putLease,
  type SecretLease,
} from "./lease.ts";

const token = `hl_${"aB3-_".repeat(8)}xyz`;
const lease: SecretLease = { id: "a", hash: "h", names: ["a"], createdAt: 0, endsAt: 1000, used: 0 };

test("a token of a lease is known by its shape", () => {
  expect(looksLikeLease(token)).toBe(true);
  for (const other of ["", token.slice(1), token.slice(0, -1), `${token}x`, token.replace("hl_", "hk_")])
    expect(looksLikeLease(other)).toBe(false);
});

test("[L02] a lease is open until its time, its uses or its owner end it", () => {
  expect([999, 1000].map((now) => leaseState(lease, now))).toEqual(["open", "over"]);
  expect([1, 2].map((used) => leaseState({ ...lease, uses: 2, used }, 0))).toEqual(["open", "used-up"]);
  expect(leaseState({ ...lease, endedAt: 1 }, 2)).toBe("ended");
});

test("it is kept under its id, in a space of its own", () => {
  expect(putLease(lease)).toMatchObject({ type: "value-put", space: "secret-leases", key: "a", value: { hash: "h" } });
});

test("[L02] what no lease can be made of is refused with what is right", () => {
  const good: LeaseWish = { names: ["a"], token };
  const check = (wish: Partial<LeaseWish>) => () => checkWish({ ...good, ...wish }, ["a"], 3_600_000);
  expect(check({ ttlMs: 3_600_000, uses: 1, note: "backup" })).not.toThrow();
  const bad: readonly (readonly [wish: Partial<LeaseWish>, says: string])[] = [
    [{ token: "short" }, "no token"],
    [{ names: [] }, "1 to 32"],
    [{ names: new Array<string>(leaseLimits.names + 1).fill("a") }, "1 to 32"],
    [{ names: ["a", "b"] }, "no secret b"],
    [{ ttlMs: 999 }, "60 minutes at most"],
    [{ ttlMs: 3_600_001 }, "60 minutes at most"],
    [{ uses: 0 }, "values"],
    [{ uses: leaseLimits.uses + 1 }, "values"],
  ];
  for (const [wish, says] of bad) expect(check(wish)).toThrow(says);
});

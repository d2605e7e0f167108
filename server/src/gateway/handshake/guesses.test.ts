import { describe, expect, test } from "bun:test";
import { GuessLimit } from "./guesses.ts";

const rules = { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true };
const from = (address: string, isLocal = false) => ({ address, isLocal });

function open(change: Partial<typeof rules> = {}) {
  return new GuessLimit(() => ({ ...rules, ...change }));
}

function guess(guesses: GuessLimit, times: number, address: string, what: "secret" | "device" = "secret"): void {
  for (let time = 0; time < times; time++) guesses.failed(what, from(address), time);
}

describe("guessing", () => {
  test("ten refusals within a minute lock an address for five minutes, and only that one", () => {
    const guesses = open();
    guess(guesses, 10, "192.0.2.1");
    expect(guesses.waitMs("secret", from("192.0.2.1"), 9)).toBe(300_000);
    expect(guesses.waitMs("secret", from("192.0.2.1"), 9 + 299_999)).toBe(1);
    expect(guesses.waitMs("secret", from("192.0.2.2"), 9)).toBe(0);
  });

  test("when the lock has ended the address may try again, and is locked anew only after as many tries", () => {
    const guesses = open();
    guess(guesses, 10, "192.0.2.1");
    const later = 9 + 300_000;
    expect(guesses.waitMs("secret", from("192.0.2.1"), later)).toBe(0);
    guesses.failed("secret", from("192.0.2.1"), later);
    expect(guesses.waitMs("secret", from("192.0.2.1"), later)).toBe(0);
  });

  test("the owner chooses the numbers, and they count from that moment on", () => {
    let maxAttempts = 10;
    const guesses = new GuessLimit(() => ({ ...rules, maxAttempts, lockoutMs: 7_000 }));
    guess(guesses, 3, "192.0.2.1");
    maxAttempts = 4;
    guesses.failed("secret", from("192.0.2.1"), 3);
    expect(guesses.waitMs("secret", from("192.0.2.1"), 3)).toBe(7_000);
  });

  test("refusals spread over more than a minute, or forgiven by a success, do not lock", () => {
    const guesses = open();
    for (let time = 0; time < 30; time++) guesses.failed("secret", from("192.0.2.1"), time * 10_000);
    expect(guesses.waitMs("secret", from("192.0.2.1"), 300_000)).toBe(0);
    guess(guesses, 9, "192.0.2.2");
    guesses.passed("secret", from("192.0.2.2"));
    guesses.failed("secret", from("192.0.2.2"), 10);
    expect(guesses.waitMs("secret", from("192.0.2.2"), 10)).toBe(0);
  });

  test("guesses at device tokens are counted apart from those at the secret", () => {
    const guesses = open();
    guess(guesses, 10, "192.0.2.1", "device");
    expect(guesses.waitMs("secret", from("192.0.2.1"), 9)).toBe(0);
    expect(guesses.waitMs("device", from("192.0.2.1"), 9)).toBeGreaterThan(0);
  });

  test("this machine is exempt, unless the owner says otherwise", () => {
    const lenient = open();
    const strict = open({ exemptLoopback: false });
    for (let time = 0; time < 20; time++)
      for (const guesses of [lenient, strict]) guesses.failed("secret", from("127.0.0.1", true), time);
    expect(lenient.waitMs("secret", from("127.0.0.1", true), 20)).toBe(0);
    expect(strict.waitMs("secret", from("127.0.0.1", true), 20)).toBeGreaterThan(0);
  });

  test("all addresses of one IPv6 network count as one, since a subscriber has them all", () => {
    const guesses = open();
    for (let host = 0; host < 10; host++) guesses.failed("secret", from(`2001:db8:1:2::${host}`), host);
    expect(guesses.waitMs("secret", from("2001:db8:1:2:ffff::1"), 10)).toBeGreaterThan(0);
    expect(guesses.waitMs("secret", from("2001:db8:1:3::1"), 10)).toBe(0);
  });

  test("only so many addresses are remembered", () => {
    const guesses = open();
    guess(guesses, 10, "first");
    for (let address = 0; address < 1000; address++) guesses.failed("secret", from(`other ${address}`), 10);
    expect(guesses.waitMs("secret", from("first"), 10)).toBe(0);
  });
});

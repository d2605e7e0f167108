import { describe, expect, test } from "bun:test";
import { limits } from "../settings.ts";
import { checkSecret, GuessLimit, sameSecret } from "./secret.ts";

describe("the secret", () => {
  test("[G08] is compared by digests of one length, so that length and first difference do not show", () => {
    // The comparison below refuses inputs of different lengths: it could not be reached with the raw texts.
    expect(sameSecret("a", "a much longer secret")).toBe(false);
    expect(sameSecret("", "x")).toBe(false);
    expect(sameSecret("Xecret", "secret")).toBe(false);
    expect(sameSecret("secreX", "secret")).toBe(false);
    expect(sameSecret("sécret", "sécret")).toBe(true);
  });

  test("belongs to its mode: a password is no token", () => {
    const token = { mode: "token", token: "s" } as const;
    expect(checkSecret(token, { token: "s" })).toBe("ok");
    expect(checkSecret(token, { password: "s" })).toBe("missing");
    expect(checkSecret(token, { token: "S" })).toBe("wrong");
    expect(checkSecret({ mode: "password", password: "s" }, { password: "s" })).toBe("ok");
    expect(checkSecret({ mode: "none" }, {})).toBe("ok");
  });
});

describe("guessing", () => {
  test("ten refusals within a minute lock an address for five minutes, and only that one", () => {
    const guesses = new GuessLimit();
    for (let guess = 0; guess < 10; guess++) guesses.failed("a", guess);
    expect(guesses.waitMs("a", 9)).toBe(limits.authLockMs);
    expect(guesses.waitMs("a", 9 + limits.authLockMs)).toBe(0);
    expect(guesses.waitMs("b", 9)).toBe(0);
  });

  test("refusals spread over more than a minute, or forgiven by a success, do not lock", () => {
    const guesses = new GuessLimit();
    for (let guess = 0; guess < 30; guess++) guesses.failed("a", guess * 10_000);
    expect(guesses.waitMs("a", 300_000)).toBe(0);
    for (let guess = 0; guess < 9; guess++) guesses.failed("b", 0);
    guesses.passed("b");
    guesses.failed("b", 1);
    expect(guesses.waitMs("b", 1)).toBe(0);
  });

  test("only so many addresses are remembered", () => {
    const guesses = new GuessLimit();
    for (let guess = 0; guess < 10; guess++) guesses.failed("first", 0);
    for (let address = 0; address < 1000; address++) guesses.failed(`other ${address}`, 0);
    expect(guesses.waitMs("first", 0)).toBe(0);
  });
});

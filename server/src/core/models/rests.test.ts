import { describe, expect, test } from "bun:test";
import { Fault } from "@homarus/sdk";
import { createRests, plainKey, type Target } from "./rests.ts";

const target: Target = { provider: "a", model: "1", key: "k" };
const limited = new Fault("limited", "provider.limited", "wait");
const open = () => createRests({}, () => undefined);

test("a key is told by the name its owner gave it", () => {
  const names = ["spare:0123abcd", "a#spare:0123abcd", "a#spare:0123abcd/m:latest", "plain", "a/m:latest"];
  expect(names.map(plainKey)).toEqual(["spare", "a#spare", "a#spare/m:latest", "plain", "a/m:latest"]);
});

describe("[A31] who rests", () => {
  test("each time in a row doubles the rest, up to its longest", () => {
    const rests = open();
    let now = 0;
    const spans: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      rests.begin(target, limited, now);
      const until = rests.find(target, now)?.until ?? now;
      spans.push((until - now) / 1000);
      now = until;
    }
    expect(spans).toEqual([30, 60, 120, 240, 300, 300]);
  });

  test("the vendor's own time goes before ours, and is marked so", () => {
    const rests = open();
    rests.begin(target, new Fault("limited", "provider.limited", "wait", { retryAt: 4_000 }), 0);
    expect(rests.find(target, 0)).toMatchObject({ until: 4_000, isTold: true });
    expect(rests.find(target, 4_000)).toBeUndefined();
  });

  test.each([
    ["auth", "provider.auth", { key: true, model: false, provider: false }],
    ["limited", "provider.quota", { key: true, model: false, provider: false }],
    ["limited", "provider.limited", { key: false, model: false, provider: false }],
    ["limited", "provider.overloaded", { key: false, model: true, provider: false }],
    ["config", "provider.not-found", { key: false, model: true, provider: false }],
    ["unavailable", "provider.unavailable", { key: true, model: true, provider: true }],
  ] as const)("%s %s concerns what it must", (kind, code, concerns) => {
    const rests = open();
    rests.begin(target, new Fault(kind, code, code), 0);
    expect(rests.find(target, 0)).toBeDefined();
    expect({
      key: rests.find({ ...target, model: "other" }, 0) !== undefined,
      model: rests.find({ ...target, key: "other" }, 0) !== undefined,
      provider: rests.find({ ...target, key: "other", model: "other" }, 0) !== undefined,
    }).toEqual(concerns);
  });

  test("faults that are not the target's make nobody rest", () => {
    const rests = open();
    for (const kind of ["invalid", "aborted", "overflow", "bug"] as const)
      rests.begin(target, new Fault(kind, `provider.${kind}`, kind), 0);
    expect(rests.all()).toEqual({});
  });

  test("a provider that is looked after begins afresh, and no other", () => {
    const rests = open();
    const other = { ...target, provider: "ab" };
    for (const one of [target, other]) rests.begin(one, limited, 0);
    rests.forget("a");
    expect([rests.find(target, 0), rests.find(other, 0) !== undefined]).toEqual([undefined, true]);
  });
});

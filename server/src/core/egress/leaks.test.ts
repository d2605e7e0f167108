import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { fieldsOf } from "./fields.ts";
import { createFragmentMemory, createPieceIndex } from "./fragments.ts";
import { createLeakWatch } from "./leaks.ts";
import { createSearch, createSearchIndex, hashNext, hashOf, isMarked, mark } from "./search.ts";
import { keyShapesIn } from "./shapes.ts";
import { spellingsOf, squeeze } from "./spellings.ts";
import { createJsonView, createPercentView, createTwicePercentView, joined } from "./views.ts";

const caller = { sandboxId: "b", agent: "main", sessionKey: "s" };
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const now = () => 0;
const watchOf = (...values: string[]) => {
  const secrets = values.map((value, index) => ({ name: `s${index}`, value }));
  return createLeakWatch(() => secrets, now);
};
const leaves = (watch: ReturnType<typeof watchOf>, body: string) =>
  watch.leaving(caller, { method: "GET", host: "a.example", target: "/", headers: [], bodies: [bytes(body)] });

const base64 = (value: string) => Buffer.from(value).toString("base64");
const hex = (value: string) => Buffer.from(value).toString("hex");
const disguises: readonly ((value: string) => string)[] = [
  (value) => value,
  (value) => value.toUpperCase(),
  (value) => [...value].reverse().join(""),
  base64,
  (value) => base64(`x${value}y`),
  (value) => base64(`xy${value}`),
  (value) => base64(base64(value)),
  hex,
  (value) => hex(value).toUpperCase(),
  (value) => hex(base64(value)),
  (value) => base64(hex(value)),
  (value) => [...value].join(" "),
  (value) => encodeURIComponent(value),
  (value) => encodeURIComponent(encodeURIComponent(value)),
  (value) => JSON.stringify(value),
  (value) => Array.from(bytes(value), String).join(" "),
  (value) => Array.from(bytes(value), (byte) => `&#x${byte.toString(16)};`).join(""),
];
const secretText = fc
  .string({ minLength: 16, maxLength: 60, unit: fc.constantFrom(..."abcdefghijkmnpqrsTUVWXYZ23456789-_/+.") })
  .filter((value) => squeeze(value).length >= 14 && new Set(value).size > 8);
const around = fc.string({ maxLength: 200 });

describe("a secret", () => {
  test("[Y10] is found in each disguise, whatever stands around it", () => {
    fc.assert(
      fc.property(secretText, fc.constantFrom(...disguises), around, around, (secret, disguise, before, after) => {
        // An open escape or a half letter before it would belong to another text.
        const own = `${before.replace(/[\\%&#]/g, "")} ${disguise(secret)} ${after}`;
        expect(leaves(watchOf(secret), own)).toMatchObject({ kind: "secret", name: "s0" });
      }),
      { numRuns: 400 },
    );
  });

  test("[Y10] is found in a stream wherever it is cut, and no more than its first letters are passed on", () => {
    fc.assert(
      fc.property(
        secretText,
        fc.constantFrom(...disguises),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 }),
        (secret, disguise, sizes) => {
          const whole = bytes(`some text, ${disguise(secret)}, and more`);
          const stream = watchOf(secret).stream(caller, "in");
          let passed = 0;
          let isFound = false;
          for (let at = 0, turn = 0; at < whole.length && !isFound; turn++) {
            const end = at + (sizes[turn % sizes.length] ?? 1);
            const { found, holds } = stream.push(whole.subarray(at, end));
            isFound = found !== undefined;
            if (!isFound && !holds) passed = end;
            at = end;
          }
          expect(isFound).toBe(true);
          expect(text(whole.subarray(0, passed))).not.toContain(secret.slice(0, 14));
        },
      ),
      { numRuns: 300 },
    );
  });

  test("[Y10] in the method or in the name of a header is found, and the name is not told", () => {
    const secret = "Kx82mnQ477tzWp3LyyR9";
    const pieces = { method: "GET", host: "a.example", target: "/", headers: [], bodies: [] };
    expect(watchOf(secret).leaving(caller, { ...pieces, method: secret })).toMatchObject({ where: "the method" });
    const whole = [[`X-${hex(secret)}`, "1"]] as const;
    const halves = [[`X-${secret.slice(0, 10)}`, secret.slice(10)]] as const;
    for (const headers of [whole, halves])
      expect(JSON.stringify(watchOf(secret).leaving(caller, { ...pieces, headers }))).toMatch(
        /"where":"[a-z ]*header"/,
      );
  });

  test("that is a short word counts letter by letter only, and one of seven letters not at all", () => {
    expect(leaves(watchOf("pass-word"), "my PASSWORD is long")).toBeUndefined();
    expect(leaves(watchOf("pass-word"), "it is pass-word")).toMatchObject({ name: "s0" });
    expect(leaves(watchOf("pass-word"), `it is ${base64("pass-word")}`)).toMatchObject({ name: "s0" });
    expect(leaves(watchOf("1234567"), "1234567")).toBeUndefined();
  });

  test("of marks alone is found as it is", () => {
    expect(leaves(watchOf("!$%&/()=?!$%&"), "a !$%&/()=?!$%& b")).toMatchObject({ name: "s0" });
  });

  test("is known from the moment on that the list changes", () => {
    let secrets = [{ name: "old", value: "mN3-first-one-88-Qx" }];
    const watch = createLeakWatch(() => secrets, now);
    expect(leaves(watch, "second-secret-of-all-2")).toBeUndefined();
    secrets = [{ name: "new", value: "second-secret-of-all-2" }];
    expect(leaves(watch, "second-secret-of-all-2")).toMatchObject({ name: "new" });
    expect(leaves(watch, "mN3-first-one-88-Qx")).toBeUndefined();
  });

  test("in parts is remembered for each session, whatever sends it, and for a day after its last request", () => {
    const secrets = [{ name: "s0", value: "Kx82-mnQ4-77tz-Wp3L-yyR9" }];
    const [first, rest] = ["Kx82-mnQ4-77", "7tz-Wp3L-yyR9"];
    const hour = 3_600_000;
    let at = 0;
    const watch = createLeakWatch(
      () => [...secrets],
      () => at,
    );
    const send = (body: string, more: Partial<typeof caller> = {}) =>
      watch.leaving({ ...caller, ...more }, { ...pieces, bodies: [bytes(`x ${body}`)] });
    const pieces = { method: "POST", host: "z.example", target: "/", headers: [] };
    expect(send(first)).toBeUndefined();
    expect(send(rest, { sessionKey: "other" })).toBeUndefined();
    expect(send(rest, { agent: "other" })).toBeUndefined();
    at = 23 * hour;
    expect(send(rest, { sandboxId: "another, or a run of a tool" })).toMatchObject({ how: "in parts" });
    at += 25 * hour;
    expect(send(rest)).toBeUndefined();
    for (let other = 0; other < 70; other++) send("nothing", { sessionKey: `other ${other}` });
    expect(send(first)).toBeUndefined();
  });
});

test("the source of this house holds no secret and no key by chance", () => {
  const random = (index: number) =>
    base64(String(index * 7919))
      .repeat(4)
      .slice(0, 12) + hex(`k${index}`).repeat(3);
  const watch = watchOf(...Array.from({ length: 50 }, (_, index) => random(index)));
  const folder = join(import.meta.dir, "..", "..");
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter(
    (path) => path.endsWith(".ts") && !path.includes("test"),
  );
  expect(files.length).toBeGreaterThan(200);
  for (const path of files) {
    const own = readFileSync(join(folder, path), "utf8");
    expect({ path, found: leaves(watch, own) }).toEqual({ path, found: undefined });
  }
});

test("shapes of keys are known by their vendors, and examples are left alone", () => {
  const body = "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0zA3cD5fG7hJ9kL1nP2qR4sT6uV8wX0yZ";
  const keys: readonly (readonly [string, string])[] = [
    [`sk-ant-api03-${body}`, "Anthropic key"],
    [`sk-proj-${body}`, "OpenAI key"],
    [`ghp_${body.slice(0, 36)}`, "GitHub token"],
    [`github_pat_${body}`, "GitHub token"],
    ["AKIA2QWERTY7UIOPASDF", "AWS key id"],
    [`xoxb-482915730264-${body.slice(0, 24)}`, "Slack token"],
    [`AIza${body.slice(0, 35)}`, "Google API key"],
    [`123456789:AA${body.slice(0, 33)}`, "Telegram bot token"],
    [`hk_${body.slice(0, 43)}`, "Homarus key"],
    [`hl_${body.slice(0, 43)}`, "Homarus lease"],
    [`-----BEGIN RSA PRIVATE KEY-----\nMII${body}`, "private key"],
    [`eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSIsImEiOjF9.${body}`, "JSON Web Token"],
  ];
  for (const [key, name] of keys) expect(keyShapesIn(`a "${key}" b`).map((found) => found.name)).toEqual([name]);
  const examples = [
    `sk-${"x".repeat(48)}`,
    "ghp_your-token-here",
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN PRIVATE KEY-----",
    "task-list-of-all-the-things-we-have-to-do-today",
  ];
  for (const example of examples) expect(keyShapesIn(example)).toEqual([]);
});

test("fields of a request keep their names from one request to the next", () => {
  const request = {
    method: "POST",
    host: "a.b.example.com",
    target: "/x/y?q=1&r",
    headers: [["X-A", "h"]] as const,
    bodies: [bytes('{"k":"v"}'), bytes("f=1&g=2")],
  };
  const fields = fieldsOf(request);
  expect(fields.flatMap(({ own = "" }) => (own === "" ? [] : [own]))).toEqual(["q", "A", "k", "f", "g"]);
  expect(fields.map(({ name, text: own }) => `${name}=${own}`)).toEqual([
    ...["example.com label 4=a", "example.com label 3=b", "example.com path 0=x", "example.com path 1=y"],
    ...["example.com query q=1", "example.com query =r", "example.com header x-a=h"],
    ...[
      'example.com body 0={"k":"v"}',
      "example.com body 0 k=v",
      "example.com body 1=f=1&g=2",
      "example.com body 1 f=1",
      "example.com body 1 g=2",
    ],
  ]);
});

test("views read escapes as their reader would, across the cut of two pieces", () => {
  const read = (view: { push(data: Uint8Array): Uint8Array }, ...parts: string[]) =>
    parts.map((part) => text(view.push(bytes(part)))).join("");
  expect(read(createPercentView(), "a%4", "1%zz%2541")).toBe("aA%zz%41");
  expect(read(createTwicePercentView(), "%25", "41%2", "541")).toBe("AA");
  expect(read(createJsonView(), "\\u00", "41\\x42\\/\\n\\\\", "\\q")).toBe("AB/ \\q");
  expect(text(joined(bytes("a"), bytes("b")))).toBe("ab");
});

test("a search holds while a spelling may be under way, and lets go when it is none", () => {
  const { loose, plain } = spellingsOf("abcdefghijklmnop");
  expect(plain.length).toBeGreaterThan(3);
  const search = createSearch(createSearchIndex(loose));
  expect([search.push(bytes("--ABC defgh")), search.isOpen]).toEqual([undefined, true]);
  expect([search.push(bytes("x")), search.isOpen]).toEqual([undefined, false]);
  search.push(bytes("abcdefghijkl"));
  search.reset();
  expect(search.push(bytes("mnop"))).toBeUndefined();
  expect(search.push(bytes("abcdefgh,ijklmnop"))).toBe(0);
});

test("a hash is that of the last eight codes", () => {
  const long = squeeze("zzzzabcdefgh");
  expect(long.reduce(hashNext, 0)).toBe(hashOf(squeeze("abcdefgh")));
  const filter = new Uint8Array(1 << 15);
  mark(filter, 12_345);
  expect([isMarked(filter, 12_345), isMarked(filter, 54_321)]).toEqual([true, false]);
});

test("a memory of fragments is bounded, and tells of what was put together in one field", () => {
  const { loose, plain } = spellingsOf("abcdefghijklmnopqrst");
  const index = createPieceIndex(plain.map((codes) => ({ codes, secret: 7 })));
  const memory = createFragmentMemory(index, createSearchIndex(loose));
  expect(memory.field("a", bytes("abcdefghij"))).toBeUndefined();
  for (let other = 0; other < 100; other++) memory.field(`other ${other}`, bytes("zz"));
  expect(memory.field("a", bytes("klmnopqrst"))).toBe(0);
  expect([memory.field("a", bytes("klmnopqrst")), memory.field("a", bytes("other"))]).toEqual([0, undefined]);
  expect(memory.pieces(bytes("ijklmnopqrst"))).toBeUndefined();
  expect(memory.pieces(bytes("abcdefghij"))).toBe(7);
  // What was refused is refused again; what had left before says nothing new.
  expect(memory.pieces(bytes("abcdefghij"))).toBe(7);
  expect(memory.pieces(bytes("ijklmnopqrst"))).toBeUndefined();
});

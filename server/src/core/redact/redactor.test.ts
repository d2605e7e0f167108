import { expect, test } from "bun:test";
import { createRandom } from "@homarus/sdk/testing";
import { formsOf } from "./forms.ts";
import { createRedactor } from "./redactor.ts";
import { createSearch } from "./search.ts";

const redactorOf = (...values: string[]) =>
  createRedactor(() => values.map((value, index) => ({ name: `secret ${index}`, value })));
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** As programs write it. */
const writings: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  json: (secret) => JSON.stringify({ a: [secret] }),
  "json in json": (secret) => JSON.stringify(JSON.stringify(secret)),
  base64: (secret) => base64(secret),
  "base64 behind a byte": (secret) => base64(`u${secret}`),
  "base64 behind two": (secret) => base64(`u:${secret}@x`),
  "basic authorization": (secret) => `Basic ${base64(`user:${secret}`)}`,
  base64url: (secret) => Buffer.from(`~~${secret}`).toString("base64url"),
  hex: (secret) => Buffer.from(secret).toString("hex"),
  "hex, capitals": (secret) => Buffer.from(secret).toString("hex").toUpperCase(),
  "hex in pairs": (secret) => (Buffer.from(secret).toString("hex").match(/../g) ?? []).join(" "),
  "hex with colons": (secret) => (Buffer.from(secret).toString("hex").match(/../g) ?? []).join(":"),
  "base64 in lines": (secret) => (base64(`${"x".repeat(50)}${secret}`).match(/.{1,76}/g) ?? []).join("\n"),
  "an address": (secret) => `https://a.example/?q=${encodeURIComponent(secret)}`,
  "an address, small": (secret) => encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  "a form": (secret) => new URLSearchParams({ q: secret }).toString(),
  "every byte in an address": (secret) => Buffer.from(secret).toString("hex").replace(/../g, "%$&"),
  markup: (secret) =>
    secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
};

/** Seven characters in a row of a writing would already tell a good part of it. */
const tells = (text: string, written: string): boolean => {
  for (let at = 0; at + 12 <= written.length; at += 1) if (text.includes(written.slice(at, at + 12))) return true;
  return false;
};

test("[L30] a secret in any usual writing is masked, whatever stands around it", () => {
  const random = createRandom(20);
  const letters = "abcXYZ0189-_+/=.:\"\\&<>%$ ~!'()*ä🦞";
  for (let round = 0; round < 60; round += 1) {
    const length = 16 + Math.floor(random() * 50);
    const units = Array.from({ length }, () => [...letters][Math.floor(random() * [...letters].length)]).join("");
    const secret = `k${units}k`;
    const redactor = redactorOf("another-secret-value", secret);
    for (const [name, write] of Object.entries(writings)) {
      const written = write(secret);
      const text = `before ${written} behind`;
      const masked = redactor.text(text);
      expect([name, secret, masked.includes("***"), masked === text]).toEqual([name, secret, true, false]);
      // Of base64 up to two characters at each end depend on what stands beside it.
      const inner = formsOf(secret).filter((form) => written.includes(form));
      for (const form of inner) expect([name, masked.includes(form)]).toEqual([name, false]);
      if (name === "plain") expect(masked).toBe("before *** behind");
      else if (inner.length === 1) expect([name, tells(masked, inner[0] ?? "")]).toEqual([name, false]);
    }
  }
});

test("what holds no secret is given back as it is, the same object", () => {
  const redactor = redactorOf("sk-live-0123456789abcdef", "correct horse");
  const texts = ["sk-live-0123456789abcde", "correct\nhors", "c29tZSB0ZXh0", "", "a".repeat(10_000), "*** already"];
  for (const text of texts) expect(redactor.text(text)).toBe(text);
  const value = { a: [1, "two", { b: null }], when: new Date(0) };
  expect(redactor.json(value)).toBe(value);
});

test("a value shorter than eight characters is not looked for, and nothing is where nothing is known", () => {
  expect(redactorOf("1234567").text("1234567 12345678")).toBe("1234567 12345678");
  expect(redactorOf().text("anything at all")).toBe("anything at all");
  expect(redactorOf("12345678").text("1234567 12345678")).toBe("1234567 ***");
});

test("values of JSON are masked in texts and names of fields, media as what they are", () => {
  const redactor = redactorOf("sk-live-0123456789abcdef");
  const picture = { type: "image", mediaType: "image/png", data: base64("sk-live-0123456789abcdef") };
  const file = { type: "file", mediaType: "text/plain", data: base64("my key: sk-live-0123456789abcdef!") };
  const { pictures, files, ...rest } = redactor.json({
    ...{ pictures: [picture], files: [file], at: 1 },
    "sk-live-0123456789abcdef": { deep: ["x sk-live-0123456789abcdef"] },
  });
  expect(rest as unknown).toEqual({ at: 1, "***": { deep: ["x ***"] } });
  expect(pictures[0]).toBe(picture);
  expect(Buffer.from(files[0]?.data ?? "", "base64").toString()).toBe("my key: ***!");
});

test("a secret that comes in pieces is masked, and words that only begin like one are shown in the end", () => {
  const secret = "sk-live-0123456789abcdef";
  for (let size = 1; size < 12; size += 1) {
    const words = redactorOf(secret, "other-value-other").words();
    const text = `say ${secret} and sk-live-01 and ${base64(secret)} sk-li`;
    let shown = "";
    for (let at = 0; at < text.length; at += size) shown += words.next(text.slice(at, at + size));
    shown += words.end();
    expect(shown).toBe(redactorOf(secret).text(text));
    expect(shown).toEndWith(" sk-li");
  }
});

test("of a key of many lines each line that tells something is masked", () => {
  const key = `-----BEGIN KEY-----\n${"MIIEvQIBADANBgkqhkiG9w0B".repeat(2)}\nAQEFAASCBKcwggSjAgEAAoIB\n-----END KEY-----`;
  const shown = key.replaceAll("\n", "\n  | ");
  expect(redactorOf(key).text(shown)).toBe("-----BEGIN KEY-----\n  | ***\n  | ***\n  | -----END KEY-----");
});

test("what is known changes with refresh", () => {
  const values = [{ name: "a", value: "first-secret" }];
  const redactor = createRedactor(() => [...values]);
  expect(redactor.text("first-secret second-secret")).toBe("*** second-secret");
  values.push({ name: "b", value: "second-secret" });
  redactor.refresh();
  expect(redactor.text("first-secret second-secret")).toBe("*** ***");
  expect(redactor.known().map(({ name }) => name)).toEqual(["a", "b"]);
});

test("the search finds what a plain search finds, over many needles and texts", () => {
  const random = createRandom(21);
  const some = (length: number) => Array.from({ length }, () => "ab"[Math.floor(random() * 2)]).join("");
  for (let round = 0; round < 100; round += 1) {
    const needles = Array.from({ length: 6 }, () => some(8 + Math.floor(random() * 5)));
    const text = some(400);
    const hit = new Array<boolean>(text.length).fill(false);
    for (const needle of needles)
      for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + 1))
        hit.fill(true, at, at + needle.length);
    const found = new Array<boolean>(text.length).fill(false);
    for (const { from, to } of createSearch(needles).find(text)) found.fill(true, from, to);
    expect(found).toEqual(hit);
  }
});

test("[L02] a token of a lease is taken out by its shape, also where nobody knows it any more", () => {
  const token = `hl_${"aB3_-".repeat(8)}xyz`;
  for (const redactor of [createRedactor(() => []), redactorOf("another-secret")]) {
    expect(redactor.text(`Bearer ${token}, and "${token}"`)).toBe('Bearer ***, and "***"');
    expect(redactor.json({ [token]: [token] }) as unknown).toEqual({ "***": ["***"] });
    for (const other of [`${token}x`, `x${token}`, token.slice(0, -1)]) expect(redactor.text(other)).toBe(other);
  }
});

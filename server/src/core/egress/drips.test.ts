// A secret in pieces of a few letters: how much of it leaves before it is noticed, and that ordinary traffic is not.
import { describe, expect, test } from "bun:test";
import type { LeavingPieces } from "@homarus/sdk";
import { createDripIndex, createDripMemory, lettersOf, longestWord } from "./drips.ts";
import { createLeakWatch } from "./leaks.ts";
import { spellingsOf } from "./spellings.ts";

const caller = { sandboxId: "b", agent: "main", sessionKey: "s" };
const bytes = (text: string) => new TextEncoder().encode(text);
const browser = [
  ["User-Agent", "curl/8.5.0"],
  ["Accept", "*/*"],
] as const;
const get = (target: string, more: Partial<LeavingPieces> = {}): LeavingPieces => ({
  ...{ method: "GET", host: "api.example.com", target, headers: browser, bodies: [] },
  ...more,
});
const post = (body: string, target = "/v1/notes") => get(target, { method: "POST", bodies: [bytes(body)] });

/** Dice that fall the same way each time. */
function diceOf(seed: number) {
  let state = seed;
  const next = (most: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * most);
  };
  const text = (length: number, letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") =>
    Array.from({ length }, () => letters.charAt(next(letters.length))).join("");
  return { next, text };
}

const letters = 24;
const others = Array.from({ length: 30 }, (_, index) => diceOf(1000 + index).text(40));
const watchOf = (secret: string) => {
  const secrets = [secret, ...others].map((value, index) => ({ name: `s${index}`, value }));
  return createLeakWatch(
    () => secrets,
    () => 0,
  );
};

type Dice = ReturnType<typeof diceOf>;
const ways: Readonly<Record<string, (piece: string, turn: number, dice: Dice) => LeavingPieces>> = {
  "one parameter": (piece) => get(`/?d=${piece}`),
  "parameters with a name of their own each": (piece, turn) => get(`/?k${turn}=${piece}`),
  "names of parameters": (piece) => get(`/?${piece}=1`),
  "names of headers": (piece) => get("/", { headers: [...browser, [`X-${piece}`, "1"]] }),
  "one header": (piece) => get("/", { headers: [...browser, ["X-T", piece]] }),
  "the path": (piece) => get(`/a/${piece}/b.png`),
  "members of a body": (piece, turn) => post(JSON.stringify({ id: turn, note: piece })),
  "bodies that are nothing else": (piece) => post(piece),
  "one label of a host": (piece) => get("/", { host: `${piece}.t.example.com` }),
  "hosts and fields by turns": (piece, turn) =>
    turn % 2 ? get(`/?q=${piece}`) : get(`/x/${piece}`, { host: "other.example.org" }),
  "a word with others in the same field": (piece) => get(`/?d=a-${piece}-z`),
};

/** Of the secret, the letters that have left once all pieces were tried, those that are refused twice. */
function leftOf(pieces: readonly (readonly [at: number, piece: string])[], way: keyof typeof ways, seed = 7): number {
  const dice = diceOf(seed);
  const watch = watchOf(secret);
  const left = new Set<number>();
  for (const [turn, [at, piece]] of pieces.entries())
    for (let attempt = 0; attempt < 2; attempt++) {
      const request = ways[way]?.(piece, turn, dice);
      if (!request || watch.leaving(caller, request)) continue;
      if (at >= 0) for (let letter = 0; letter < piece.length; letter++) left.add(at + letter);
      break;
    }
  return left.size;
}

const secret = diceOf(42).text(letters);
const cut = (size: number) =>
  Array.from({ length: Math.ceil(letters / size) }, (_, index) => {
    const at = index * size;
    return [at, secret.slice(at, at + size)] as const;
  });

/** Where single letters say too little: most names have but one. */
const fewest = new Set(["names of parameters", "names of headers", "hosts and fields by turns"]);

describe("of a secret of 24 letters", () => {
  test.each(
    Object.keys(ways).flatMap((way) =>
      [1, 2, 3, 4, 5].map((size) => [size, way] as const).filter(([size]) => size > 1 || !fewest.has(way)),
    ),
  )("[Y10] in pieces of %d, by %s, no more than half leaves", (size, way) => {
    expect(leftOf(cut(size), way)).toBeLessThanOrEqual(letters / 2);
  });

  test.each([
    [2, 20],
    [3, 16],
    [4, 16],
    [5, 15],
  ])("[Y10] in pieces of %d, backwards or in any order, no more than %d leave", (size, most) => {
    const dice = diceOf(size);
    const mixed = [...cut(size)].sort(() => dice.next(3) - 1);
    expect(leftOf(mixed, "one parameter")).toBeLessThanOrEqual(most);
    expect(leftOf(cut(size).toReversed(), "one parameter")).toBeLessThanOrEqual(most);
  });

  test.each([2, 3, 4, 5])("[Y10] in pieces of %d with a word between each two, a quarter is stopped", (size) => {
    const dice = diceOf(size);
    const noisy = cut(size).flatMap((piece) => [piece, [-1, dice.text(size)] as const]);
    expect(leftOf(noisy, "one parameter")).toBeLessThanOrEqual(18);
  });

  test("[Y10] in hexadecimal or base64, a few letters at a time, less than half leaves", () => {
    for (const coding of ["hex", "base64"] as const) {
      const coded = Buffer.from(secret).toString(coding);
      const watch = watchOf(secret);
      let left = 0;
      for (const piece of coded.match(/.{1,4}/g) ?? [])
        if (!watch.leaving(caller, get(`/?d=${piece}`))) left += piece.length;
      expect(left).toBeLessThan(coded.length / 2);
    }
  });
});

const words = "the of and to in is for on that by this with you it not or be are from at as your all have new".split(
  " ",
);
const names = "react lodash ms qs tslib chalk debug semver glob rimraf yargs express axios uuid zod vite jest".split(
  " ",
);

/** What a day of honest programs sends, by kinds. */
const ordinary: Readonly<Record<string, (turn: number, dice: Dice) => LeavingPieces>> = {
  pages: (turn) => get(`/items?page=${turn % 100}&per_page=50&sort=asc`),
  ids: (_, { next }) => get(`/users/${next(99_999)}/posts/${next(999)}`),
  hexadecimal: (_, { text }) => get(`/commit/${text(7, "0123456789abcdef")}?c=${text(2, "0123456789abcdef")}`),
  packages: (turn, { next }) =>
    get(`/${names[next(names.length)]}/-/${names[turn % names.length]}-${next(9)}.${next(20)}.${next(30)}.tgz`),
  typing: (turn) => get(`/suggest?q=${"the weather of today".slice(0, turn % 20)}`),
  talk: (_, { next }) => post(JSON.stringify({ role: "user", text: words[next(words.length)] }), "/v1/chat"),
  forms: (_, { next, text }) => post(`a=${text(2)}&b=${next(10)}&lang=en&c=${words[next(words.length)]}`),
  numbers: (_, { next }) => get(`/tile/${next(20)}/${next(1000)}/${next(1000)}.png`),
  nonces: (_, { text }) => get("/", { headers: [...browser, ["X-Id", text(3)], ["ETag", text(5)]] }),
  labels: (_, { text }) => get("/", { host: `${text(3).toLowerCase()}.cdn.example.com` }),
};

test.each(Object.keys(ordinary))("ordinary traffic is left alone: 600 requests with %s", (kind) => {
  const watch = watchOf(secret);
  const dice = diceOf(99);
  const found: unknown[] = [];
  for (let turn = 0; turn < 600; turn++) {
    const request = ordinary[kind]?.(turn, dice);
    const leak = request && watch.leaving(caller, request);
    if (leak) found.push(leak);
  }
  expect(found).toEqual([]);
});

test("the beginnings that vendors give to all their keys are no drips", () => {
  const watch = createLeakWatch(
    (
      (known) => () =>
        known
    )([{ name: "a", value: `sk-ant-api03-${diceOf(5).text(80)}` }]),
    () => 0,
  );
  for (const word of ["sk", "ant", "api03", "sk-ant", "sk-ant-api03"])
    expect(watch.leaving(caller, get(`/?d=${word}`))).toBeUndefined();
});

test("a memory of drips counts what goes on, forgets what does not fit, and is asked twice for what it refuses", () => {
  const { plain } = spellingsOf("kx82mnq477tzwp3lyyr9");
  const index = createDripIndex(plain);
  const memory = createDripMemory(index);
  expect(index.triples[Number.parseInt("kx8", 36)]).toBe(1);
  expect(["kx82", "mnq4"].map((word) => memory.word("a", word))).toEqual([undefined, undefined]);
  expect([memory.word("a", "77tz"), memory.word("a", "77tz"), memory.word("b", "77tz")]).toEqual([0, 0, undefined]);
  const other = createDripMemory(index);
  for (const word of ["kx82", "mnq4"]) other.novel("all", word, word);
  for (let miss = 0; miss < 20; miss++) other.novel("all", `m${miss}`, `zz${miss}`);
  expect(other.novel("all", "x", "77tz")).toBeUndefined();
  expect(other.word("all", "a".repeat(longestWord + 1))).toBeUndefined();
  expect(lettersOf(bytes("A-b_9!"))).toBe("ab9");
});

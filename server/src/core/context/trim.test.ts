import { expect, test } from "bun:test";
import type { ToolResultBlock } from "@homarus/sdk";
import { clearedCall, clearedResult, ends, endsFor, firstWords, softResult, withoutMedia } from "./trim.ts";

const limits = { maxChars: 1_000, headChars: 200, tailChars: 100 };
const result = (text: string, isError = false): ToolResultBlock => ({
  ...{ type: "tool-result", callId: "c", name: "read", isError },
  content: [{ type: "text", text }],
});
const textIn = (block: ToolResultBlock) => (block.content[0]?.type === "text" ? block.content[0].text : "");

test("[B15] [B16] a large result keeps its head and its tail, says how much is missing and how to see it", () => {
  const text = `begin ${"x".repeat(5_000)} finish`;
  const short = textIn(softResult(result(text), limits));
  expect(short).toStartWith("begin");
  expect(short).toEndWith("finish");
  expect(short).toContain("4713 of 5013 characters left out here: call read again");
  expect(short.length).toBeLessThan(450);
  expect(textIn(softResult(result("small"), limits))).toBe("small");
});

test("[B16] where the end tells what came of it, more of the end stays", () => {
  const page = "word ".repeat(1_000);
  expect(endsFor(page, limits)).toEqual({ headChars: 200, tailChars: 100 });
  for (const text of [`${page}\nError: no such file`, `${page}\n12 passed, 1 failed`, `{"rows": [${page}]}`])
    expect(endsFor(text, limits).tailChars).toBeGreaterThan(endsFor(text, limits).headChars);
});

test("[B17] a result is cleared to one line; a failure keeps its first words, and what is short stays", () => {
  expect(textIn(clearedResult(result("y".repeat(9_000))))).toBe(
    "[The result of read, 9000 characters, was cleared to make room. Call it again if you need it.]",
  );
  expect(textIn(clearedResult(result(`No such file: a.txt ${"z".repeat(900)}`, true)))).toStartWith(
    "No such file: a.txt",
  );
  const short = result("ok");
  expect(clearedResult(short)).toBe(short);
  expect(firstWords(result("  a long story "), 6)).toBe("a long…");
});

test("shortening twice changes nothing more, so that what was sent once is sent again", () => {
  const once = softResult(result("line\n".repeat(3_000)), limits);
  expect(softResult(once, limits)).toBe(once);
  expect(clearedResult(once)).toEqual(clearedResult(once));
});

test("no character is torn apart", () => {
  const text = "😀".repeat(2_000);
  expect(ends(text, { headChars: 101, tailChars: 101 }).isWellFormed()).toBe(true);
  expect(firstWords(result(text), 5).isWellFormed()).toBe(true);
});

test("the long arguments of an old call are named by their size, short ones stay", () => {
  const call = { type: "tool-call", id: "c", name: "write", vendor: { kept: true } } as const;
  const cut = clearedCall({ ...call, input: { path: "a.txt", content: "x".repeat(5_000), list: ["y".repeat(400)] } });
  expect(JSON.stringify(cut).length).toBeLessThan(700);
  expect(cut).toMatchObject({ input: { path: "a.txt" }, vendor: { kept: true } });
  const short = { ...call, input: { path: "a.txt" } };
  expect(clearedCall(short)).toBe(short);
});

test("a picture that was looked at long ago becomes a mark that names it", () => {
  const blocks = withoutMedia([
    { type: "text", text: "look" },
    { type: "image", mediaType: "image/png", data: "AAAA", name: "cat.png" },
  ]);
  expect(blocks).toEqual([
    { type: "text", text: "look" },
    { type: "text", text: "[A picture (cat.png) of type image/png was shown here earlier.]" },
  ]);
});

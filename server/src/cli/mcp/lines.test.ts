import { expect, test } from "bun:test";
import { type Line, linesOf } from "./lines.ts";

async function read(parts: readonly (string | Uint8Array)[], longest = 100): Promise<Line[]> {
  async function* input() {
    for (const part of parts) yield typeof part === "string" ? new TextEncoder().encode(part) : part;
  }
  const lines: Line[] = [];
  for await (const line of linesOf(input(), longest)) lines.push(line);
  return lines;
}

const whole = (...texts: string[]) => texts.map((text) => ({ text, isCut: false }));

test("lines are found however the bytes come", async () => {
  expect(await read(["a\nb", "c\n\nd", "\n"])).toEqual(whole("a", "bc", "", "d"));
  expect(await read(["a\r\nb"])).toEqual(whole("a", "b"));
  expect(await read([])).toEqual([]);
});

test("a character that is cut in two comes whole", async () => {
  const bytes = new TextEncoder().encode("🦞\n");
  expect(await read([bytes.slice(0, 2), bytes.slice(2)])).toEqual(whole("🦞"));
});

test("a line that is too long is told as cut, and the next is read", async () => {
  const lines = await read(["x".repeat(60), "x".repeat(60), "\nnext\n"]);
  expect(lines.map(({ text, isCut }) => [text.length, isCut])).toEqual([
    [60, true],
    [4, false],
  ]);
});

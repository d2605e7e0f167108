import { expect, test } from "bun:test";
import { addWeight, noWeight, weighBlocks, weighText } from "./weigh.ts";

const units = (text: string) => weighText(text).units / text.length;

test("[B10] one letter of plain English is one unit; scripts, digits and keys that cost more tokens weigh more", () => {
  expect(units("the quick brown fox")).toBe(1);
  expect(units("2026")).toBeGreaterThan(1.2);
  expect(units("Größe")).toBeGreaterThan(1);
  expect(units("Привет")).toBeGreaterThan(1.8);
  expect(units("今日はいい天気です")).toBeGreaterThan(3);
  expect(units("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY")).toBeGreaterThan(2);
});

test("pictures and recordings cost what they cost, however many bytes they have", () => {
  const picture = (bytes: number) => weighBlocks([{ type: "image", mediaType: "image/png", data: "A".repeat(bytes) }]);
  expect(picture(100)).toEqual(picture(1_000_000));
  expect(picture(100).media).toBeGreaterThan(500);
});

test("blocks weigh what they say, calls with their arguments and results with their content", () => {
  const call = { type: "tool-call", id: "c", name: "read", input: { path: "x".repeat(500) } } as const;
  const content = [{ type: "text", text: "y".repeat(700) }] as const;
  const result = { type: "tool-result", callId: "c", name: "read", content, isError: false } as const;
  const both = weighBlocks([call, result]);
  expect(both.units).toBeGreaterThan(1_200);
  expect(both).toEqual(addWeight(weighBlocks([call]), weighBlocks([result])));
  expect(addWeight(noWeight, both)).toEqual(both);
  expect(both.chars).toBeGreaterThanOrEqual(1_200);
});

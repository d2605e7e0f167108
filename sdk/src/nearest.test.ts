import { expect, test } from "bun:test";
import { nearest } from "./nearest.ts";

test("the nearest word is named only when it is near", () => {
  expect(nearest("prot", ["port", "host"])).toBe("port");
  expect(nearest("zzzzzz", ["port", "host"])).toBeUndefined();
});

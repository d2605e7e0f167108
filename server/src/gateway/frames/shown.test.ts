import { expect, test } from "bun:test";
import { shown } from "./shown.ts";

test.each([
  ["word", "word"],
  [7, "7"],
  [null, "null"],
  [undefined, "nothing"],
  [JSON.parse('{"toString":1,"__proto__":null}'), '{"toString":1,"__proto__":null}'],
  ["x".repeat(300), `${"x".repeat(200)}…`],
])("%p is shown as %s", (value, words) => expect(shown(value)).toBe(words));

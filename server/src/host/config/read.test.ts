import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isFault } from "@homarus/sdk";
import fc from "fast-check";
import { mergeConfig, parseConfig, readConfig } from "./read.ts";

const root = mkdtempSync(join(tmpdir(), "homarus-config-"));
afterAll(() => rmSync(root, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(root, name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const read = (text: string, environment = {}) =>
  parseConfig({ path: join(root, "x.json"), raw: text, exists: true }, environment).substituted;

describe("[N01] a config file", () => {
  test("is JSON with comments, trailing commas and bare keys", () => {
    expect(read("{ // port\n gateway: { port: 1, }, }")).toEqual({ gateway: { port: 1 } });
  });

  test("that is not there is an empty config", () => {
    expect(readConfig(join(root, "none.json"), {})).toMatchObject({ exists: false, substituted: {} });
  });

  test("that is broken says where", () => {
    expect(() => read('{\n "a": \n}')).toThrow(/not valid: .*2|3/);
  });
});

describe("[N02] $include", () => {
  test("takes in other files, own keys win, lists are taken whole", () => {
    write("inc/a.json", '{ "gateway": { "port": 1, "host": "h" }, "bindings": [1] }');
    const path = write("inc/main.json", '{ "$include": ["a.json", "./b.json"], "gateway": { "port": 2 } }');
    write("inc/b.json", '{ "log": { "$include": "c.json" }, "bindings": [2, 3] }');
    write("inc/c.json", '{ "level": "debug" }');
    const config = readConfig(path, {});
    expect(config.substituted).toEqual({ gateway: { port: 2, host: "h" }, bindings: [2, 3], log: { level: "debug" } });
    expect(config.files.map((file) => file.slice(join(root, "inc").length + 1)).sort()).toEqual([
      "a.json",
      "b.json",
      "c.json",
      "main.json",
    ]);
  });

  test.each([
    ["a circle", '{ "$include": "loop.json" }', "circle"],
    ["a file outside", '{ "$include": "../../outside.json" }', "leaves the folder"],
    ["a missing file", '{ "$include": "missing.json" }', "does not exist"],
    ["something else", '{ "$include": 7 }', "must be a file name"],
  ])("refuses %s", (_, text, words) => {
    expect(() => readConfig(write("loop.json", text), {})).toThrow(words);
  });
});

describe("[N03] variables of the environment", () => {
  test("stand in any text, and can be written as they are", () => {
    expect(read('{ "a": "x${ONE}y", "b": ["${TWO}"], "c": "$${ONE}" }', { ONE: "1", TWO: "2" })).toEqual({
      a: "x1y",
      b: ["2"],
      c: "${ONE}",
    });
  });

  test("that are not set are named with the place that needs them", () => {
    expect(() => read('{ "channels": { "telegram": { "token": "${NOT_SET}" } } }')).toThrow(
      /channels\.telegram\.token.*NOT_SET/,
    );
  });

  test("are never read as more config", () => {
    expect(read('{ "a": "${ONE}" }', { ONE: '", "evil": true, "x": "${TWO}' })).toEqual({
      a: '", "evil": true, "x": "${TWO}',
    });
  });
});

test("nesting without end is refused with a sentence", () => {
  expect(() => read(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)).toThrow("nested deeper");
});

test("merging does not touch prototypes", () => {
  mergeConfig({}, JSON.parse('{ "__proto__": { "polluted": true } }'));
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test("whatever text there is, the answer is a config or a Fault", () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string({ unit: "binary" }),
    fc.constantFrom("{", "[]", "null", "1", '"x"', "{a:", "//", "/*"),
  );
  fc.assert(
    fc.property(texts, (text) => {
      try {
        read(text);
      } catch (thrown) {
        expect(isFault(thrown)).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

import { describe, expect, test } from "bun:test";
import type { Fault, InferSchema } from "@homarus/sdk";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import fc from "fast-check";
import { createMatcher } from "./automaton.ts";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { readPattern } from "./pattern.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const texts = {
  "a.txt": "one\ntwo\nthree\nfour\nfive\n",
  "src/b.ts": "const One = 1;\r\nreturn One;\r\n",
  "src/c.js": "one()",
  "node_modules/m/d.txt": "one",
};

function world(more: Record<string, string> = texts) {
  const files = createMemoryFiles(more);
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

async function grep(input: InferSchema<(typeof manifest)["input"]>, more: Record<string, string> = texts) {
  const [block] = (await tool.execute(input, world(more).call())).content;
  return block?.type === "text" ? block.text.split("\n") : [];
}

runContract({ describe, test }, toolContract, {
  title: "[H05] grep",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [
      { pattern: "o" },
      { pattern: "one", path: "src", context: 1 },
      { pattern: "one", path: "a.txt" },
      { pattern: "(", literal: true },
    ],
    hopeless: [
      { pattern: "(" },
      { pattern: "(?=x)" },
      { pattern: "x", path: ".." },
      { pattern: "x", path: "missing" },
      { pattern: "(a{100}){100}" },
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

describe("[H05] lines are found", () => {
  test("with file and number, in all files or in those that are named", async () => {
    expect(await grep({ pattern: "^one" })).toEqual(["a.txt:1:one", "src/c.js:1:one()"]);
    expect(await grep({ pattern: "one", path: "src" })).toEqual(["src/c.js:1:one()"]);
    expect(await grep({ pattern: "one", glob: "*.txt" })).toEqual(["a.txt:1:one"]);
    expect(await grep({ pattern: "one", glob: "src/*" })).toEqual(["src/c.js:1:one()"]);
    expect(await grep({ pattern: "o$", path: "a.txt" })).toEqual(["a.txt:2:two"]);
    expect(await grep({ pattern: "one", path: "node_modules" })).toEqual(["node_modules/m/d.txt:1:one"]);
    expect(await grep({ pattern: "nowhere" })).toEqual(['[No line fits "nowhere".]']);
  });

  test("in either case, and as plain text", async () => {
    expect(await grep({ pattern: "ONE", ignore_case: true, path: "src" })).toEqual([
      "src/b.ts:1:const One = 1;",
      "src/b.ts:2:return One;",
      "src/c.js:1:one()",
    ]);
    expect(await grep({ pattern: "(?i)ONE", path: "src/c.js" })).toEqual(["src/c.js:1:one()"]);
    expect(await grep({ pattern: "one()", literal: true })).toEqual(["src/c.js:1:one()"]);
    expect(await grep({ pattern: "ONE()", literal: true, ignore_case: true })).toEqual(["src/c.js:1:one()"]);
  });

  test("with lines around them, which are not told twice", async () => {
    expect(await grep({ pattern: "one|three", path: "a.txt", context: 1 })).toEqual([
      "a.txt:1:one",
      "a.txt:2-two",
      "a.txt:3:three",
      "a.txt:4-four",
    ]);
    expect(await grep({ pattern: "one|five", path: "a.txt", context: 1 })).toEqual([
      "a.txt:1:one",
      "a.txt:2-two",
      "--",
      "a.txt:4-four",
      "a.txt:5:five",
    ]);
  });

  test("at most 200, and then it says so", async () => {
    const found = await grep({ pattern: "x" }, { f: "x\n".repeat(300) });
    expect([found.length, found.at(-1)]).toEqual([201, "[There may be more. Narrow the search down by path or glob.]"]);
  });
});

test("binary and very large files are passed over, and counted", async () => {
  const { files, call } = world({ "a.txt": "one" });
  await files.write("b.bin", Uint8Array.from([111, 110, 101, 0]));
  await files.write("large", new Uint8Array(5 * 1024 * 1024 + 1).fill(111));
  const [block] = (await tool.execute({ pattern: "o" }, call())).content;
  expect(block).toMatchObject({ text: "a.txt:1:one\n[2 files were passed over: not text, or larger than 5 MB.]" });
});

test("long lines are shown up to a point", async () => {
  const [line] = await grep({ pattern: "x" }, { f: "x".repeat(9000) });
  expect(line?.length).toBeLessThan(600);
});

describe("patterns:", () => {
  const fits = (pattern: string, line: string, ignoreCase = false) =>
    createMatcher(readPattern(pattern, ignoreCase))(line);

  const part = fc.oneof(
    fc.constantFrom(
      "a",
      "b",
      "c",
      ".",
      "[ab]",
      "[^a]",
      "\\w",
      "\\d",
      "\\s",
      "^",
      "$",
      "\\b",
      "\\B",
      "\\.",
      "ä",
      "\\x61",
      "\\u0062",
      " ",
      "(a|b)",
      "(?:ab|)",
    ),
    fc
      .constantFrom("a", "(ab)", "[a-c]", "(?:a|bc)")
      .chain((item) =>
        fc.constantFrom("*", "+", "?", "{2}", "{1,}", "{0,2}", "*?", "+?", "{1,2}?").map((count) => item + count),
      ),
  );
  const pattern = fc.array(fc.oneof(part, fc.constant("|")), { maxLength: 8 }).map((parts) => parts.join(""));
  const line = fc
    .array(fc.constantFrom("a", "b", "c", "ä", "A", " ", ".", "1", "_", "😀"), { maxLength: 10 })
    .map((parts) => parts.join(""));

  test("they mean what they mean to the runtime's own engine", () => {
    fc.assert(
      fc.property(pattern, line, fc.boolean(), (source, text, ignoreCase) => {
        expect(fits(source, text, ignoreCase)).toBe(new RegExp(source, ignoreCase ? "iu" : "u").test(text));
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    ["\\p{Lu}", "É", true],
    ["a{,3}", "a{,3}", true],
    ["\\-\\_", "-_", true],
    ["[\\]x]", "]", true],
    ["[\\w-]+@", "a-b@", true],
    ["\\/\\/", "//", true],
    ["\\t", "\t", true],
    ["^$", "", true],
    ["(?<n>c)d", "cd", true],
    ["😀{2}", "😀😀", true],
  ])("%s on %s", (source, text, expected) => {
    expect(fits(source, text)).toBe(expected);
  });

  test.each(["(a)\\1", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(?<n>a)\\k<n>"])(
    "%s is refused with its reason",
    (source) => {
      try {
        readPattern(source, false);
        expect.unreachable();
      } catch (fault) {
        expect(fault).toMatchObject({ kind: "invalid", code: "grep.unsupported" });
      }
    },
  );

  test("what is no pattern is refused with the engine's reason", async () => {
    const fault = await tool.execute({ pattern: "a(b" }, world().call()).catch((thrown: Fault) => thrown);
    expect(fault).toMatchObject({ kind: "invalid", code: "grep.pattern" });
  });

  test.each(["(a+)+$", "^(a|a)*$", "(a|aa)+$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(x+x+)+y"])(
    "%s, made to explode, takes steps in proportion to the line",
    (source) => {
      // Ten thousand characters would take a backtracking engine longer than there is time; a test that hangs is the proof.
      expect(fits(source, `${"a".repeat(9_999)}!`)).toBe(false);
    },
  );
});

test("a search steps aside for others and ends when it is stopped", async () => {
  const { files, call } = world(
    Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, `${"a".repeat(9000)}!\n`.repeat(10)])),
  );
  const stop = new AbortController();
  setImmediate(() => stop.abort());
  const thrown = await tool
    .execute({ pattern: "(a+)+(b+)+$" }, { ...call(stop.signal), files })
    .catch((fault: Error) => fault.name);
  expect(thrown).toBe("AbortError");
});

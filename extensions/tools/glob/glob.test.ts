import { describe, expect, test } from "bun:test";
import type { InferSchema } from "@homarus/sdk";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const paths = [
  "old.md",
  "src/a.ts",
  "src/deep/b.ts",
  "src/deep/c.json",
  ".hidden/d.ts",
  "node_modules/m/e.ts",
  ".git/f.ts",
  "src/new.md",
];

function world(names = paths) {
  const files = createMemoryFiles(Object.fromEntries(names.map((name) => [name, ""])));
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

async function glob(input: InferSchema<(typeof manifest)["input"]>, names = paths) {
  const [block] = (await tool.execute(input, world(names).call())).content;
  return block?.type === "text" ? block.text.split("\n") : [];
}

runContract({ describe, test }, toolContract, {
  title: "[H05] glob",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [{ pattern: "**/*.ts" }, { pattern: "*.md", path: "src" }, { pattern: "nothing" }],
    hopeless: [
      { pattern: "../*" },
      { pattern: "*", path: ".." },
      { pattern: "*", path: "missing" },
      { pattern: "*", path: "old.md" },
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("[H05] files are found by path, the newest first", async () => {
  expect(await glob({ pattern: "*.md" })).toEqual(["src/new.md", "old.md"]);
  expect(await glob({ pattern: "src/*.ts" })).toEqual(["src/a.ts"]);
  expect(await glob({ pattern: "src/**/*.{ts,json}" })).toEqual(["src/deep/c.json", "src/deep/b.ts", "src/a.ts"]);
  expect(await glob({ pattern: "./src/a.ts" })).toEqual(["src/a.ts"]);
  expect(await glob({ pattern: "[ab].ts" })).toEqual(["src/deep/b.ts", "src/a.ts"]);
  expect(await glob({ pattern: "*.rs" })).toEqual(["[No file fits *.rs.]"]);
});

test("a pattern holds from the folder that is named", async () => {
  expect(await glob({ pattern: "*/b.ts", path: "src" })).toEqual(["src/deep/b.ts"]);
  expect(await glob({ pattern: "*.ts", path: "src/deep" })).toEqual(["src/deep/b.ts"]);
});

test("folders that others filled are passed over until they are named", async () => {
  expect(await glob({ pattern: "*.ts" })).toEqual([".hidden/d.ts", "src/deep/b.ts", "src/a.ts"]);
  expect(await glob({ pattern: "node_modules/**" })).toEqual(["node_modules/m/e.ts"]);
  expect(await glob({ pattern: "*.ts", path: ".git" })).toEqual([".git/f.ts"]);
});

test("at most 200 are named, and the rest is counted", async () => {
  const found = await glob(
    { pattern: "*" },
    Array.from({ length: 250 }, (_, index) => `f${index}`),
  );
  expect([found.length, found[0], found.at(-1)]).toEqual([201, "f249", "[50 more. Narrow the pattern down.]"]);
});

test("a pattern made to be slow is not", async () => {
  const slow = `${"*a".repeat(60)}b`;
  expect(await glob({ pattern: slow }, ["a".repeat(250)])).toEqual([`[No file fits ${slow}.]`]);
});

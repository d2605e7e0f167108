// The scanner itself: what it must see through, and that it saw every file that git lists.
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { importsOf } from "./imports.ts";
import { mask } from "./mask.ts";
import { isSource, plant, readTree, repository } from "./tree.ts";

const seen = (source: string) => importsOf(plant({ "a/b.ts": source })).map((found) => found.specifier);

test("the scanner sees at least as many TypeScript files as git lists", () => {
  const listed = Bun.spawnSync(["git", "ls-files", "-co", "--exclude-standard", "-z"], { cwd: repository });
  const files = listed.stdout.toString().split("\0").filter(isSource);
  const present = files.filter((path) => existsSync(join(repository, path)));
  const tree = readTree();
  expect(listed.exitCode).toBe(0);
  expect(present.length).toBeGreaterThan(0);
  expect(present.filter((path) => !tree.has(path))).toEqual([]);
});

test("every form of import is seen", () => {
  const source = [
    'import a from "a";',
    'import { b, type C } from "b";',
    'import * as d from "d";',
    'import type { E } from "e";',
    'export * from "f";',
    'export { g } from "g";',
    'export type { H } from "h";',
    "import 'i';",
    'const j = await import("j");',
    'const k = require("k");',
    'import {\n  l,\n  m,\n} from "l";',
    "const n = await import(`n`);",
    "const o = await import(`o${1}`);",
  ].join("\n");
  expect(seen(source).sort()).toEqual([..."abdefghijkln", undefined].sort());
});

test("a type import is told from one that stays", () => {
  const source =
    'import type { A } from "a";\nimport { type B } from "b";\nimport { type C, d } from "c";\nimport type from "d";';
  const kinds = importsOf(plant({ "a.ts": source })).map((found) => found.isType);
  expect(kinds).toEqual([true, true, false, false]);
});

test("imports in comments, strings, templates and patterns are not imports", () => {
  const source = [
    '// import a from "a";',
    '/* import b from "b"; */',
    "const c = 'import c from \"c\"';",
    'const d = `import d from "d"; ${"import e from"} import("f")`;',
    'const g = /import "g"/;',
    'loader.import("h");',
  ].join("\n");
  expect(seen(source)).toEqual([]);
});

test("code inside a template's braces is code", () => {
  expect(seen('const a = `x ${await import("a")} y`;')).toEqual(["a"]);
});

test("masking keeps every place and line break", () => {
  const source = "const a = 'x';\n/* two\nlines */ const b = a / 2; // end\nconst c = /[/'\"]/.test(`${a}`);\n";
  const masked = mask(source);
  expect(masked.length).toBe(source.length);
  expect(masked.split("\n").map((line) => line.length)).toEqual(source.split("\n").map((line) => line.length));
  expect(masked).toContain("const b = a / 2;");
  expect(masked).not.toContain("lines");
  expect(masked.trimEnd().endsWith(".test(`${a}`);")).toBe(true);
});

test("an apostrophe in a page's text does not swallow the code after it", () => {
  expect(seen('const a = <p>Don\'t</p>;\nconst b = import("b");')).toEqual(["b"]);
});

test("relative imports lead to files, with or without an extension, and sdk entries to their files", () => {
  const tree = plant({
    "web/src/a.ts": 'import "./b.ts";\nimport "../c";\nimport "@homarus/sdk/client";\nimport "hono";',
    "web/src/b.ts": "",
    "web/c/index.ts": "",
  });
  expect(importsOf(tree).map((found) => found.to)).toEqual([
    "web/src/b.ts",
    "web/c/index.ts",
    "sdk/src/wire/client.ts",
    undefined,
  ]);
});

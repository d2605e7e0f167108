// The rules on ways of writing, on the tree as it is and on planted violations.
import { describe, expect, test } from "bun:test";
import { bunStaysInTheHost, modulesHoldNoState, nothingIsAny, onlyTablesLoadCode } from "./language.ts";
import { plant, readTree } from "./tree.ts";

test("only the listed tables load code while running", () => {
  expect(onlyTablesLoadCode(readTree())).toEqual([]);
});

test("Bun's own names stay in the host", () => {
  expect(bunStaysInTheHost(readTree())).toEqual([]);
});

test("[L34] nothing outside tests is any", () => {
  expect(nothingIsAny(readTree())).toEqual([]);
});

test("no module holds state", () => {
  expect(modulesHoldNoState(readTree())).toEqual([]);
});

describe("a planted violation is caught:", () => {
  test.each([
    'const a = await import("./b.ts");',
    "const a = import(name);",
    'const a = require("b");',
    "f(() => import(`${a}`));",
  ])("%s", (source) => {
    for (const path of ["server/src/boot.ts", "extensions/channels/a/index.ts", "sdk/src/a.ts", "web/src/a.ts"])
      expect(onlyTablesLoadCode(plant({ [path]: source }))).toHaveLength(1);
    for (const path of ["server/src/cli/commands.ts", "server/src/a.test.ts", "bench/a.ts", "tests/a.ts"])
      expect(onlyTablesLoadCode(plant({ [path]: source }))).toEqual([]);
  });

  test.each([
    "Bun.sleep(1);",
    'import { x } from "bun";',
    'import { Database } from "bun:sqlite";',
    "f(Bun);",
    "typeof globalThis.Bun;",
  ])("%s", (source) => {
    for (const path of [
      "server/src/gateway/a.ts",
      "server/src/core/route/a.ts",
      "extensions/tools/a/index.ts",
      "sdk/src/a.ts",
    ])
      expect(bunStaysInTheHost(plant({ [path]: source }))).toHaveLength(1);
    for (const path of ["server/src/host/a.ts", "tools/a.ts", "sdk/src/a.test.ts"])
      expect(bunStaysInTheHost(plant({ [path]: source }))).toEqual([]);
  });

  test.each([
    "const a: any = 1;",
    "const a = b as any;",
    "type A = Map<string, any>;",
    "type A = any;",
    "type A = B | any;",
    "type A = any[];",
    "const a = (b: any) => b;",
    "type A = () => any;",
    "type A = {\n  b: any\n}",
  ])("%s", (source) => {
    expect(nothingIsAny(plant({ "server/src/a.ts": source }))).toHaveLength(1);
    expect(nothingIsAny(plant({ "server/src/a.test.ts": source }))).toEqual([]);
  });

  test.each(["let a = 1;", "export let a = 1;", "var a;"])("%s", (source) => {
    expect(modulesHoldNoState(plant({ "server/src/a.ts": source }))).toHaveLength(1);
  });
});

describe("what only looks like a violation is left alone:", () => {
  test.each([
    "// Bun.sleep",
    'const a = "Bun.serve";',
    "const a = b.any(c);",
    "Promise.any([]);",
    "const any = 1;",
    "f(() => {\n  let a = 1;\n});",
  ])("%s", (source) => {
    const tree = plant({ "server/src/a.ts": source });
    expect([...bunStaysInTheHost(tree), ...nothingIsAny(tree), ...modulesHoldNoState(tree)]).toEqual([]);
  });
});

// No arrow points up and no files stand in a circle; both rules shown to bite.
import { expect, test } from "bun:test";
import { arrowsPointDown, noCircles } from "./floors.ts";
import { plant, readTree } from "./tree.ts";

test("no arrow points to a higher floor", () => {
  expect(arrowsPointDown(readTree())).toEqual([]);
});

test("no files stand in a circle", () => {
  expect(noCircles(readTree())).toEqual([]);
});

test("an arrow upwards is caught on every floor, also when it takes a type only", () => {
  const tree = plant({
    "sdk/src/a.ts": 'import "../../server/src/core/line.ts";',
    "server/src/core/line.ts": 'import type { X } from "../gateway/ws.ts";',
    "server/src/host/a.ts": 'import "../boot.ts";',
    "server/src/gateway/ws.ts": 'export * from "../boot.ts";',
    "server/src/boot.ts": 'const a = () => import("./cli/main.ts");',
    "extensions/channels/a/index.ts": 'import "../../../server/src/gateway/ws.ts";',
    "web/src/a.ts": 'import "../../tools/a.ts";',
  });
  expect(arrowsPointDown(tree).map((found) => found.split(":")[0])).toEqual([...tree.keys()]);
});

test("an arrow downwards, along the floor, or from a test is free", () => {
  const tree = plant({
    "server/src/cli/main.ts": 'import "../boot.ts";',
    "server/src/boot.ts": 'import "./core/line.ts";\nimport "./host/log.ts";',
    "server/src/core/line.ts": 'import "@homarus/sdk";\nimport "./route/route.ts";',
    "server/src/core/a.test.ts": 'import "../boot.ts";',
  });
  expect(arrowsPointDown(tree)).toEqual([]);
});

test("a circle is caught once, however long it is and wherever it is entered", () => {
  const tree = plant({
    "a/entry.ts": 'import "./z.ts";',
    "a/z.ts": 'import "./b.ts";',
    "a/b.ts": 'import type { C } from "./c.ts";',
    "a/c.ts": 'export * from "./z.ts";',
  });
  expect(noCircles(tree)).toEqual(["a/b.ts: a circle: a/b.ts -> a/c.ts -> a/z.ts -> a/b.ts"]);
});

test("two circles are two findings, a file that imports itself is one, a diamond is none", () => {
  expect(
    noCircles(
      plant({
        "a.ts": 'import "./b.ts";\nimport "./c.ts";',
        "b.ts": 'import "./a.ts";',
        "c.ts": 'import "./a.ts";',
      }),
    ),
  ).toHaveLength(2);
  expect(noCircles(plant({ "a.ts": 'import "./a.ts";' }))).toHaveLength(1);
  const diamond = {
    "a.ts": 'import "./b.ts";\nimport "./c.ts";',
    "b.ts": 'import "./d.ts";',
    "c.ts": 'import "./d.ts";',
    "d.ts": "",
  };
  expect(noCircles(plant(diamond))).toEqual([]);
});

// Names of files and folders, on the tree as it is and on planted violations.
import { expect, test } from "bun:test";
import { namesAreKebabCase, namesSayWhatIsInside } from "./names.ts";
import { plant, readTree } from "./tree.ts";

test("no name says nothing", () => {
  expect(namesSayWhatIsInside(readTree())).toEqual([]);
});

test("names of source files are in kebab case", () => {
  expect(namesAreKebabCase(readTree())).toEqual([]);
});

test.each([
  "sdk/src/utils.ts",
  "sdk/src/helpers/a.ts",
  "server/src/host/session-manager.ts",
  "web/src/service.ts",
  "server/src/store.impl.ts",
  "server/common/a.md",
  "docs/misc/a.md",
  "web/src/shared/a.css",
  "sdk/src/Base.ts",
])("a name that says nothing is caught: %s", (path) => {
  expect(namesSayWhatIsInside(plant({ [path]: "" }))).toHaveLength(1);
});

test.each(["sdk/src/base64.ts", "web/src/service-worker.ts", "docs/database.md"])("%s is free", (path) => {
  expect(namesSayWhatIsInside(plant({ [path]: "" }))).toEqual([]);
});

test.each(["sdk/src/toolGate.ts", "sdk/src/Tool.ts", "sdk/src/tool_gate.ts", "sdk/Src/a.ts"])(
  "a name in another case is caught: %s",
  (path) => {
    expect(namesAreKebabCase(plant({ [path]: "" }))).toHaveLength(1);
  },
);

test.each(["sdk/src/tool-gate.ts", "web/vite.config.ts", "a/b.contract.test.ts", "sdk/src/sha256.ts"])(
  "%s is in kebab case",
  (path) => {
    expect(namesAreKebabCase(plant({ [path]: "" }))).toEqual([]);
  },
);

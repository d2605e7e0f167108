// Texts that would tie the repository to one machine, on the tree as it is and on planted violations.
import { expect, test } from "bun:test";
import { exemptTexts, lockHasNoAddresses, noMachinePaths, npmOmitsAddresses } from "./texts.ts";
import { plant, readTree } from "./tree.ts";

const folder = (name: string) => `/${name}/`;

test("no text names a folder of somebody's machine", () => {
  expect(noMachinePaths(readTree())).toEqual([]);
});

test("every exempt text still exists and says why", () => {
  const tree = readTree();
  expect([...exemptTexts].filter(([path, reason]) => !tree.has(path) || reason.length < 10)).toEqual([]);
});

test("the lock file exists and holds no download address", () => {
  const tree = readTree();
  expect(tree.has("package-lock.json")).toBe(true);
  expect([...lockHasNoAddresses(tree), ...npmOmitsAddresses(tree)]).toEqual([]);
});

test.each(["work", "root", "home"])(
  "a path under a machine's %s folder is caught in any file, comments too",
  (name) => {
    expect(noMachinePaths(plant({ "a.ts": `// see ${folder(name)}x\n` }))).toHaveLength(1);
    expect(noMachinePaths(plant({ "docs/a.md": `In ${folder(name)}main it works` }))).toHaveLength(1);
    expect(noMachinePaths(plant({ "a.json": `{"a":"${folder(name)}b"}` }))).toHaveLength(1);
  },
);

test.each(["extensions/tools/work/a", "https://example.org/home/a", "~/home/a"])("%s is no machine's path", (text) => {
  expect(noMachinePaths(plant({ "a.md": text }))).toEqual([]);
});

test("a download address in the lock file is caught, a link to a workspace is not", () => {
  expect(lockHasNoAddresses(plant({ "package-lock.json": '  "resolved": "https://a.example/b.tgz",' }))).toHaveLength(
    1,
  );
  expect(lockHasNoAddresses(plant({ "package-lock.json": '  "resolved": "git+ssh://a.example/b",' }))).toHaveLength(1);
  expect(lockHasNoAddresses(plant({ "package-lock.json": '  "resolved": "sdk",' }))).toEqual([]);
});

test("a missing setting of npm is caught", () => {
  expect(npmOmitsAddresses(plant({ ".npmrc": "fund=false\n" }))).toHaveLength(1);
});

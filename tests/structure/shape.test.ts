// Shapes that repeat, on the tree as it is and on planted violations.
import { expect, test } from "bun:test";
import { coreIsTested, extensionsHaveTheirShape, packagesStaySmall } from "./shape.ts";
import { plant, readTree } from "./tree.ts";

test("every extension folder has the shape of its kind", () => {
  expect(extensionsHaveTheirShape(readTree())).toEqual([]);
});

test("the packages keep to their entries and dependencies", () => {
  expect(packagesStaySmall(readTree())).toEqual([]);
});

test("each function that core exports is named by some test", () => {
  expect(coreIsTested(readTree())).toEqual([]);
});

const folder = "extensions/channels/a";
const whole = ["manifest.ts", "index.ts", "contract.test.ts", "README.md"];
const files = (names: readonly string[]) => plant(Object.fromEntries(names.map((name) => [`${folder}/${name}`, ""])));

test("an extension folder that lacks a file is caught, whichever it is", () => {
  expect(extensionsHaveTheirShape(files(whole))).toEqual([]);
  for (const missing of whole)
    expect(extensionsHaveTheirShape(files(whole.filter((name) => name !== missing)))).toEqual([
      `${folder}: lacks ${missing === "contract.test.ts" ? "a test" : missing}`,
    ]);
});

test("a provider that another one's code serves needs no code, and nothing else is let off", () => {
  const data = (adapter: string) => ({
    "extensions/providers/a/manifest.ts": `defineManifest({\n  id: "a",\n${adapter}})`,
    "extensions/providers/a/a.test.ts": "",
  });
  expect(extensionsHaveTheirShape(plant(data('  adapter: "openai",\n')))).toEqual([
    "extensions/providers/a: lacks README.md",
  ]);
  expect(extensionsHaveTheirShape(plant(data("")))).toHaveLength(2);
});

test("skills and apps have a shape of their own, and an unknown kind is caught", () => {
  expect(extensionsHaveTheirShape(plant({ "extensions/skills/a/SKILL.md": "" }))).toEqual([]);
  expect(extensionsHaveTheirShape(plant({ "extensions/apps/a/manifest.json": "" }))).toHaveLength(1);
  expect(extensionsHaveTheirShape(plant({ "extensions/plugins/a/index.ts": "" }))).toHaveLength(1);
});

const sdk = {
  exports: { ".": "", "./client": "", "./html": "", "./markdown": "", "./testing": "" },
  dependencies: { marked: "", valibot: "" },
};
const manifests = (theSdk: object, server: object) =>
  plant({ "sdk/package.json": JSON.stringify(theSdk), "server/package.json": JSON.stringify(server) });

test("a fifth entry, a third dependency of the sdk and a thirteenth of the server are caught", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, "1"]));
  expect(packagesStaySmall(manifests(sdk, { dependencies: many(12) }))).toEqual([]);
  expect(packagesStaySmall(manifests(sdk, { dependencies: many(13) }))).toHaveLength(1);
  expect(packagesStaySmall(manifests({ ...sdk, exports: { ...sdk.exports, "./extra": "" } }, {}))).toHaveLength(1);
  expect(packagesStaySmall(manifests({ ...sdk, dependencies: { ...sdk.dependencies, zod: "" } }, {}))).toHaveLength(1);
});

test("an exported function of core that no test names is caught", () => {
  const source =
    "export function admit() {}\nexport const route = (a: string) => a;\nexport async function* run() {}\nexport const limit = 5;\n";
  const tree = (text: string) => plant({ "server/src/core/a/a.ts": source, "server/src/core/a/a.test.ts": text });
  expect(coreIsTested(tree("admit(); route(); run();"))).toEqual([]);
  expect(coreIsTested(tree("admit(); reroute();"))).toHaveLength(2);
});

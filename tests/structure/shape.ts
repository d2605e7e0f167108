// The shape of what is repeated: extension folders, the entries and dependencies of the packages, tests of the core.
import { mask } from "./mask.ts";
import { isSource, isTest, type Rule, type Tree } from "./tree.ts";

type Need = { readonly says: string; readonly isMet: (name: string) => boolean };

const named = (name: string): Need => ({ says: name, isMet: (found) => found === name });
const withCode: readonly Need[] = [
  named("manifest.ts"),
  named("index.ts"),
  { says: "a test", isMet: (name) => /\.test\.tsx?$/.test(name) },
  named("README.md"),
];

/** A provider or a sandbox that is data alone: another one's code serves it. */
const withoutCode = withCode.filter((need) => need.says !== "index.ts");

/** What the folder of each kind holds. Skills and apps are data and run no code of ours. */
const kinds: ReadonlyMap<string, readonly Need[]> = new Map([
  ...["channels", "providers", "tools", "toolsets", "memories", "sandboxes", "speech"].map(
    (kind) => [kind, withCode] as const,
  ),
  ["skills", [named("SKILL.md")]],
  ["apps", [named("manifest.json"), named("compose.yaml")]],
]);

/** Every folder under extensions/<kind>/ holds what its kind asks for. */
export const extensionsHaveTheirShape: Rule = (tree) =>
  [...extensionFolders(tree)].flatMap(([folder, names]) => {
    const needs = isServedByAnother(folder, tree) ? withoutCode : kinds.get(folder.split("/")[1] ?? "");
    if (!needs) return [`${folder}: no such kind of extension; there are ${[...kinds.keys()].join(", ")}`];
    return needs.filter((need) => !names.some(need.isMet)).map((need) => `${folder}: lacks ${need.says}`);
  });

function isServedByAnother(folder: string, tree: Tree): boolean {
  return (
    /^extensions\/(providers|sandboxes)\//.test(folder) &&
    /^ {2}adapter: "/m.test(tree.get(`${folder}/manifest.ts`) ?? "")
  );
}

function extensionFolders(tree: Tree): Map<string, string[]> {
  const folders = new Map<string, string[]>();
  for (const path of tree.keys()) {
    const [, folder, name] = /^(extensions\/[^/]+\/[^/]+)\/(.+)$/.exec(path) ?? [];
    if (folder && name) folders.set(folder, [...(folders.get(folder) ?? []), name]);
  }
  return folders;
}

const sdkEntries = [".", "./client", "./html", "./markdown", "./testing"];
const sdkDependencies = ["marked", "valibot"];
const serverDependencyLimit = 12;

/** The sdk has its four entries and two dependencies; the server stays at twelve dependencies. */
export const packagesStaySmall: Rule = (tree) => {
  const sdk = JSON.parse(tree.get("sdk/package.json") ?? "{}");
  const server = JSON.parse(tree.get("server/package.json") ?? "{}");
  const count = Object.keys(server.dependencies ?? {}).length;
  return [
    ...differing("sdk/package.json", "entries", Object.keys(sdk.exports ?? {}), sdkEntries),
    ...differing("sdk/package.json", "dependencies", Object.keys(sdk.dependencies ?? {}), sdkDependencies),
    ...(count > serverDependencyLimit
      ? [`server/package.json: ${count} dependencies, the limit is ${serverDependencyLimit}`]
      : []),
  ];
};

function differing(path: string, what: string, found: readonly string[], wanted: readonly string[]): string[] {
  const have = [...found].sort().join(", ");
  return have === wanted.join(", ") ? [] : [`${path}: ${what} are ${have}, and should be ${wanted.join(", ")}`];
}

/** Each function that core exports is named by some test. */
export const coreIsTested: Rule = (tree) => {
  const tests = [...tree].filter(([path]) => isTest(path)).map(([, text]) => text);
  const isNamed = (name: string) => tests.some((text) => new RegExp(`\\b${name}\\b`).test(text));
  return [...tree]
    .filter(([path]) => path.startsWith("server/src/core/") && isSource(path) && !isTest(path))
    .flatMap(([path, text]) =>
      exportedFunctions(text)
        .filter((name) => !isNamed(name))
        .map((name) => `${path}: no test names ${name}`),
    );
};

function exportedFunctions(text: string): string[] {
  const declared =
    /^export\s+(?:async\s+)?function\*?\s+(\w+)|^export\s+const\s+(\w+)[^=\n]*=\s*(?:async\s*)?\([^\n]*=>/gm;
  return Array.from(mask(text).matchAll(declared), (match) => match[1] ?? match[2] ?? "");
}

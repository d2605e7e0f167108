// Who may import what: the table of ARCHITECTURE.md as data, and the rules that hold every file to it.
import { type Import, importsOf } from "./imports.ts";
import { isTest, type Rule, type Tree } from "./tree.ts";

type Wall = {
  readonly area: string;
  /** The files the row is for; the first row that fits a file counts. Groups are named in `own` as $1, $2. */
  readonly files: RegExp;
  /** Paths of the repository the area may import, besides what `own` says. */
  readonly own: readonly string[];
  /** Packages and entries of the sdk it may import. */
  readonly packages: readonly RegExp[];
  /** The same, where only types are taken. */
  readonly types?: { readonly own?: readonly string[]; readonly packages?: readonly RegExp[] };
  /** The package.json whose dependencies it may import. */
  readonly manifest?: string;
};

const sdk = /^@homarus\/sdk$/;
const client = /^@homarus\/sdk\/client$/;
const html = /^@homarus\/sdk\/html$/;
const markdown = /^@homarus\/sdk\/markdown$/;
const testing = /^@homarus\/sdk\/testing$/;
const valibot = /^valibot$/;
const node = /^node:/;
const bun = /^bun(:.*)?$/;

/** Ordered from the particular to the general. Folders end with a slash. */
export const walls: readonly Wall[] = [
  // Pages are read by one reader, for every tool that reads them (ADR 36).
  {
    area: "sdk/src/html",
    files: /^sdk\/src\/html\//,
    own: ["sdk/src/html/", "sdk/src/character-references.ts", "sdk/src/errors.ts", "sdk/src/context.ts"],
    packages: [],
  },
  { area: "sdk/src/markdown", files: /^sdk\/src\/markdown\//, own: ["sdk/src/"], packages: [valibot, /^marked$/] },
  { area: "sdk/src/testing", files: /^sdk\/src\/testing\//, own: ["sdk/src/"], packages: [valibot] },
  {
    area: "sdk",
    files: /^sdk\/src\/(?:([^/]+)\/)?/,
    own: ["sdk/src/", "!sdk/src/html/", "!sdk/src/markdown/", "!sdk/src/testing/"],
    packages: [valibot],
  },
  { area: "core", files: /^server\/src\/core\/[^/]+$/, own: ["server/src/core/"], packages: [sdk] },
  // The stations' glue: the second half of core/line.ts, cut off so that each file tells one story.
  { area: "core/line", files: /^server\/src\/core\/line\//, own: ["server/src/core/"], packages: [sdk] },
  { area: "a room of core", files: /^server\/src\/core\/([^/]+)\//, own: ["server/src/core/$1/"], packages: [sdk] },
  // What is a public address is known in one place, whoever goes out (ADR 33).
  {
    area: "host/egress",
    files: /^server\/src\/host\/egress\//,
    own: ["server/src/host/egress/", "server/src/host/net/addresses.ts"],
    packages: [sdk, node],
    manifest: "server/package.json",
  },
  {
    area: "a room of host",
    files: /^server\/src\/host\/([^/]+?)(?:\.test)?(?:\.tsx?)?(?:\/|$)/,
    own: [
      "server/src/host/$1/",
      "server/src/host/$1.ts",
      "server/src/host/log",
      "server/src/host/files",
      "server/src/host/whole-file.ts",
    ],
    packages: [sdk, node, bun],
    manifest: "server/package.json",
  },
  // The Model Context Protocol comes with its library; no other door needs one.
  {
    area: "gateway/mcp",
    files: /^server\/src\/gateway\/mcp\//,
    own: ["server/src/gateway/"],
    packages: [sdk, client, /^@modelcontextprotocol\/server(\/stdio)?$/],
    types: { own: ["server/src/core/"] },
  },
  {
    area: "gateway",
    files: /^server\/src\/gateway\//,
    own: ["server/src/gateway/"],
    packages: [sdk, client, node, /^hono(\/.*)?$/],
    types: { own: ["server/src/core/"] },
  },
  {
    area: "boot",
    files: /^server\/src\/boot(\.ts$|\/)/,
    own: ["server/src/", "!server/src/cli/", "server/generated/"],
    packages: [sdk, client, markdown, node],
  },
  // The editors' protocol comes with its library; no other part of the command line needs one.
  {
    area: "cli/acp",
    files: /^server\/src\/cli\/acp\//,
    own: ["server/src/cli/", "server/src/boot/"],
    packages: [client, node, /^@agentclientprotocol\/sdk$/],
    types: { packages: [sdk] },
  },
  {
    area: "cli",
    files: /^server\/src\/cli\//,
    own: ["server/src/cli/", "server/src/boot/", "server/package.json"],
    packages: [client, node],
    types: { packages: [sdk] },
  },
  {
    area: "server",
    files: /^server\//,
    own: ["server/"],
    packages: [sdk, client, markdown, node],
    manifest: "server/package.json",
  },
  { area: "a manifest", files: /^(extensions\/[^/]+\/[^/]+)\/manifest\.ts$/, own: ["$1/*.json"], packages: [sdk] },
  {
    area: "an extension",
    files: /^(extensions\/[^/]+\/[^/]+)\//,
    own: ["$1/"],
    packages: [sdk, html, markdown, node],
    manifest: "$1/package.json",
  },
  { area: "web", files: /^web\/src\//, own: ["web/src/"], packages: [client], manifest: "web/package.json" },
  { area: "web's build", files: /^web\//, own: ["web/"], packages: [node], manifest: "web/package.json" },
  { area: "outside", files: /^(tests|tools|bench)\//, own: [""], packages: [/./] },
];

/** What a test may import besides what the file beside it may: the runner, the fakes, and the tools of the root. */
const forTests = [testing, sdk, node, bun];

/** Every TypeScript file stands in an area, and imports only what its area may. */
export const importsKeepToTheirWalls: Rule = (tree) =>
  importsOf(tree)
    .filter((found) => found.specifier !== undefined && !isAllowed(found, tree))
    .map(
      (found) =>
        `${found.from}:${found.line}: ${wallOf(found.from)?.area ?? "no area"} may not import "${found.specifier}"`,
    );

function wallOf(path: string): Wall | undefined {
  return walls.find((wall) => wall.files.test(path));
}

function isAllowed(found: Import, tree: Tree): boolean {
  const wall = wallOf(found.from);
  if (!wall) return false;
  const specifier = found.specifier ?? "";
  const names = [...wall.packages, ...(found.isType ? (wall.types?.packages ?? []) : [])];
  if (names.some((name) => name.test(specifier))) return true;
  if (isTest(found.from) && forTests.some((name) => name.test(specifier))) return true;
  if (!specifier.startsWith(".")) return dependencies(found.from, wall, tree).has(packageName(specifier));
  const own = [...wall.own, ...(found.isType ? (wall.types?.own ?? []) : []), ...floorForTests(found.from, tree)];
  return covers(
    own.map((pattern) => fill(pattern, found.from, wall)),
    found.to ?? "",
  );
}

/** A test may reach the whole floor its file stands on: it introduces neighbours to each other. */
function floorForTests(path: string, tree: Tree): string[] {
  if (!isTest(path)) return [];
  const folder = /^(?:sdk\/src|server\/src\/(?:core|host|gateway|cli)|extensions\/[^/]+\/[^/]+)\//.exec(path)?.[0];
  if (!folder) return [];
  // The gateway is tested over the real listener of the machine, a sandbox and a toolset with what really starts programs
  // (ADR 32, 39), the config against the schema that ships.
  const more =
    folder === "server/src/gateway/"
      ? ["server/src/host/net/"]
      : /^extensions\/(sandboxes|toolsets)\//.test(folder)
        ? ["server/src/host/process/", "server/src/host/clock.ts"]
        : [];
  return [
    folder,
    ...adapterOf(folder, tree),
    ...more,
    ...(folder === "server/src/host/" ? ["server/generated/catalog.json"] : []),
  ];
}

/** A provider or a sandbox that is data alone is tested with the code that serves it. */
function adapterOf(folder: string, tree: Tree): string[] {
  const adapter = /^ {2}adapter: "([a-z0-9-]+)"/m.exec(tree.get(`${folder}manifest.ts`) ?? "")?.[1];
  return adapter ? [folder.replace(/[^/]+\/$/, `${adapter}/`)] : [];
}

/** The last pattern that fits decides; one that begins with `!` takes back. */
function covers(patterns: readonly string[], path: string): boolean {
  const deciding = patterns.findLast((pattern) => fits(pattern.replace(/^!/, ""), path));
  return deciding !== undefined && !deciding.startsWith("!");
}

function fits(pattern: string, path: string): boolean {
  const [before, after] = pattern.split("*");
  return after === undefined ? path.startsWith(pattern) : path.startsWith(before ?? "") && path.endsWith(after);
}

function fill(pattern: string, path: string, wall: Wall): string {
  const groups = wall.files.exec(path) ?? [];
  return pattern.replace(/\$(\d)/g, (_, digit) => groups[Number(digit)] ?? "");
}

function packageName(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

/** The names in the area's own package.json, save the packages of this house; for tests also the root's tools. */
function dependencies(path: string, wall: Wall, tree: Tree): Set<string> {
  const manifests = [wall.manifest && fill(wall.manifest, path, wall), isTest(path) ? "package.json" : undefined];
  const names = manifests.flatMap((file) => dependencyNames(tree.get(file ?? "")));
  return new Set(names.filter((name) => !name.startsWith("@homarus/") && name !== "homarus"));
}

function dependencyNames(text: string | undefined): string[] {
  const content = JSON.parse(text ?? "{}");
  return Object.keys({ ...content.dependencies, ...content.peerDependencies, ...content.devDependencies });
}

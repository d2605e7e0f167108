// What a newcomer reads and runs is true.
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CatalogEntry } from "@homarus/sdk";
import catalog from "../../server/generated/catalog.json" with { type: "json" };
import { commands } from "../../server/src/cli/commands.ts";
import { builtBinary } from "./fakes/house-process.ts";

const root = join(import.meta.dir, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

describe("the README", () => {
  const text = read("README.md");

  test("[V01] names scripts and commands that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    for (const [, name = ""] of text.matchAll(/npm run ([\w:]+)/g)) expect(Object.keys(scripts)).toContain(name);
    const names = commands.map((command) => command.name);
    const used = [...text.matchAll(/npx homarus (\w+)/g)].map(([, name = ""]) => name);
    expect(used.length).toBeGreaterThan(3);
    for (const name of used) expect(names).toContain(name);
  });

  test("[V01] links to files that exist", () => {
    for (const [, link = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
      expect({ link, exists: existsSync(join(root, link)) }).toEqual({ link, exists: true });
  });
});

test("[N08] .env.example names every variable that is read, and no other", () => {
  const entries = catalog.entries as unknown as readonly CatalogEntry[];
  const fromManifests = entries.flatMap((entry) =>
    entry.kind === "provider" ? Object.values(entry.environment).flat() : [],
  );
  const own = [
    "HOMARUS_HOME",
    "HOMARUS_CONFIG",
    "HOMARUS_LOG",
    "LLM_PROVIDER",
    "LLM_MODEL",
    "LLM_API_KEY",
    "LLM_BASE_URL",
  ];
  const named = [...read(".env.example").matchAll(/^#? ?([A-Z][A-Z0-9_]+)=/gm)].map(([, name = ""]) => name);
  expect([...new Set(named)].sort()).toEqual([...new Set([...fromManifests, ...own])].sort());
});

test("the gate runs the static checks and all tests", () => {
  const gate = read(".ci/run");
  expect(gate).toContain("npm run check");
  expect(gate).toContain("npm test");
});

test("[T44] the linter has nothing to say", () => {
  const { exitCode, stdout } = Bun.spawnSync(
    [join(root, "node_modules/.bin/biome"), "check", "--error-on-warnings", "."],
    { cwd: root },
  );
  expect({ exitCode, said: exitCode === 0 ? "" : stdout.toString().slice(-2_000) }).toEqual({ exitCode: 0, said: "" });
});

test("[T42] the benchmark prints JSON lines, a reference loop first; without a binary it says how to build one", async () => {
  const bench = (...args: string[]) => {
    const child = Bun.spawnSync([process.execPath, join(root, "bench/run.ts"), ...args], { cwd: root });
    return { code: child.exitCode, out: child.stdout.toString(), error: child.stderr.toString() };
  };
  const { out } = bench("--binary", await builtBinary(), "reference", "size");
  const figures = out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(figures[0].name).toBe("reference-loop");
  expect(figures.length).toBeGreaterThan(1);
  for (const figure of figures) expect(figure).toMatchObject({ value: expect.any(Number), unit: expect.any(String) });
  const missing = bench("--binary", "/nowhere/homarus", "reference");
  expect(missing).toMatchObject({ code: 1, out: "" });
  expect(missing.error).toContain("npm run build:binary");
}, 60_000);

test("decisions are short and numbered without a gap", () => {
  const names = readdirSync(join(root, "docs/adr")).sort();
  expect(names.map((name) => Number(name.slice(0, 4)))).toEqual(names.map((_, index) => index + 1));
  for (const name of names) expect(read(`docs/adr/${name}`).split("\n").length).toBeLessThan(60);
});

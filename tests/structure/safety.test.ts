// What the security page promises is there: each test that it names stands where it says, with the ids it says; and what is
// installed is pinned, and runs nothing while it is installed.
import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Glob } from "bun";

const root = join(import.meta.dir, "..", "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Boundary {
  readonly name: string;
  readonly files: readonly string[];
  readonly ids: readonly string[];
}

/** Rows of the table of boundaries: their last cell names files and ids. */
function boundaries(page: string): Boundary[] {
  const table = page.slice(page.indexOf("## Boundaries"));
  return [...table.matchAll(/^\| ([^|]+) \|.*\| ([^|]+) \|$/gm)].slice(1).map(([, name = "", shown = ""]) => ({
    name: name.trim(),
    files: [...shown.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
    ids: [...shown.matchAll(/\[([A-Z]\d\d)\]/g)].map(([, id = ""]) => id),
  }));
}

function placesOf(file: string): string[] {
  const patterns = [file, `server/src/${file}`];
  return patterns.flatMap((pattern) => [...new Glob(pattern).scanSync({ cwd: root })]);
}

test("[L33] each boundary of the security page names tests that are there and bear the ids it names", () => {
  const rows = boundaries(read("docs/security.md"));
  expect(rows.length).toBeGreaterThan(12);
  const wrong = rows.flatMap(({ name, files, ids }) => {
    const places = files.flatMap(placesOf);
    const text = places.map(read).join("\n");
    return [
      ...(files.length === 0 ? [`${name} names no test`] : []),
      ...files.filter((file) => placesOf(file).length === 0).map((file) => `${name}: ${file} is not there`),
      ...ids.filter((id) => !text.includes(`[${id}]`)).map((id) => `${name}: no test there is called [${id}]`),
    ];
  });
  expect(wrong).toEqual([]);
});

test("[L20] every dependency is pinned, few are direct, and the lock knows no other place than the registry", () => {
  const places = [
    "package.json",
    "sdk/package.json",
    "server/package.json",
    "web/package.json",
    "extensions/*/*/package.json",
  ];
  const packages = places.flatMap((place) => [...new Glob(place).scanSync({ cwd: root })]);
  expect(packages.length).toBeGreaterThan(5);
  const loose = packages.flatMap((path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path)) as Record<
      string,
      Record<string, string>
    >;
    return Object.entries({ ...dependencies, ...devDependencies })
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))
      .map(([name, version]) => `${path}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
  const own = (path: string) => Object.keys((JSON.parse(read(path)) as { dependencies: object }).dependencies).length;
  expect([own("server/package.json") <= 12, own("sdk/package.json") <= 2]).toEqual([true, true]);
  const lock = JSON.parse(read("package-lock.json")) as {
    packages: Record<string, { version?: string; link?: boolean; resolved?: string }>;
  };
  const strange = Object.entries(lock.packages).filter(
    ([name, { resolved = "" }]) => name !== "" && /^(?:git|file|https?):/.test(resolved),
  );
  expect(strange.map(([name]) => name)).toEqual([]);
  for (const setting of ["ignore-scripts=true", "min-release-age=3"]) expect(read(".npmrc")).toContain(setting);
  expect(existsSync(join(root, "package-lock.json"))).toBe(true);
});

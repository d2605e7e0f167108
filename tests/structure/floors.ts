// The two shapes that no import may make: an arrow up to a higher floor, and a circle of files.
import { type Import, importsOf } from "./imports.ts";
import { isOutsideTheHouse, type Rule, type Tree } from "./tree.ts";

/** Floors of the house, most particular first. What stands outside (tests, tools, bench) is above all of them. */
const floors: readonly (readonly [folder: string, floor: number])[] = [
  ["sdk/", 0],
  ["server/src/core/", 1],
  ["server/src/host/", 1],
  ["extensions/", 1],
  ["web/", 1],
  ["server/src/gateway/", 2],
  ["server/src/boot.ts", 3],
  ["server/src/boot/", 3],
  ["server/generated/", 3],
  ["server/", 4],
];
const roof = 5;

function floorOf(path: string): number {
  if (isOutsideTheHouse(path)) return roof;
  return floors.find(([folder]) => path.startsWith(folder))?.[1] ?? roof;
}

/** No file imports from a higher floor. */
export const arrowsPointDown: Rule = (tree) =>
  importsOf(tree)
    .filter((found) => found.to !== undefined && floorOf(found.to) > floorOf(found.from))
    .map((found) => `${found.from}:${found.line}: floor ${floorOf(found.from)} imports ${found.to}, which is higher`);

/** No file reaches itself over imports, those of types among them. Each circle is told once, from its first file. */
export const noCircles: Rule = (tree) =>
  circlesIn(edgesOf(tree)).map((circle) => `${circle[0]}: a circle: ${[...circle, circle[0]].join(" -> ")}`);

function edgesOf(tree: Tree): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  const inside = importsOf(tree).filter((found): found is Import & { to: string } => tree.has(found.to ?? ""));
  for (const { from, to } of inside) edges.set(from, [...(edges.get(from) ?? []), to]);
  return edges;
}

/** Depth-first: a file met again while it is still on the path closes a circle. */
function circlesIn(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles = new Map<string, string[]>();
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): void => {
    const since = path.indexOf(file);
    if (since >= 0) {
      const circle = fromFirst(path.slice(since));
      circles.set(circle.join("\n"), circle);
    }
    if (since >= 0 || done.has(file)) return;
    path.push(file);
    for (const next of edges.get(file) ?? []) visit(next);
    path.pop();
    done.add(file);
  };
  for (const file of edges.keys()) visit(file);
  return [...circles.values()];
}

/** The same circle, begun at the file that comes first in the alphabet. */
function fromFirst(circle: readonly string[]): string[] {
  const first = circle.indexOf([...circle].sort()[0] ?? "");
  return [...circle.slice(first), ...circle.slice(0, first)];
}

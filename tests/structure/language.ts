// Ways of writing that are allowed in some places only: Bun's own names, loading at run time, `any`, loose state.
import { importsOf } from "./imports.ts";
import { mask } from "./mask.ts";
import { isOutsideTheHouse, isSource, type Rule, type Tree } from "./tree.ts";

/** The tables that load code when it is used. Everywhere else imports stand at the top. */
const loaders: readonly string[] = [
  "server/src/host/extensions/load.ts",
  "server/src/cli/commands.ts",
  "server/src/gateway/doors.ts",
  "server/src/gateway/methods/table.ts",
  "server/src/boot/lazy.ts",
];

/** Only the listed tables load code while running. */
export const onlyTablesLoadCode: Rule = (tree) =>
  importsOf(tree)
    .filter(
      (found) => found.isDynamic && !found.isType && !loaders.includes(found.from) && !isOutsideTheHouse(found.from),
    )
    .map((found) => `${found.from}:${found.line}: loads ${found.specifier ?? "a computed module"} while running`);

/** `Bun` and `bun:` stay in server/src/host and outside the house, so that another runtime stays possible. */
export const bunStaysInTheHost: Rule = (tree) => {
  const isHost = (path: string) =>
    path.startsWith("server/src/host/") || path.includes("/testing/") || isOutsideTheHouse(path);
  const imported = importsOf(tree)
    .filter((found) => !isHost(found.from) && /^bun(:|$)/.test(found.specifier ?? ""))
    .map((found) => `${found.from}:${found.line}: imports ${found.specifier}`);
  return [...imported, ...places(tree, /(?<![.\w$])Bun\b(?=\s*[.[?;),])|globalThis\.Bun\b/g, "uses Bun", isHost)];
};

/** No `any` outside tests: at a border the type is `unknown`, and then it is checked. */
export const nothingIsAny: Rule = (tree) =>
  places(tree, /(?:[:<|&=]|\bas|\bis|=>|,)\s*any\b(?=\s*(?:[;,)>\]}=|&[{]|$))/gm, "says any", isOutsideTheHouse);

/** No variable of a module can change. */
export const modulesHoldNoState: Rule = (tree) =>
  places(tree, /^(?:export\s+)?(?:let|var)\s/gm, "holds state in the module", isOutsideTheHouse);

function places(tree: Tree, pattern: RegExp, says: string, isFree: (path: string) => boolean): string[] {
  return [...tree]
    .filter(([path]) => isSource(path) && !isFree(path))
    .flatMap(([path, text]) => {
      const code = mask(text);
      return Array.from(
        code.matchAll(pattern),
        ({ index }) => `${path}:${code.slice(0, index).split("\n").length}: ${says}`,
      );
    });
}

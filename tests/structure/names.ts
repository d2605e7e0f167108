// How files and folders are called: whole words in kebab case, and none of the words that say nothing.
import { isSource, type Rule } from "./tree.ts";

const emptyWords = new Set([
  ...["utils", "util", "helpers", "helper", "manager", "service", "impl", "common", "shared", "misc", "base", "legacy"],
]);

/** Names that another party fixed, with who it was. */
const fixedByOthers: ReadonlyMap<string, string> = new Map([
  ["service-worker.ts", "the web platform's own word"],
  ["homarus.service", "systemd's file type"],
]);

/** No file or folder bears a word that says nothing of what is inside. */
export const namesSayWhatIsInside: Rule = (tree) =>
  [...tree.keys()].flatMap((path) =>
    path
      .split("/")
      .filter((name) => !fixedByOthers.has(name))
      .flatMap((name) => name.toLowerCase().split(/[-._]/))
      .filter((word) => emptyWords.has(word))
      .map((word) => `${path}: "${word}" says nothing`),
  );

/** Source files, and the folders they stand in, are in kebab case. */
export const namesAreKebabCase: Rule = (tree) =>
  [...tree.keys()]
    // A tool's folder bears the name that models call, and those are written with underscores.
    .map((path) =>
      path.replace(
        /^extensions\/tools\/([a-z0-9_]+)\//,
        (_, id: string) => `extensions/tools/${id.replaceAll("_", "-")}/`,
      ),
    )
    .filter((path) => isSource(path) && !path.split("/").every((name) => /^\.?[a-z0-9]+([-.][a-z0-9]+)*$/.test(name)))
    .map((path) => `${path}: not in kebab case`);

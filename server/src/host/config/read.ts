// From the file to plain data: JSON with comments, `$include`, `${NAME}` from the environment. Nothing is checked here.
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative } from "node:path";
import { Fault, type Json } from "@homarus/sdk";
import JSON5 from "json5";

export interface ConfigFile {
  readonly path: string;
  readonly exists: boolean;
  readonly raw: string;
  /** Included files in the order they were met; they are watched too. */
  readonly files: readonly string[];
  /** As written, before substitution. */
  readonly parsed: Json;
  /** With includes filled in, before substitution. */
  readonly included: Json;
  /** With includes and the environment's values filled in. */
  readonly substituted: Json;
  /** SHA-256 of the file, hexadecimal. */
  readonly hash: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const deepest = 10;
const deepestNesting = 200;

/** Brackets open at once, at most; those within texts count too, which harms nobody. */
function depthOf(raw: string): number {
  let [depth, most] = [0, 0];
  for (const character of raw) {
    if (character === "{" || character === "[") most = Math.max(most, ++depth);
    if (character === "}" || character === "]") depth -= 1;
  }
  return most;
}

/** Reads the file and what it includes. A missing file is an empty config. Throws a `config` Fault with path and line. */
export function readConfig(path: string, environment: Environment): ConfigFile {
  const raw = readText(path);
  return parseConfig({ path, raw: raw ?? "", exists: raw !== undefined }, environment);
}

export function parseConfig(
  source: { readonly path: string; readonly raw: string; readonly exists: boolean },
  environment: Environment,
): ConfigFile {
  const { path, raw, exists } = source;
  const files = [path];
  const parsed = raw.trim() === "" ? {} : parse(raw, path);
  const included = include(parsed, { path, root: dirname(path), depth: 0, files, trail: [path] });
  const substituted = substitute(included, environment, "");
  return {
    path,
    exists,
    raw,
    files,
    parsed,
    included,
    substituted,
    hash: new Bun.CryptoHasher("sha256").update(raw).digest("hex"),
  };
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Fault(
      "config",
      "config.unreadable",
      `The config file ${path} cannot be read: ${(cause as Error).message}.`,
      {
        cause,
        hint: "Check that it is a file this user may read.",
      },
    );
  }
}

function parse(raw: string, path: string): Json {
  if (depthOf(raw) > deepestNesting) {
    throw new Fault(
      "config",
      "config.nesting",
      `The config file ${path} is nested deeper than ${deepestNesting} levels.`,
    );
  }
  try {
    return JSON5.parse(raw);
  } catch (cause) {
    const text = (cause as Error).message.replace(/^JSON5: /, "");
    throw new Fault("config", "config.syntax", `The config file ${path} is not valid: ${text}.`, {
      cause,
      hint: "It is JSON with comments. Mend that place; until then the settings that were good last stay in force.",
    });
  }
}

interface Including {
  readonly path: string;
  readonly root: string;
  readonly depth: number;
  readonly files: string[];
  readonly trail: readonly string[];
}

/** `{ "$include": "other.json" }` or a list of names; keys beside it win over what is included. */
function include(value: Json, at: Including): Json {
  if (Array.isArray(value)) return value.map((item) => include(item, at));
  if (!isRecord(value)) return value;
  const { $include: names, ...own } = value;
  const kept = Object.fromEntries(Object.entries(own).map(([key, item]) => [key, include(item, at)]));
  if (names === undefined) return kept;
  const list = Array.isArray(names) ? names : [names];
  return list.reduceRight<Json>((merged, name) => mergeConfig(includeFile(name, at), merged), kept);
}

function includeFile(name: Json, at: Including): Json {
  if (typeof name !== "string")
    throw new Fault("config", "config.include", `$include in ${at.path} must be a file name or a list of them.`);
  const path = isAbsolute(name) ? name : join(dirname(at.path), name);
  if (relative(at.root, path).startsWith("..")) {
    throw new Fault("config", "config.include", `$include "${name}" leaves the folder of the config file.`, {
      hint: "Put included files beside or below it.",
    });
  }
  if (at.trail.includes(path))
    throw new Fault("config", "config.include", `$include "${name}" in ${at.path} goes round in a circle.`);
  if (at.depth >= deepest)
    throw new Fault("config", "config.include", `$include is nested deeper than ${deepest} files at ${at.path}.`);
  const raw = readText(path);
  if (raw === undefined) throw new Fault("config", "config.include", `The included file ${path} does not exist.`);
  at.files.push(path);
  return include(parse(raw, path), { ...at, path, depth: at.depth + 1, trail: [...at.trail, path] });
}

/** Objects are merged key by key, anything else of `over` replaces what `under` has. */
export function mergeConfig(under: Json, over: Json): Json {
  if (!isRecord(under) || !isRecord(over)) return over;
  const merged: Record<string, Json> = { ...under };
  for (const [key, value] of Object.entries(over)) {
    const before = merged[key];
    merged[key] = before === undefined ? value : mergeConfig(before, value);
  }
  return merged;
}

/** `${NAME}` in any text; `$${NAME}` stands for itself. */
function substitute(value: Json, environment: Environment, path: string): Json {
  if (typeof value === "string") {
    return value.replace(/(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (whole, isEscaped: string, name: string) => {
      if (isEscaped) return whole.slice(1);
      const found = environment[name];
      if (found !== undefined) return found;
      throw new Fault(
        "config",
        "config.environment",
        `${path || "The config"} needs the environment variable ${name}, which is not set.`,
        {
          hint: `Set ${name} before starting, or write the value another way.`,
        },
      );
    });
  }
  if (Array.isArray(value)) return value.map((item, index) => substitute(item, environment, `${path}[${index}]`));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, substitute(item, environment, path ? `${path}.${key}` : key)]),
  );
}

export function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

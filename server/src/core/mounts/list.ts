// The owner's list of what may be mounted, read strictly: a list that is not wholly understood allows nothing.

export interface MountList {
  readonly allowedRoots: readonly AllowedRoot[];
  /** Beside those that are always blocked; `*` stands for any characters of one name. */
  readonly blockedPatterns: readonly string[];
  /** Sessions other than an agent's main one get everything read-only. */
  readonly nonMainReadOnly: boolean;
}

export interface AllowedRoot {
  readonly path: string;
  readonly allowReadWrite: boolean;
  readonly description?: string;
}

export type ListReading =
  | { readonly type: "list"; readonly list: MountList }
  | { readonly type: "trouble"; readonly text: string };

type Row = Readonly<Record<string, unknown>>;

/** Takes the file's text. */
export function parseMountList(text: string): ListReading {
  const content = parsed(text);
  if (!isRow(content)) return trouble("it is not a JSON object");
  const odd = oddKey(content, ["allowedRoots", "blockedPatterns", "nonMainReadOnly", "$schema"]);
  if (odd !== undefined) return trouble(`it has the unknown field ${JSON.stringify(odd)}`);
  const { allowedRoots, blockedPatterns = [], nonMainReadOnly = true } = content;
  if (!Array.isArray(allowedRoots)) return trouble("`allowedRoots` is not a list");
  if (!isTexts(blockedPatterns)) return trouble("`blockedPatterns` is not a list of names");
  if (typeof nonMainReadOnly !== "boolean") return trouble("`nonMainReadOnly` is neither true nor false");
  const roots: AllowedRoot[] = [];
  for (const item of allowedRoots) {
    const root = rootOf(item);
    if (typeof root === "string") return trouble(root);
    roots.push(root);
  }
  return { type: "list", list: { allowedRoots: roots, blockedPatterns, nonMainReadOnly } };
}

function rootOf(item: unknown): AllowedRoot | string {
  if (!isRow(item)) return "an entry of `allowedRoots` is not an object";
  const odd = oddKey(item, ["path", "allowReadWrite", "description"]);
  if (odd !== undefined) return `an entry of \`allowedRoots\` has the unknown field ${JSON.stringify(odd)}`;
  const { path, allowReadWrite = false, description } = item;
  if (typeof path !== "string" || !/^\/[^\0]*[^/\0]/.test(path) || path.split("/").includes(".."))
    return "a `path` in `allowedRoots` is not an absolute path below /";
  if (typeof allowReadWrite !== "boolean") return "`allowReadWrite` is neither true nor false";
  if (description !== undefined && typeof description !== "string") return "a `description` is not a text";
  return { path, allowReadWrite, ...(description !== undefined && { description }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What it is instead does not matter: it is no list.
    return undefined;
  }
}

function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string" && item !== "");
}

function oddKey(row: Row, known: readonly string[]): string | undefined {
  return Object.keys(row).find((key) => !known.includes(key));
}

function trouble(text: string): ListReading {
  return { type: "trouble", text };
}

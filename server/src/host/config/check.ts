// The config against its JSON Schema: all faults at once, each with its path, unknown keys with the nearest known one.
import { type Schema, Validator } from "@cfworker/json-schema";
import type { Json, JsonSchema } from "@homarus/sdk";

export interface ConfigIssue {
  /** Dotted path; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

interface Node {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly Json[];
  readonly default?: Json;
}

type Fields = Record<string, Json>;
const isFields = (value: Json | undefined): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

export function checkConfig(config: Json, schema: JsonSchema): readonly ConfigIssue[] {
  const issues = unknownKeys(config, schema as Node, "");
  const result = new Validator(schema as Schema, "2020-12", false).validate(config);
  if (result.valid) return issues;
  for (const unit of result.errors) {
    if (skipped.has(unit.keyword)) continue;
    const path = pathOf(unit.instanceLocation);
    const message = wording(unit.keyword, unit.error, nodeAt(schema as Node, path));
    if (!issues.some((issue) => issue.path === path && issue.message === message)) issues.push({ path, message });
  }
  return issues;
}

/** Keywords that only repeat what a deeper fault says, or that `unknownKeys` words better. */
const skipped = new Set(["properties", "items", "additionalProperties", "prefixItems", "$ref", "allOf", "false"]);

function pathOf(pointer: string): string {
  return pointer.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent).join(".");
}

function nodeAt(schema: Node, path: string): Node | undefined {
  let node: Node | undefined = schema;
  for (const key of path.split(".").filter(Boolean)) {
    const more: Node | boolean | undefined = node?.additionalProperties;
    node = node?.properties?.[key] ?? (typeof more === "object" ? more : undefined) ?? node?.items;
  }
  return node;
}

function wording(keyword: string, error: string, node: Node | undefined): string {
  if (keyword === "type") return `must be ${article(node?.type)}`;
  if (keyword === "enum") return `must be one of ${node?.enum?.map((item) => JSON.stringify(item)).join(", ")}`;
  if (keyword === "required") return error.replace(/^Instance does not have required property "(.*)"\.$/, 'needs the key "$1"');
  return error.replace(/^(Instance|String|Number|Array) /, "").replace(/\.$/, "");
}

function article(type: Node["type"]): string {
  const names = (Array.isArray(type) ? type : [type]).map((name) => (/^[aeio]/.test(String(name)) ? `an ${name}` : `a ${name}`));
  return names.join(" or ");
}

function unknownKeys(value: Json, node: Node | undefined, path: string): ConfigIssue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unknownKeys(item, node?.items, `${path}.${index}`));
  if (!isFields(value) || !node) return [];
  const known = node.properties ?? {};
  return Object.entries(value).flatMap(([key, item]) => {
    const at = path ? `${path}.${key}` : key;
    const more = node.additionalProperties;
    if (key in known) return unknownKeys(item, known[key], at);
    if (typeof more === "object") return unknownKeys(item, more, at);
    if (more !== false) return [];
    const near = nearest(key, Object.keys(known));
    return [{ path: at, message: near ? `is not a known key; did you mean "${near}"?` : "is not a known key" }];
  });
}

export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const scored = candidates.map((candidate) => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }));
  const best = scored.sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** Levenshtein distance. */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replace = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The config with every default of the schema filled in; what is there stays. */
export function withDefaults(value: Json | undefined, schema: JsonSchema): Json | undefined {
  const node = schema as Node;
  const given = value === undefined ? node.default : value;
  if (Array.isArray(given)) return node.items ? given.map((item) => withDefaults(item, node.items as JsonSchema) as Json) : given;
  if (!isFields(given)) return given;
  const filled: Fields = { ...given };
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const item = withDefaults(given[key], child as JsonSchema);
    if (item !== undefined) filled[key] = item;
  }
  const more = node.additionalProperties;
  if (typeof more !== "object") return filled;
  for (const [key, item] of Object.entries(given)) {
    if (!(key in (node.properties ?? {}))) filled[key] = withDefaults(item, more as JsonSchema) as Json;
  }
  return filled;
}

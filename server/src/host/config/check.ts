// The config against its JSON Schema: all faults at once, each with its path, unknown keys with the nearest known one.
// It knows the keywords that our own schema words make and no others: a general validator costs a resting house 6 MB.
import { type Json, type JsonSchema, nearest } from "@homarus/sdk";

export interface ConfigIssue {
  /** Dotted path; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  /** `description` says what is wrong with a name that does not fit. */
  readonly propertyNames?: { readonly pattern: string; readonly description: string };
  readonly required?: readonly string[];
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly Json[];
  readonly const?: Json;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly default?: Json;
}

type Fields = Record<string, Json>;
const isFields = (value: Json | undefined): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export function checkConfig(config: Json, schema: JsonSchema): readonly ConfigIssue[] {
  return check(config, schema as Node, "");
}

function check(value: Json, node: Node, path: string): ConfigIssue[] {
  const chosen = chosenOption(value, node);
  if (chosen) return check(value, chosen, path);
  const fault = wholeFault(value, node);
  if (fault !== undefined) return [{ path, message: fault }];
  if (typeof value === "number") return bounds(value, node).map((message) => ({ path, message }));
  if (typeof value === "string") return textFaults(value, node).map((message) => ({ path, message }));
  const { items } = node;
  if (Array.isArray(value)) return items ? value.flatMap((item, index) => check(item, items, `${path}.${index}`)) : [];
  return isFields(value) ? checkFields(value, node, path) : [];
}

/**
 * Of several shapes told apart by one word (`adapter`, `type`), the one that bears the value's word: its faults say more
 * than that no shape fits. Where the word is none of theirs, the first stands for all but for that word.
 */
function chosenOption(value: Json, { anyOf }: Node): Node | undefined {
  const [first] = anyOf ?? [];
  const mark = Object.entries(first?.properties ?? {}).find(([, field]) => field.const !== undefined)?.[0];
  if (!anyOf || !first || mark === undefined || !isFields(value)) return undefined;
  const words = anyOf.map((option) => option.properties?.[mark]?.const);
  if (words.includes(undefined)) return undefined;
  const found = anyOf[words.indexOf(value[mark] as Json)];
  if (found) return found;
  return { properties: { [mark]: { enum: words as Json[] } }, required: [mark] };
}

/** What is wrong with a value as a whole: its shape, its kind, its being one of a few. */
function wholeFault(value: Json, { anyOf, const: only, enum: options, type }: Node): string | undefined {
  if (anyOf && !anyOf.some((option) => check(value, option, "").length === 0)) return "has none of the allowed shapes";
  if (only !== undefined && value !== only) return `must be ${JSON.stringify(only)}`;
  if (options && !options.includes(value))
    return `must be one of ${options.map((item) => JSON.stringify(item)).join(", ")}`;
  if (type && !isType(value, type)) return `must be ${/^[aeio]/.test(type) ? "an" : "a"} ${type}`;
  return undefined;
}

function isType(value: Json, type: string): boolean {
  if (type === "integer") return Number.isInteger(value);
  if (type === "array") return Array.isArray(value);
  if (type === "object") return isFields(value);
  if (type === "null") return value === null;
  return typeof value === type;
}

function bounds(value: number, { minimum, maximum }: Node): string[] {
  if (minimum !== undefined && value < minimum) return [`must be ${minimum} or more`];
  return maximum !== undefined && value > maximum ? [`must be ${maximum} or less`] : [];
}

function textFaults(value: string, { minLength, maxLength, pattern, format }: Node): string[] {
  if (minLength !== undefined && value.length < minLength)
    return [minLength === 1 ? "must not be empty" : `must have ${minLength} characters or more`];
  if (maxLength !== undefined && value.length > maxLength) return [`must have ${maxLength} characters or less`];
  if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) return [`must match ${pattern}`];
  return format === "uri" && !URL.canParse(value) ? ["must be an address such as https://host:port/path"] : [];
}

function checkFields(value: Fields, node: Node, path: string): ConfigIssue[] {
  const known = node.properties ?? {};
  const at = (key: string): string => (path ? `${path}.${key}` : key);
  const { propertyNames: names } = node;
  const misnamed = Object.keys(value)
    .filter((key) => names && !new RegExp(names.pattern, "u").test(key))
    .map((key) => ({ path: at(key), message: names?.description ?? "" }));
  const missing = (node.required ?? [])
    .filter((key) => !(key in value))
    .map((key) => ({ path: at(key), message: "is needed and not set" }));
  const inner = Object.entries(value).flatMap(([key, item]) => {
    const more = node.additionalProperties;
    if (Object.hasOwn(known, key)) return check(item, known[key] as Node, at(key));
    if (typeof more === "object") return check(item, more, at(key));
    return more === false ? [{ path: at(key), message: unknownKey(key, Object.keys(known)) }] : [];
  });
  return [...misnamed, ...missing, ...inner];
}

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near ? `is not a known key; did you mean "${near}"?` : "is not a known key";
}

/** The config with every default of the schema filled in; what is there stays. */
export function withDefaults(value: Json | undefined, schema: JsonSchema): Json | undefined {
  const node = schema as Node;
  const given = value === undefined ? node.default : value;
  if (Array.isArray(given))
    return node.items ? given.map((item) => withDefaults(item, node.items as JsonSchema) as Json) : given;
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

// Secrets of a config, found by its schema: masked where it is shown, put back where it is written, named for the log.
import { isSecretReference, type Json, type JsonSchema, mayNameSecret } from "@homarus/sdk";

/** What stands for a secret wherever a config is shown. */
export const maskText = "__HOMARUS_REDACTED__";

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly secret?: boolean;
  /** Given to a program: a path or a plain word among such is no secret. */
  readonly variable?: boolean;
  /** The name of a secret, without more around it. */
  readonly secretName?: boolean;
}

type Change = (value: Json, path: readonly string[], node: Node) => Json;

/** The config with each of its secrets, and whatever stands in the place of one, as `change` has it. */
export function mapSecrets(config: Json, schema: JsonSchema, change: Change): Json {
  return mapped(config, schema as Node, (value, path, node) => (node.secret ? change(value, path, node) : value));
}

/** Each name of a secret that stands where the schema wants nothing but a name. */
export function secretNamesIn(config: Json, schema: JsonSchema): readonly { path: readonly string[]; name: string }[] {
  const found: { path: readonly string[]; name: string }[] = [];
  mapped(config, schema as Node, (value, path, node) => {
    if (node.secretName && typeof value === "string") found.push({ path, name: value });
    return value;
  });
  return found;
}

/** `change` gets each value that is a secret or names one. */
function mapped(value: Json, node: Node | undefined, change: Change, path: readonly string[] = []): Json {
  if (!node) return value;
  // Whichever of the shapes it is: what is a secret in one of them is treated as one.
  if (node.anyOf) return node.anyOf.reduce((left, option) => mapped(left, option, change, path), value);
  if (node.secret || node.secretName) return change(value, path, node);
  if (Array.isArray(value))
    return value.map((item, index) => mapped(item, node.items, change, [...path, String(index)]));
  if (typeof value !== "object" || value === null) return value;
  const more = typeof node.additionalProperties === "object" ? node.additionalProperties : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      mapped(item, node.properties?.[key] ?? more, change, [...path, key]),
    ]),
  );
}

/** `${NAME}` and the name of a secret are not secret, their values are. */
export const isReference = (value: Json): boolean =>
  isSecretReference(value) || (typeof value === "string" && /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/.test(value));

export function maskConfig(config: Json, schema: JsonSchema): Json {
  return mapSecrets(config, schema, (value) => (isReference(value) ? value : maskText));
}

export interface Place {
  /** Numbers are places in lists. */
  readonly path: readonly (string | number)[];
  readonly value: Json;
}

/** Where `config` holds the mask: the path, and what `before` had in its place. */
export function maskedPlaces(config: Json, before: Json, schema: JsonSchema): readonly Place[] {
  const found: Place[] = [];
  mapSecrets(config, schema, (value, path) => {
    const kept = value === maskText ? at(before, path) : undefined;
    if (kept !== undefined) found.push({ path: stepsIn(config, path), value: kept });
    return value;
  });
  return found;
}

/** Where `config` holds a text as `hide` shows what `before` has in its place: it was shown so, and never meant so. */
export function hiddenPlaces(config: Json, before: Json | undefined, hide: (text: string) => string): readonly Place[] {
  if (typeof config === "string") {
    const isShown = typeof before === "string" && config !== before && config === hide(before);
    return isShown ? [{ path: [], value: before }] : [];
  }
  if (typeof config !== "object" || config === null || typeof before !== "object" || before === null) return [];
  return Object.entries(config).flatMap(([key, value]) =>
    hiddenPlaces(value, (before as Record<string, Json>)[key], hide).map((place) => {
      return { ...place, path: [Array.isArray(config) ? Number(key) : key, ...place.path] };
    }),
  );
}

function stepsIn(config: Json, path: readonly string[]): Place["path"] {
  return path.map((key, index) => (Array.isArray(at(config, path.slice(0, index))) ? Number(key) : key));
}

export function secretsOf(config: Json, schema: JsonSchema): readonly string[] {
  const found: string[] = [];
  mapSecrets(config, schema, (value, path, { variable }) => {
    if (typeof value === "string" && !(variable && isPlain(path.at(-1) ?? "", value))) found.push(value);
    return value;
  });
  return found;
}

/** A path, an address without a login in it, a word without digits; and the name speaks of no secret either. */
function isPlain(name: string, value: string): boolean {
  if (mayNameSecret(name)) return false;
  if (/^[a-z][a-z-]{0,30}$/i.test(value) || /^[\d.,:-]{1,12}$/.test(value)) return true;
  if (/^https?:\/\/[\w.-]+(?::\d+)?(?:\/[\w./-]{0,60})?$/i.test(value)) return true;
  return /^~?(?:\/[\w .@-]{1,40}){1,20}\/?$/.test(value) && (value.length < 20 || value.split("/").length > 3);
}

/** Masks secrets in the file's own text, so that comments and order stay as they are. */
export function maskRaw(raw: string, secrets: readonly string[]): string {
  let masked = raw;
  for (const secret of secrets) if (secret.length > 0) masked = masked.replaceAll(secret, maskText);
  return masked;
}

function at(value: Json, path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const key of path)
    here = typeof here === "object" && here !== null ? (here as Record<string, Json>)[key] : undefined;
  return here;
}

// Secrets of a config that stand elsewhere: `{ "secret": "telegram/token" }` wherever the schema has a secret. Filled in
// when the config is put together, and only then: what is written back to the file holds the name.
import { isSecretName, isSecretReference, type Json, type JsonSchema } from "@homarus/sdk";
import type { ConfigIssue } from "./check.ts";
import { mapSecrets, secretNamesIn } from "./mask.ts";

/** The value of a secret; undefined where there is none of that name. Throws where the vault cannot be read. */
export type SecretLookup = (name: string) => string | undefined;

export interface SecretPlace {
  readonly path: readonly string[];
  readonly value: Json;
}

/** Every place of the config that the schema says is secret, and what is written there. */
export function secretPlaces(config: Json, schema: JsonSchema): readonly SecretPlace[] {
  const found = new Map<string, SecretPlace>();
  mapSecrets(config, schema, (value, path) => {
    found.set(path.join("\n"), { path, value });
    return value;
  });
  return [...found.values()];
}

export interface NamedSecret {
  /** Dotted, in the config as a whole. */
  readonly path: string;
  readonly name: string;
  /** Files of which one holds it, where the main file does not. */
  readonly files: readonly string[];
}

/** Where a config names secrets of the vault: in place of a value, or for programs in a sandbox to be given. */
export function namedSecrets(
  { parsed, included, files }: { readonly parsed: Json; readonly included: Json; readonly files: readonly string[] },
  schema: JsonSchema,
): readonly NamedSecret[] {
  const own = new Set(namesIn(parsed, schema).map(({ path, name }) => `${path}\n${name}`));
  return namesIn(included, schema).map(({ path, name }) => {
    return { path, name, files: own.has(`${path}\n${name}`) ? [] : files.slice(1) };
  });
}

function namesIn(config: Json, schema: JsonSchema): readonly { readonly path: string; readonly name: string }[] {
  const places = secretPlaces(config, schema).flatMap(({ path, value }) =>
    isSecretReference(value) ? [{ path: path.join("."), name: value.secret }] : [],
  );
  return [...places, ...secretNamesIn(config, schema).map(({ path, name }) => ({ path: path.join("."), name }))];
}

/** The config with values in place of names; and what of it could not be found. */
export function resolveSecrets(
  config: Json,
  schema: JsonSchema,
  lookup: SecretLookup,
): { readonly config: Json; readonly issues: readonly ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const resolved = mapSecrets(config, schema, (value, path) => {
    if (!isSecretReference(value)) return value;
    const { secret: name } = value;
    const found = isSecretName(name) ? lookup(name) : undefined;
    if (found !== undefined) return found;
    const message = isSecretName(name)
      ? `needs the secret ${name}, which is not in the vault: homarus secrets set ${name}`
      : 'names no secret: write it as { "secret": "telegram/token" }';
    if (!issues.some((issue) => issue.path === path.join("."))) issues.push({ path: path.join("."), message });
    return value;
  });
  return { config: resolved, issues };
}

// Every secret that this process knows, for the redactor and for whoever must not let them out: of the config, of the
// environment, of the vault, of logins, and the house's own keys.
import { join } from "node:path";
import { type CatalogEntry, isSecretVariable, type Json, type KeyValue, mayNameSecret, type Store } from "@homarus/sdk";
import type { KnownSecret } from "../core/redact/redactor.ts";
import type { LiveConfig } from "../host/config/live.ts";
import type { Home } from "../host/files/home.ts";
import { keysIn } from "../host/secrets/keys-in.ts";
import type { Vault } from "../host/secrets/vault.ts";
import { loginOwner } from "./sealed-logins.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface KnownSecretsParts {
  readonly environment: Environment;
  readonly catalog: readonly CatalogEntry[];
  readonly home: Pick<Home, "folder" | "keptToken">;
  readonly vault: Vault;
  readonly config: () => Pick<LiveConfig, "secrets"> | undefined;
}

export interface KnownSecrets {
  /** Collected anew at each call; the same list as long as nothing has changed. */
  all(): readonly KnownSecret[];
  /** Looks for logins in a value of the store. */
  see(space: string, key: string, value: Json | undefined): void;
  /** One that no place keeps, such as the token of a lease. The newest of them are known. */
  learn(name: string, value: string): void;
  /** The store, whose values of extensions and of the gateway are seen as they pass: logins are among them. */
  watched(store: Store): Store;
}

/** `changed` is called when another has become known. */
export function createKnownSecrets(parts: KnownSecretsParts, changed: () => void): KnownSecrets {
  const seen = new Map<string, readonly KnownSecret[]>();
  const learned = new Map<string, KnownSecret>();
  let kept: readonly KnownSecret[] = [];
  const inVault = (): readonly KnownSecret[] => {
    try {
      kept = secretsInVault(parts.vault);
    } catch {
      // Whoever needs a value is told what is wrong with the vault; what was known of it stays known.
    }
    return kept;
  };
  const see = (space: string, key: string, value: Json | undefined): void => {
    const place = `${space} ${key}`;
    const found = isKept(space, key) ? tokensIn(value, key).map((token) => ({ name: place, value: token })) : [];
    const before = seen.get(place) ?? [];
    if (JSON.stringify(before.slice(0, found.length)) === JSON.stringify(found)) return;
    // What was in force until now may still be on its way.
    const earlier = before.filter(({ value }) => !found.some((now) => now.value === value));
    seen.set(place, [...found, ...earlier].slice(0, mostOfOnePlace));
    changed();
  };
  let last: readonly KnownSecret[] = [];
  return {
    all() {
      const found = eachOnce([...ownSecrets(parts), ...inVault(), ...[...seen.values()].flat(), ...learned.values()]);
      if (!isSame(found, last)) last = found;
      return last;
    },
    see,
    learn(name, value) {
      if (learned.get(name)?.value === value) return;
      learned.set(name, { name, value });
      for (const oldest of [...learned.keys()].slice(0, -mostLearned)) learned.delete(oldest);
      changed();
    },
    watched: (store) => ({ ...store, values: (space) => watchedValues(store.values(space), space, see) }),
  };
}

/** The folder, whose token is a secret from the moment that it is made. */
export function watchedHome(home: Home, changed: () => void): Home {
  return {
    ...home,
    token() {
      const isThere = home.keptToken() !== undefined;
      const token = home.token();
      if (!isThere) changed();
      return token;
    },
    newToken() {
      home.newToken();
      changed();
    },
  };
}

const mostOfOnePlace = 12;
const mostLearned = 512;

/** Under each of its names, since rules ask for a secret by its name; `config` alone is none. */
function eachOnce(secrets: readonly KnownSecret[]): readonly KnownSecret[] {
  const named = new Set(secrets.flatMap(({ name, value }) => (name === ofConfig ? [] : [value])));
  const kept = secrets.filter(({ name, value }) => name !== ofConfig || !named.has(value));
  return [...new Map(kept.map((secret) => [`${secret.name}\n${secret.value}`, secret])).values()];
}

function isSame(now: readonly KnownSecret[], before: readonly KnownSecret[]): boolean {
  return (
    now.length === before.length &&
    now.every(({ name, value }, at) => before[at]?.name === name && before[at]?.value === value)
  );
}

const ofConfig = "config";

function watchedValues(
  values: KeyValue,
  space: string,
  see: (space: string, key: string, value: Json | undefined) => void,
): KeyValue {
  if (!space.startsWith("extension/") && space !== "gateway") return values;
  return {
    ...values,
    async get(key) {
      const value = await values.get(key);
      see(space, key, value);
      return value;
    },
    set(key, value) {
      see(space, key, value);
      return values.set(key, value);
    },
  };
}

function isKept(space: string, key: string): boolean {
  return space.startsWith("extension/") || key === "session-key";
}

/** As logins by OAuth name their two tokens. */
const loginNames = /^(access|refresh)$/i;
const shortestToken = 16;
const isTokensName = (name: string): boolean => mayNameSecret(name) || loginNames.test(name);

/** Texts under names of secrets; addresses are none. */
function tokensIn(value: Json | undefined, name: string): readonly string[] {
  if (typeof value === "string")
    return isTokensName(name) && value.length >= shortestToken && !/^https?:|\s/.test(value) ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => tokensIn(item, name));
  return Object.entries(value).flatMap(([key, item]) => tokensIn(item, key));
}

function secretsInVault(vault: Vault): readonly KnownSecret[] {
  return vault.list().flatMap(({ name }) => {
    const value = vault.read(name);
    if (value === undefined) return [];
    if (loginOwner(name) === undefined) return [{ name, value }];
    return tokensIn(JSON.parse(value) as Json, name).map((token) => ({ name, value: token }));
  });
}

function ownSecrets({ config, environment, catalog, home }: KnownSecretsParts): readonly KnownSecret[] {
  const names = new Set(catalog.flatMap(variablesOf));
  const { folder } = home;
  const token = home.keptToken();
  return [
    ...(config()?.secrets() ?? []).map((value) => ({ name: ofConfig, value })),
    ...Object.entries(environment).flatMap(([name, value]) =>
      value !== undefined && bringsSecret(name, value, names) ? [{ name, value }] : [],
    ),
    ...(token === undefined ? [] : [{ name: "gateway token", value: token }]),
    ...["receipts.key", "vault.key"].flatMap((file) =>
      keysIn(join(folder, file)).map((value) => ({ name: file, value })),
    ),
  ];
}

/** What the manifests say may bring a secret. */
function variablesOf(entry: CatalogEntry): readonly string[] {
  const fields: readonly string[] = entry.secrets ?? [];
  const environment = "environment" in entry ? (entry.environment as Readonly<Record<string, readonly string[]>>) : {};
  return fields.flatMap((field) => environment[field] ?? []);
}

/** Keys given by the environment are as secret as those in the file. A number is a limit, not a key. */
function bringsSecret(name: string, value: string, known: ReadonlySet<string>): boolean {
  return known.has(name) || (isSecretVariable(name) && !/^\d+$/.test(value));
}

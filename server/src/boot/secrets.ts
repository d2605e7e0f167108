// Secrets as their owner works with them: the vault, the places of the config that name them, and an audit of each change.
import { type AuditRecord, Fault, isSecretReference, type Json, type Write } from "@homarus/sdk";
import type { ConfigChange } from "../gateway/house.ts";
import type { Moved, SecretWork } from "../gateway/secrets.ts";
import { isReference, mapSecrets } from "../host/config/mask.ts";
import type { NamedSecret } from "../host/config/references.ts";
import { checkSecret, type SecretChange, type Vault } from "../host/secrets/vault.ts";
import { rotate, type SecretGround, takeEffect } from "./rotation.ts";
import { loginOwner } from "./sealed-logins.ts";

export function secretWork(ground: SecretGround): SecretWork {
  const { vault, config, store, clock } = ground;
  const record = (action: string, by: string, detail: Readonly<Record<string, Json>>): Write => {
    const made: AuditRecord = { type: "secret", at: clock.now(), actor: by, action, detail };
    return { type: "audit", record: made };
  };
  const used = (): ReadonlyMap<string, readonly string[]> => usesOf(config.references());
  const change = async (changes: readonly SecretChange[], action: string, by: string): Promise<void> => {
    for (const { name, value } of changes) checkSecret(name, value);
    await store.commit([record(action, by, { names: changes.map(({ name }) => name) })]);
    vault.write(changes);
    takeEffect(ground);
  };
  const keep = (changes: readonly ConfigChange[], by: string, action = "keeps") => {
    const { secrets, edits } = parted(changes, ground);
    return withSecrets(secrets, { vault, write: () => void config.edit(edits, undefined, by), change, by, action });
  };
  return {
    list: async () => {
      const uses = used();
      return vault.list().map((facts) => ({ ...facts, usedBy: loginUse(facts.name) ?? uses.get(facts.name) ?? [] }));
    },
    async set(name, value, { by, isMade = false }) {
      refuseLogin(name);
      await change([{ name, value, isMade }], "sets", by);
    },
    async remove(name, by) {
      refuseLogin(name);
      const places = used().get(name) ?? [];
      if (places.length > 0) throw stillUsed(name, config.references());
      if (!vault.list().some((one) => one.name === name)) return false;
      await change([{ name, value: undefined }], "removes", by);
      return true;
    },
    async forget(beginning, by) {
      const names = vault.list().filter(({ name }) => name.startsWith(beginning) && !used().has(name));
      if (names.length > 0)
        await change(
          names.map(({ name }) => ({ name, value: undefined })),
          "removes",
          by,
        );
    },
    async moveIn(dryRun, by) {
      const found = literals(ground);
      if (!dryRun && found.length > 0)
        await keep(
          found.map(({ path, value }) => ({ path, value })),
          by,
          "imports",
        );
      return found.map(({ path, name }): Moved => ({ path: path.join("."), name }));
    },
    keep: (changes, by) => keep(changes, by),
    rotate: (wish, by) => rotate(wish, ground, (action, detail) => record(action, by, detail)),
  };
}

function loginUse(name: string): readonly string[] | undefined {
  const owner = loginOwner(name);
  return owner === undefined ? undefined : [`the login of ${owner}`];
}

function refuseLogin(name: string): void {
  const owner = loginOwner(name);
  if (owner === undefined) return;
  throw new Fault("invalid", "secret.login", `${name} is no secret of yours but the login of ${owner}.`, {
    hint: `homarus models login ${owner} brings another; homarus models logout ${owner} takes it away.`,
  });
}

/** Name -> dotted paths. */
function usesOf(references: readonly NamedSecret[]): ReadonlyMap<string, readonly string[]> {
  const uses = new Map<string, readonly string[]>();
  for (const { path, name } of references) {
    const known = uses.get(name) ?? [];
    if (!known.includes(path)) uses.set(name, [...known, path]);
  }
  return uses;
}

function stillUsed(name: string, references: readonly NamedSecret[]): Fault {
  const places = references.filter((one) => one.name === name);
  const files = [...new Set(places.flatMap((one) => one.files))];
  return new Fault(
    "invalid",
    "secret.used",
    `The secret ${name} is named by ${usesOf(places).get(name)?.join(", ")} in the config.`,
    {
      hint:
        files.length > 0
          ? `Take that out first; it stands in an included file: ${files.join(", ")}.`
          : "Take that out first: homarus config unset <path>",
    },
  );
}

function literals(ground: SecretGround) {
  return ground.config.places().flatMap(({ path, value }) => {
    const isLiteral = typeof value === "string" && value !== "" && !isReference(value) && !value.includes("${");
    return isLiteral ? [{ path: path.map(step), value, name: freeName(nameOf(path), value, ground.vault) }] : [];
  });
}

/** Texts of digits are places in lists. */
function step(key: string): string | number {
  return /^\d+$/.test(key) ? Number(key) : key;
}

/** `channels.telegram.token` is `telegram/token`. */
function nameOf(path: readonly (string | number)[]): string {
  const [first, ...rest] = path.map(String);
  const words = rest.length > 1 && /^(channels|providers|tools)$/.test(first ?? "") ? rest : [first ?? "", ...rest];
  return words
    .map((word) => word.replace(/[^\w.-]/g, "-").replace(/^[^A-Za-z0-9]+/, "") || "x")
    .join("/")
    .slice(0, 100);
}

/** One that is not taken by another value. */
function freeName(name: string, value: string, vault: Vault): string {
  for (let number = 1; ; number += 1) {
    const wanted = number === 1 ? name : `${name}-${number}`;
    const kept = vault.read(wanted);
    if (kept === undefined || kept === value) return wanted;
  }
}

/** Secrets among the changes, and the changes with their names. What stands in a place already named is put there. */
function parted(
  changes: readonly ConfigChange[],
  ground: SecretGround,
): { readonly secrets: readonly SecretChange[]; readonly edits: readonly ConfigChange[] } {
  const secrets: SecretChange[] = [];
  const known = new Map(ground.config.places().map(({ path, value }) => [path.join("."), value]));
  const edits = changes.map(({ path, value }) => {
    if (value === undefined) return { path, value };
    const whole = path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);
    const named = mapSecrets(listed(whole, path), ground.config.schema, (secret, at) => {
      if (typeof secret !== "string" || secret === "" || isReference(secret) || secret.includes("${")) return secret;
      const before = known.get(at.join("."));
      const name = isSecretReference(before) ? before.secret : freeName(nameOf(at), secret, ground.vault);
      if (!secrets.some((one) => one.name === name)) secrets.push({ name, value: secret });
      return { secret: name };
    });
    return { path, value: at(named, path) };
  });
  return { secrets, edits };
}

/** Numbers in the path are places in lists: the schema is asked with a list there. */
function listed(whole: Json, path: readonly (string | number)[]): Json {
  const [key, ...rest] = path;
  if (key === undefined) return whole;
  const inner = listed((whole as Record<string, Json>)[key] as Json, rest);
  if (typeof key === "string") return { [key]: inner };
  const list: Json[] = new Array<Json>(key + 1).fill(null);
  list[key] = inner;
  return list;
}

function at(value: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((here, key) => (here as Record<string, Json>)[key] as Json, value);
}

interface Keeping<Result> {
  readonly vault: Vault;
  readonly write: () => Result;
  readonly change: (changes: readonly SecretChange[], action: string, by: string) => Promise<void>;
  readonly by: string;
  readonly action: string;
}

/** First the vault, then the file that names what is in it. If the file is refused, the vault is as it was. */
async function withSecrets<Result>(
  secrets: readonly SecretChange[],
  { vault, write, change, by, action }: Keeping<Result>,
): Promise<Result> {
  if (secrets.length === 0) return write();
  const made = new Set(vault.list().flatMap(({ name, isMade }) => (isMade ? [name] : [])));
  const before = secrets.map(({ name }) => ({ name, value: vault.read(name), isMade: made.has(name) }));
  await change(secrets, action, by);
  try {
    return write();
  } catch (thrown) {
    await change(before, "puts back", by);
    throw thrown;
  }
}

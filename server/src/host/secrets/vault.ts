// The vault: named secrets in `vault.json` of the state folder, encrypted. One process writes it, the one that holds the
// folder; others may read it. Nothing is opened or loaded before somebody asks for a value.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Fault, isSecretName, type Secrets } from "@homarus/sdk";
import { readWhole, writeWhole } from "../whole-file.ts";
import {
  isWhole,
  type KeyMark,
  readHead,
  readValues,
  type SealedValue,
  seal,
  unseal,
  version,
  writeVault,
} from "./vault-file.ts";
import { openKeys } from "./vault-key.ts";

export interface SecretFacts {
  readonly name: string;
  /** Unix ms. */
  readonly setAt: number;
  /** The house made the value up. */
  readonly isMade: boolean;
}

export interface SecretChange {
  readonly name: string;
  /** Undefined takes it away. */
  readonly value: string | undefined;
  readonly isMade?: boolean;
}

export interface Vault {
  /** Without reading it. */
  exists(): boolean;
  /** All of these throw a `config` Fault where the vault cannot be opened. */
  read(name: string): string | undefined;
  list(): readonly SecretFacts[];
  /** All of them or none, for good. Throws `invalid` for a bad name or an empty value. */
  write(changes: readonly SecretChange[]): void;
  /** Seals everything with a new key. A crash leaves all readable by the old one or all by the new one. */
  rotateKey(): void;
}

interface Opened {
  readonly mark: KeyMark;
  readonly key: Uint8Array;
  readonly values: ReadonlyMap<string, SealedValue>;
  /** Of the file that was read: another process may have written it since. */
  readonly stamp: string;
}

export interface VaultParts {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
}

export function openVault({ folder, environment, now }: VaultParts): Vault {
  const path = join(folder, "vault.json");
  const keys = openKeys(join(folder, "vault.key"), environment);
  let held: Opened | undefined;
  const opened = (): Opened | undefined => {
    const stamp = stampOf(path);
    if (stamp === undefined) held = undefined;
    else if (held?.stamp !== stamp) held = { ...open(path, keys.candidates), stamp };
    return held;
  };
  const put = (next: Omit<Opened, "stamp">): void => {
    writeWhole(path, writeVault({ key: next.mark, values: next.values }, next.key));
    held = { ...next, stamp: stampOf(path) ?? "" };
    keys.keepOnly(next.mark);
  };
  return {
    exists: () => existsSync(path),
    read(name) {
      const it = opened();
      const sealed = it?.values.get(name);
      return it && sealed && readable(path, () => unseal(name, sealed, it.key));
    },
    list: () =>
      [...(opened()?.values ?? [])].map(([name, { at, made }]) => ({ name, setAt: at, isMade: made === true })),
    write(changes) {
      for (const { name, value } of changes) checkSecret(name, value);
      const { mark, key, values } = opened() ?? { ...keys.make(), values: new Map<string, SealedValue>() };
      const next = new Map(values);
      for (const { name, value, isMade = false } of changes) {
        if (value === undefined) next.delete(name);
        else next.set(name, seal({ name, value, at: now(), made: isMade }, key));
      }
      put({ mark, key, values: sorted(next) });
    },
    rotateKey() {
      const before = opened();
      if (!before) return;
      const { mark, key } = keys.make();
      const values = [...before.values].map(([name, sealed]) => {
        const value = readable(path, () => unseal(name, sealed, before.key));
        return [name, seal({ name, value, at: sealed.at, made: sealed.made === true }, key)] as const;
      });
      put({ mark, key, values: new Map(values) });
    },
  };
}

/** As the port has it. */
export function vaultSecrets(vault: Vault): Secrets {
  return {
    get: async (name) => vault.read(name),
    set: async (name, value) => vault.write([{ name, value }]),
    async remove(name) {
      const isThere = vault.list().some((one) => one.name === name);
      if (isThere) vault.write([{ name, value: undefined }]);
      return isThere;
    },
    names: async () => vault.list().map(({ name }) => name),
  };
}

/** Throws `invalid` for a bad name or an empty value. */
export function checkSecret(name: string, value: string | undefined): void {
  if (!isSecretName(name))
    throw new Fault("invalid", "secret.name", "That is no name of a secret.", {
      hint: "Take letters, digits, dots, lines and underlines, with slashes between: telegram/token.",
    });
  if (value === "") throw new Fault("invalid", "secret.empty", `No value was given for ${name}.`);
}

function sorted(values: ReadonlyMap<string, SealedValue>): ReadonlyMap<string, SealedValue> {
  return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function stampOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.ino} ${found.size} ${found.mtimeMs}`;
}

function open(path: string, candidates: (mark: KeyMark) => readonly Uint8Array[]): Omit<Opened, "stamp"> {
  const text = readWhole(path) ?? "";
  const head = readHead(text);
  if (!head) throw damaged(path, "it is no vault");
  if (head.version !== version)
    throw new Fault("config", "vault.version", `The vault ${path} was written by another version of Homarus.`, {
      hint: "Use the version that wrote it.",
    });
  const { key: mark } = head;
  if (mark?.kind !== "file" && mark?.kind !== "passphrase") throw damaged(path, "it names no key");
  const key = candidates(mark).find((one) => isWhole(text, one));
  if (key) return { mark, key, values: readValues(text) };
  throw damaged(
    path,
    mark.kind === "passphrase" ? "the passphrase is another one, or it was altered" : "it was altered",
  );
}

function readable(path: string, work: () => string): string {
  try {
    return work();
  } catch {
    // What the library says of it is of no use to an owner.
    throw damaged(path, "a value in it was altered");
  }
}

function damaged(path: string, why: string): Fault {
  return new Fault("config", "vault.damaged", `The vault ${path} cannot be trusted: ${why}.`, {
    hint: "Put it back from a copy together with vault.key; or move both away and set the secrets again: homarus secrets set <name>.",
  });
}

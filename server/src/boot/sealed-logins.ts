// Logins of providers stand in the vault. Among a provider's own values is a mark in their place, that says whose the
// login is and holds nothing that opens anything.
import { type Json, type KeyValue, loginKey, type Store } from "@homarus/sdk";
import type { Vault } from "../host/secrets/vault.ts";

const beginning = "login/provider/";
const spaces = "extension/provider/";

/** Undefined for a secret that is no login. `login/provider/x` is the login of `x`. */
export function loginOwner(secret: string): string | undefined {
  return secret.startsWith(beginning) ? secret.slice(beginning.length) : undefined;
}

/** The store as providers have it: what they put under the key of logins comes back as it was. */
export function sealedLogins(store: Store, vault: Vault): Store {
  return {
    ...store,
    values: (space) =>
      space.startsWith(spaces)
        ? sealedValues(store.values(space), beginning + space.slice(spaces.length), vault)
        : store.values(space),
  };
}

function sealedValues(values: KeyValue, secret: string, vault: Vault): KeyValue {
  const open = (kept: Json | undefined): Json | undefined => {
    if (!isMark(kept)) return kept;
    const text = vault.read(secret);
    return text === undefined ? undefined : (JSON.parse(text) as Json);
  };
  /** First the vault: of a crash in between is left what nobody looks for, or an older mark that is as good. */
  const seal = async (value: Json): Promise<void> => {
    vault.write([{ name: secret, value: JSON.stringify(value) }]);
    await values.set(loginKey, markOf(value));
  };
  return {
    ...values,
    async get(key) {
      const kept = await values.get(key);
      if (key !== loginKey || kept === undefined) return kept;
      // Put there by a house that had no vault.
      if (!isMark(kept)) await seal(kept);
      return open(kept);
    },
    set: async (key, value) => (key === loginKey ? seal(value) : values.set(key, value)),
    async remove(key) {
      if (key === loginKey && vault.read(secret) !== undefined) vault.write([{ name: secret, value: undefined }]);
      await values.remove(key);
    },
    async list(prefix) {
      const rows = await values.list(prefix);
      return rows.flatMap(({ key, value }) => {
        const whole = key === loginKey ? open(value) : value;
        return whole === undefined ? [] : [{ key, value: whole }];
      });
    },
  };
}

function markOf(value: Json): Json {
  const { account } = (value ?? {}) as { readonly account?: Json };
  return { isSealed: true, ...(account === undefined ? {} : { account }) };
}

function isMark(value: Json | undefined): boolean {
  return (value as { readonly isSealed?: unknown } | null | undefined)?.isSealed === true;
}

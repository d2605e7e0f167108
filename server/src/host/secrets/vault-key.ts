// The key of the vault: in a file that only this user reads, or made of a passphrase that is nowhere on this machine's
// disk. Several keys stand in the file only while one takes the place of another.
import { statSync } from "node:fs";
import { Fault } from "@homarus/sdk";
import { readWhole, removeWhole, writeWhole } from "../whole-file.ts";
import { type KeyMark, nodeCrypto } from "./vault-file.ts";

export interface VaultKeys {
  /** Keys that may be the one it is sealed with; the first that fits is. Throws a `config` Fault where there is none. */
  candidates(mark: KeyMark): readonly Uint8Array[];
  /** A new key, kept beside those that are there. By passphrase where one is set. */
  make(): { readonly mark: KeyMark; readonly key: Uint8Array };
  /** Puts every key away but this one. */
  keepOnly(mark: KeyMark): void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Id -> key, base64. */
type KeyFile = Readonly<Record<string, string>>;

/** scrypt (RFC 7914) with 32 MB of memory. The cost does not stand in the file: another one opens no older vault. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };
const passphraseVariable = "HOMARUS_VAULT_PASSPHRASE";

export function openKeys(path: string, environment: Environment): VaultKeys {
  const derived = new Map<string, Uint8Array>();
  const derive = (passphrase: string, salt: string): Uint8Array => {
    const place = `${salt}\n${passphrase}`;
    const known =
      derived.get(place) ?? nodeCrypto().scryptSync(passphrase.normalize("NFC"), Buffer.from(salt, "hex"), 32, cost);
    derived.set(place, known);
    return known;
  };
  return {
    candidates(mark) {
      if (mark.kind === "file") return [keyIn(path, mark.id)];
      const given = [environment[passphraseVariable], environment[`${passphraseVariable}_OLD`]];
      const usable = given.filter((one) => one !== undefined && one !== "") as string[];
      if (usable.length === 0) throw noPassphrase();
      return usable.map((passphrase) => derive(passphrase, mark.salt));
    },
    make() {
      const passphrase = environment[passphraseVariable];
      if (passphrase) {
        const salt = nodeCrypto().randomBytes(16).toString("hex");
        return { mark: { kind: "passphrase", salt }, key: derive(passphrase, salt) };
      }
      const id = nodeCrypto().randomBytes(4).toString("hex");
      const key = nodeCrypto().randomBytes(32);
      writeWhole(path, JSON.stringify({ ...readKeys(path), [id]: key.toString("base64") }));
      return { mark: { kind: "file", id }, key };
    },
    keepOnly(mark) {
      const keys = readKeys(path);
      if (mark.kind === "passphrase") {
        if (keys !== undefined) removeWhole(path);
        return;
      }
      const kept = keys?.[mark.id];
      if (kept !== undefined && Object.keys(keys ?? {}).length > 1)
        writeWhole(path, JSON.stringify({ [mark.id]: kept }));
    },
  };
}

function keyIn(path: string, id: string): Uint8Array {
  const kept = readKeys(path)?.[id];
  const key = kept === undefined ? undefined : Buffer.from(kept, "base64");
  if (key?.length === 32) return key;
  throw new Fault("config", "vault.key", `The vault's key is not in ${path}.`, {
    hint: "Put the key file back from a copy. Without it what the vault holds is lost: move vault.json away and set the secrets again.",
  });
}

/** Undefined where there is no file. Refuses one that others can read: a key that may be known is none. */
function readKeys(path: string): KeyFile | undefined {
  const text = readWhole(path);
  if (text === undefined) return undefined;
  refuseOpen(path);
  try {
    const keys: unknown = JSON.parse(text);
    if (typeof keys === "object" && keys !== null && !Array.isArray(keys)) return keys as KeyFile;
  } catch {
    // Said below: the words of the parser would show some of the key.
  }
  throw new Fault("config", "vault.key", `${path} is no key file.`, { hint: "Put it back from a copy." });
}

function refuseOpen(path: string): void {
  const { mode, uid } = statSync(path);
  const own = process.getuid?.();
  if (own !== undefined && uid !== own) {
    throw new Fault("config", "vault.key-owner", `The vault's key ${path} belongs to another user of this machine.`, {
      hint: `sudo chown "$(id -un)" ${path}`,
    });
  }
  if (process.platform === "win32" || (mode & 0o077) === 0) return;
  throw new Fault("config", "vault.key-open", `The vault's key ${path} can be read by other users of this machine.`, {
    hint: `chmod 600 ${path}; and if somebody may have read it: homarus secrets rotate --all`,
  });
}

function noPassphrase(): Fault {
  return new Fault(
    "config",
    "vault.passphrase",
    `The vault is sealed with a passphrase, and ${passphraseVariable} is not set.`,
    {
      hint: `Set ${passphraseVariable} for the gateway and for the commands that read its config.`,
    },
  );
}

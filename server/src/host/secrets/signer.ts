// The house's own signature: HMAC-SHA256 with a key that never leaves the state folder. Old keys stay, so that what was
// signed with them can still be checked; only the newest signs.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CallReceipt } from "@homarus/sdk";
import { writeWhole } from "../whole-file.ts";

interface KeyFile {
  readonly current: string;
  /** Id -> key, base64. */
  readonly keys: Readonly<Record<string, string>>;
}

export interface FileSigner {
  sign(text: string): CallReceipt;
  isSigned(text: string, receipt: CallReceipt): boolean;
  /** SHA-256, hex. */
  digest(text: string): string;
  /** Whether a key was ever needed. */
  exists(): boolean;
  /** Signs with a new key from now on. */
  rotate(): void;
}

/** The key is made at its first use. `changed` is called when there is a new one. One signer to a house: it keeps the keys. */
export function openSigner(folder: string, changed: () => void): FileSigner {
  const path = join(folder, "receipts.key");
  let known: KeyFile | undefined;
  const renew = (earlier: KeyFile["keys"]): KeyFile => {
    known = withNewKey(path, earlier);
    changed();
    return known;
  };
  const keys = (): KeyFile => {
    if (known === undefined && existsSync(path)) known = JSON.parse(readFileSync(path, "utf8")) as KeyFile;
    return known ?? renew({});
  };
  const mac = (text: string, id: string): string | undefined => {
    const key = keys().keys[id];
    if (key === undefined) return undefined;
    return new Bun.CryptoHasher("sha256", Buffer.from(key, "base64")).update(text).digest("hex");
  };
  return {
    sign(text) {
      const { current } = keys();
      return { key: current, mac: mac(text, current) ?? "" };
    },
    isSigned(text, receipt) {
      const wanted = mac(text, receipt.key);
      return wanted !== undefined && isSameText(wanted, receipt.mac);
    },
    digest: (text) => new Bun.CryptoHasher("sha256").update(text).digest("hex"),
    exists: () => existsSync(path),
    rotate: () => void renew(keys().keys),
  };
}

function withNewKey(path: string, earlier: KeyFile["keys"]): KeyFile {
  const id = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString("hex");
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64");
  const file: KeyFile = { current: id, keys: { ...earlier, [id]: key } };
  writeWhole(path, JSON.stringify(file));
  return file;
}

/** Without telling by its time how much of it fits. */
function isSameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

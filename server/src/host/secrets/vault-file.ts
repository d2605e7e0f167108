// The vault's file as text: each value sealed with AES-256-GCM under its name, and a seal (HMAC-SHA256) over every byte
// before it, so that nothing can be altered, swapped, added or left out unseen. Pure but for chance; knows no place.
import type * as NodeCrypto from "node:crypto";

/** A house without a vault does without it. */
export function nodeCrypto(): typeof NodeCrypto {
  return process.getBuiltinModule("node:crypto");
}

/** Which key it is sealed with. */
export type KeyMark =
  | { readonly kind: "file"; readonly id: string }
  /** `salt` is hexadecimal. */
  | { readonly kind: "passphrase"; readonly salt: string };

export interface SealedValue {
  /** Base64. */
  readonly nonce: string;
  /** Base64: what was sealed, and 16 bytes that prove it. */
  readonly data: string;
  /** Unix ms when it was set. */
  readonly at: number;
  /** The house made the value up. */
  readonly made?: true;
}

export interface VaultFile {
  readonly key: KeyMark;
  readonly values: ReadonlyMap<string, SealedValue>;
}

const format = "homarus-vault";
export const version = 1;
const tagBytes = 16;

/** What is read before any key is known: nothing of it counts until `isWhole`. Undefined where it is no vault. */
export function readHead(text: string): { readonly key: KeyMark; readonly version: number } | undefined {
  try {
    const head = JSON.parse(text.split("\n", 1)[0] ?? "") as { format?: string; version: number; key: KeyMark };
    return head.format === format ? head : undefined;
  } catch {
    // Whoever asked says that it is none.
    return undefined;
  }
}

export function isWhole(text: string, key: Uint8Array): boolean {
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  const wanted = Buffer.from(`${sealOf(text.slice(0, end), key)}\n`);
  const found = Buffer.from(text.slice(end));
  return wanted.length === found.length && nodeCrypto().timingSafeEqual(wanted, found);
}

/** Of a text that is whole. */
export function readValues(text: string): ReadonlyMap<string, SealedValue> {
  const { values } = JSON.parse(text.split("\n", 1)[0] ?? "") as { values: readonly [string, SealedValue][] };
  return new Map(values);
}

export function writeVault({ key: mark, values }: VaultFile, key: Uint8Array): string {
  const body = `${JSON.stringify({ format, version, key: mark, values: [...values].sort(byName) })}\n`;
  return `${body}${sealOf(body, key)}\n`;
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

export function seal(
  {
    name,
    value,
    at,
    made,
  }: { readonly name: string; readonly value: string; readonly at: number; readonly made?: boolean },
  key: Uint8Array,
): SealedValue {
  const crypto = nodeCrypto();
  const nonce = crypto.randomBytes(12);
  const cipher = crypto.createCipheriv("aes-256-gcm", subkey(key, "values"), nonce);
  cipher.setAAD(boundTo(name));
  const data = Buffer.concat([cipher.update(value, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString("base64"), data: data.toString("base64"), at, ...(made ? { made: true } : {}) };
}

/** Throws where it was not sealed with this key under this name. */
export function unseal(name: string, { nonce, data }: SealedValue, key: Uint8Array): string {
  const bytes = Buffer.from(data, "base64");
  const options = { authTagLength: tagBytes };
  const cipher = nodeCrypto().createDecipheriv(
    "aes-256-gcm",
    subkey(key, "values"),
    Buffer.from(nonce, "base64"),
    options,
  );
  cipher.setAAD(boundTo(name));
  cipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  return Buffer.concat([cipher.update(bytes.subarray(0, bytes.length - tagBytes)), cipher.final()]).toString("utf8");
}

function boundTo(name: string): Buffer {
  return Buffer.from(`${format}:${version}:${name}`);
}

function sealOf(body: string, key: Uint8Array): string {
  return nodeCrypto().createHmac("sha256", subkey(key, "seal")).update(body).digest("hex");
}

/** Kept beside the key they are made of, and gone with it. */
const subkeys = new WeakMap<Uint8Array, Partial<Record<"values" | "seal", Buffer>>>();

/** One key for each use. Source: RFC 5869. */
function subkey(key: Uint8Array, use: "values" | "seal"): Buffer {
  const made = subkeys.get(key) ?? {};
  subkeys.set(key, made);
  made[use] ??= Buffer.from(nodeCrypto().hkdfSync("sha256", key, new Uint8Array(), `${format} ${use}`, 32));
  return made[use];
}

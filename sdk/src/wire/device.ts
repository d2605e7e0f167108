// A device's identity: an Ed25519 key made with WebCrypto, and the signature it gives on connect. Where to keep the
// key is the caller's (a file, IndexedDB); nothing here stores anything.

export interface DeviceIdentity {
  /** Lower-case hex SHA-256 of the raw public key: 64 characters. */
  readonly id: string;
  /** base64url of the raw 32 bytes, without padding. */
  readonly publicKey: string;
  /** Signs UTF-8 text; base64url without padding. */
  sign(text: string): Promise<string>;
  /** The private key as a JSON Web Key, to be kept secret. */
  export(): Promise<JsonWebKey>;
}

/** What a device signs. */
export interface SignedFacts {
  readonly deviceId: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** Unix ms. */
  readonly signedAt: number;
  /** The token sent beside it, empty when none. */
  readonly token: string;
  readonly nonce?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
}

/**
 * The text under a signature: fields joined by `|`. Version 1 has no nonce, 2 ends with it, 3 adds platform and device
 * family, trimmed and lower-cased (wire protocol v3, "Device identity").
 */
export function signedText(version: 1 | 2 | 3, facts: SignedFacts): string {
  const fields = [
    `v${version}`,
    facts.deviceId,
    facts.clientId,
    facts.clientMode,
    facts.role,
    facts.scopes.join(","),
    String(facts.signedAt),
    facts.token,
  ];
  if (version >= 2) fields.push(facts.nonce ?? "");
  if (version === 3) fields.push(plain(facts.platform), plain(facts.deviceFamily));
  return fields.join("|");
}

/** Makes a new key. Rejects where WebCrypto is missing (a page that is neither https nor localhost). */
export async function createDeviceIdentity(): Promise<DeviceIdentity> {
  const pair = (await crypto.subtle.generateKey("Ed25519", true, ["sign", "verify"])) as CryptoKeyPair;
  return identityOf(pair.privateKey, await crypto.subtle.exportKey("jwk", pair.privateKey));
}

/** Takes up a key that `export` gave. */
export async function importDeviceIdentity(key: JsonWebKey): Promise<DeviceIdentity> {
  return identityOf(await crypto.subtle.importKey("jwk", key, "Ed25519", true, ["sign"]), key);
}

async function identityOf(privateKey: CryptoKey, jwk: JsonWebKey): Promise<DeviceIdentity> {
  const publicKey = jwk.x ?? "";
  const digest = await crypto.subtle.digest("SHA-256", fromBase64Url(publicKey));
  return {
    id: [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    publicKey,
    sign: async (text) =>
      toBase64Url(new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text)))),
    export: () => Promise.resolve(jwk),
  };
}

export function toBase64Url(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** ASCII only, as both sides must agree byte for byte. */
function plain(text: string | undefined): string {
  return (text ?? "").trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

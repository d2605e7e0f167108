// Whether a device is who it says it is: its id is the hash of its key, the signature is fresh and covers this challenge.
// Source: wire protocol v3, "Device identity (Ed25519)".
import type { KeyObject } from "node:crypto";
import { signedText } from "@homarus/sdk/client";
import { limits } from "../settings.ts";
import { nodeCrypto } from "./node-crypto.ts";
import type { ConnectParams } from "./params.ts";
import { Remembered } from "./remembered.ts";

/** Versions of the signed text that hold a nonce. */
type SignedVersion = 2 | 3;

/**
 * Which version a device signed last. A signature that does not fit costs as much to check as one that does, and a client
 * does not say which it made.
 */
export class SignedVersions {
  readonly #known = new Remembered<SignedVersion>(4096);

  /** Those to try, the likely one first. */
  of(deviceId: string): readonly SignedVersion[] {
    return this.#known.get(deviceId) === 2 ? [2, 3] : [3, 2];
  }

  keep(deviceId: string, version: SignedVersion): void {
    this.#known.set(deviceId, version);
  }
}

export interface Challenge {
  readonly nonce: string;
  readonly isLocal: boolean;
  /** Unix ms. */
  readonly now: number;
}

/** Undefined when the device has proven itself; else the error text of the protocol. */
export function deviceProblem(
  params: ConnectParams,
  challenge: Challenge,
  versions: SignedVersions,
): string | undefined {
  const device = params.device;
  if (device === undefined) return "device identity required";
  const raw = rawKey(device.publicKey);
  if (raw === undefined) return "device public key invalid";
  if (nodeCrypto().createHash("sha256").update(raw).digest("hex") !== device.id) return "device identity mismatch";
  if (Math.abs(challenge.now - device.signedAt) > limits.signatureSkewMs) return "device signature expired";
  if (device.nonce === undefined && !challenge.isLocal) return "device nonce required";
  if (device.nonce !== undefined && device.nonce !== challenge.nonce) return "device nonce mismatch";
  return isSigned(params, raw, versions) ? undefined : "device signature invalid";
}

/** The first version has no nonce and is for local clients; with a nonce the second or the third may be used. */
function isSigned(params: ConnectParams, raw: Buffer, known: SignedVersions): boolean {
  const { device, client, auth } = params;
  if (device === undefined) return false;
  const key = keyObject(raw);
  const signature = Buffer.from(device.signature, "base64url");
  if (key === undefined || signature.length !== 64) return false;
  const facts = {
    deviceId: device.id,
    clientId: client.id,
    clientMode: client.mode,
    role: params.role ?? "operator",
    scopes: params.scopes ?? [],
    signedAt: device.signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken ?? "",
    nonce: device.nonce ?? "",
    platform: client.platform,
    deviceFamily: client.deviceFamily ?? "",
  };
  const isOf = (version: 1 | 2 | 3): boolean =>
    nodeCrypto().verify(null, Buffer.from(signedText(version, facts)), key, signature);
  if (device.nonce === undefined) return isOf(1);
  const version = known.of(device.id).find(isOf);
  if (version !== undefined) known.keep(device.id, version);
  return version !== undefined;
}

/** The 32 bytes of the key, from base64url or PEM. */
export function rawKey(publicKey: string): Buffer | undefined {
  const raw = publicKey.includes("BEGIN") ? pemKey(publicKey) : Buffer.from(publicKey, "base64url");
  return raw?.length === 32 ? raw : undefined;
}

function pemKey(pem: string): Buffer | undefined {
  try {
    const jwk = nodeCrypto().createPublicKey(pem).export({ format: "jwk" });
    return jwk.crv === "Ed25519" && jwk.x !== undefined ? Buffer.from(jwk.x, "base64url") : undefined;
  } catch {
    // Whatever the text is, it is no key: the caller refuses it with a clear error.
    return undefined;
  }
}

function keyObject(raw: Buffer): KeyObject | undefined {
  try {
    return nodeCrypto().createPublicKey({
      key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") },
      format: "jwk",
    });
  } catch {
    // 32 bytes that are no point of the curve: the signature cannot be valid.
    return undefined;
  }
}

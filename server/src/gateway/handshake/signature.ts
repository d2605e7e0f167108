// Whether a device is who it says it is: its id is the hash of its key, the signature is fresh and covers this challenge.
// Source: wire protocol v3, "Device identity (Ed25519)".
import type { KeyObject } from "node:crypto";
import { signedText } from "@homarus/sdk/client";
import { limits } from "../settings.ts";
import { nodeCrypto } from "./node-crypto.ts";
import type { ConnectParams } from "./params.ts";

export interface Challenge {
  readonly nonce: string;
  readonly isLocal: boolean;
  /** Unix ms. */
  readonly now: number;
}

/** Undefined when the device has proven itself; else the error text of the protocol. */
export function deviceProblem(params: ConnectParams, challenge: Challenge): string | undefined {
  const device = params.device;
  if (device === undefined) return "device identity required";
  const raw = rawKey(device.publicKey);
  if (raw === undefined) return "device public key invalid";
  if (nodeCrypto().createHash("sha256").update(raw).digest("hex") !== device.id) return "device identity mismatch";
  if (Math.abs(challenge.now - device.signedAt) > limits.signatureSkewMs) return "device signature expired";
  if (device.nonce === undefined && !challenge.isLocal) return "device nonce required";
  if (device.nonce !== undefined && device.nonce !== challenge.nonce) return "device nonce mismatch";
  return isSigned(params, raw) ? undefined : "device signature invalid";
}

/** The first version has no nonce and is for local clients; with a nonce the second or the third may be used. */
function isSigned(params: ConnectParams, raw: Buffer): boolean {
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
  const versions = device.nonce === undefined ? ([1] as const) : ([3, 2] as const);
  return versions.some((version) => nodeCrypto().verify(null, Buffer.from(signedText(version, facts)), key, signature));
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

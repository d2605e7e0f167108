import { expect, test } from "bun:test";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { signedText } from "@homarus/sdk/client";
import type { ConnectParams } from "./params.ts";
import { deviceProblem, rawKey, SignedVersions } from "./signature.ts";

const now = 1_800_000_000_000;
const challenge = { nonce: "n", isLocal: true, now };

/** A proof made with the platform's own key tools and not with ours. */
function proof(publicKeyOf: "raw" | "pem", version: 2 | 3 = 3, pair = generateKeyPairSync("ed25519")): ConnectParams {
  const { publicKey, privateKey } = pair;
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const id = createHash("sha256").update(raw).digest("hex");
  const client = { id: "openclaw-ios", version: "1", platform: " iOS ", deviceFamily: "iPhone", mode: "ui" };
  const facts = {
    deviceId: id,
    clientId: client.id,
    clientMode: client.mode,
    role: "operator",
    scopes: ["b", "a"],
    signedAt: now,
    token: "t",
  };
  const text = signedText(version, {
    ...facts,
    nonce: "n",
    platform: client.platform,
    deviceFamily: client.deviceFamily,
  });
  const end = version === 3 ? "|ios|iphone" : "";
  expect(text).toBe(`v${version}|${id}|openclaw-ios|ui|operator|b,a|${now}|t|n${end}`);
  return {
    ...{ minProtocol: 3, maxProtocol: 3, client, scopes: ["b", "a"], auth: { token: "t" } },
    device: {
      ...{ id, signedAt: now, nonce: "n", signature: sign(null, Buffer.from(text), privateKey).toString("base64url") },
      publicKey:
        publicKeyOf === "raw" ? raw.toString("base64url") : String(publicKey.export({ format: "pem", type: "spki" })),
    },
  };
}

test.each(["raw", "pem"] as const)("a key given as %s is understood", (form) => {
  expect(deviceProblem(proof(form), challenge, new SignedVersions())).toBeUndefined();
});

test("another token, scope or platform than was signed is found out", () => {
  const good = proof("raw");
  for (const change of [
    { auth: { token: "u" } },
    { scopes: ["a", "b"] },
    { client: { ...good.client, platform: "android" } },
  ]) {
    expect(deviceProblem({ ...good, ...change }, challenge, new SignedVersions())).toBe("device signature invalid");
  }
});

test("texts that are no key give none", () => {
  for (const text of ["", "AAAA", "-----BEGIN nonsense", "é".repeat(43)]) expect(rawKey(text)).toBeUndefined();
});

test("the version that a device signed last is tried first, and it may sign the other next time", () => {
  const pair = generateKeyPairSync("ed25519");
  const versions = new SignedVersions();
  for (const version of [2, 3, 2, 2] as const) {
    const params = proof("raw", version, pair);
    expect(deviceProblem(params, challenge, versions)).toBeUndefined();
    expect(versions.of(params.device?.id ?? "")[0]).toBe(version);
  }
  expect(versions.of("somebody new")).toEqual([3, 2]);
});

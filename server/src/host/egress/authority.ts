// The authority of this installation: it makes certificates for the hosts whose TLS is looked into, and only sandboxes
// trust it. Its key stays in the state folder; certificates live for days, in memory.
import { generateKeyPairSync, randomBytes, X509Certificate } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, join } from "node:path";
import { Fault } from "@homarus/sdk";
import forge from "node-forge";

export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** PEM of certificate and key for a host, kept for as long as it holds. */
  certify(host: string): { readonly cert: string; readonly key: string };
}

const dayMs = 86_400_000;
const livesMs = 3650 * dayMs;
const renewedBeforeMs = 60 * dayMs;
const leafLivesMs = 14 * dayMs;
const leafRenewedMs = 7 * dayMs;
const mostKept = 500;

interface Pair {
  readonly cert: string;
  readonly key: string;
}

/** Made at the first call, kept in one file of the folder, and made anew before it ends. */
export function openAuthority(folder: string, now: () => number): Authority {
  const path = join(folder, "authority-key.pem");
  const own = kept(path, now()) ?? made(path, now());
  const [issuer, signer] = [forge.pki.certificateFromPem(own.cert), forge.pki.privateKeyFromPem(own.key)];
  let leafKey: ReturnType<typeof keyPair> | undefined;
  const leaves = new Map<string, { readonly pair: Pair; readonly since: number }>();
  return {
    certificate: own.cert,
    certify(host) {
      const known = leaves.get(host);
      if (known && now() - known.since < leafRenewedMs) return known.pair;
      leafKey ??= keyPair();
      const leaf = certificate(leafKey.publicKey, { now: now(), livesMs: leafLivesMs, name: host });
      leaf.setIssuer(issuer.subject.attributes);
      leaf.setExtensions([
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        // Types 2 and 7 of GeneralName (RFC 5280, 4.2.1.6): a DNS name, an address.
        { name: "subjectAltName", altNames: [isIP(host) ? { type: 7, ip: host } : { type: 2, value: host }] },
        { name: "authorityKeyIdentifier", keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
      ]);
      leaf.sign(signer, forge.md.sha256.create());
      const pair = { cert: pemOf(leaf) + own.cert, key: leafKey.privateKey };
      leaves.set(host, { pair, since: now() });
      if (leaves.size > mostKept) leaves.delete(leaves.keys().next().value ?? "");
      return pair;
    },
  };
}

function keyPair(): { readonly publicKey: string; readonly privateKey: string } {
  return generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
}

function certificate(publicKey: string, { now, livesMs: lives, name }: { now: number; livesMs: number; name: string }) {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // The first byte keeps the number positive and of full length.
  made.serialNumber = `4${randomBytes(16).toString("hex").slice(1)}`;
  made.validity.notBefore = new Date(now - dayMs);
  made.validity.notAfter = new Date(now + lives);
  // A common name has at most 64 letters (RFC 5280, A.1); programs read the alternative names.
  made.setSubject([{ name: "commonName", value: name.slice(0, 64) }]);
  return made;
}

const pemOf = (made: forge.pki.Certificate): string => forge.pki.certificateToPem(made).replaceAll("\r", "");

function kept(path: string, now: number): Pair | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const text = readFileSync(path, "utf8");
    const end = text.indexOf("-----BEGIN PRIVATE KEY");
    const pair = { cert: text.slice(0, end), key: text.slice(end) };
    return Date.parse(new X509Certificate(pair.cert).validTo) - now > renewedBeforeMs ? pair : undefined;
  } catch (cause) {
    throw new Fault("config", "egress.authority-unreadable", `The authority ${path} cannot be used.`, {
      cause,
      hint: "Make it readable for this user; or delete it, and a new one is made at the next start.",
    });
  }
}

function made(path: string, now: number): Pair {
  const { publicKey, privateKey } = keyPair();
  const own = certificate(publicKey, { now, livesMs, name: `Homarus egress ${randomBytes(4).toString("hex")}` });
  own.setIssuer(own.subject.attributes);
  own.setExtensions([
    { name: "basicConstraints", cA: true, pathLenConstraint: 0, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
  own.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  const pair = { cert: pemOf(own), key: privateKey };
  writeWhole(path, pair.cert + pair.key, 0o600);
  return pair;
}

/** Whole at any time, and of this mode from its first byte. */
export function writeWhole(path: string, text: string, mode: number): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // A crash may have left one of this name behind, with another mode.
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, text, { mode, flush: true });
    renameSync(`${path}.new`, path);
  } catch (cause) {
    throw new Fault("config", "egress.unwritable", `The file ${path} cannot be written.`, {
      cause,
      hint: "Make the state folder writable for this user and see that the disk is not full.",
    });
  }
}

// Makes a self-signed certificate (X.509 v3, RFC 5280). Brings a library, and is loaded only where one has to be made.
import forge from "node-forge";
import { type CertificateWish, livesMs } from "./self-signed.ts";

const dayMs = 86_400_000;

/** PEM of certificate and key, for these host names and addresses, from this day on. */
export function makeSelfSigned({ names, now }: CertificateWish): string {
  const { generateKeyPairSync, randomBytes } = process.getBuiltinModule("node:crypto");
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  // The first byte keeps the number positive and of full length.
  certificate.serialNumber = `4${randomBytes(16).toString("hex").slice(1)}`;
  certificate.validity.notBefore = new Date(now - dayMs);
  certificate.validity.notAfter = new Date(now + livesMs);
  const subject = [{ name: "commonName", value: "Homarus gateway" }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", serverAuth: true },
    { name: "subjectAltName", altNames: names.map(alternativeName) },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return `${forge.pki.certificateToPem(certificate).replaceAll("\r", "")}${privateKey}`;
}

/** Types 2 and 7 of GeneralName (RFC 5280, 4.2.1.6): a DNS name, an address. */
function alternativeName(name: string): { type: 2; value: string } | { type: 7; ip: string } {
  return process.getBuiltinModule("node:net").isIP(name) ? { type: 7, ip: name } : { type: 2, value: name };
}

// The gateway's certificate and key, from the owner's files or from the one that we made: read, checked against each
// other, and known by the fingerprint that clients may hold to.
import { readFileSync } from "node:fs";
import { Fault } from "@homarus/sdk";

export interface Certificate {
  /** PEM: the own certificate first, then what leads to its authority. */
  readonly cert: string;
  /** PEM. */
  readonly key: string;
  /** SHA-256 of the own certificate, hexadecimal in pairs with colons. */
  readonly fingerprint: string;
  /** Unix ms. */
  readonly expiresAt: number;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
}

/** Throws a `config` Fault that says which file to mend, and how. */
export function readCertificate(files: CertificateFiles): Certificate {
  const { certFile, keyFile, caFile } = files;
  const own = readPem(certFile, "gateway.tls.certFile");
  const key = readPem(keyFile, "gateway.tls.keyFile");
  const more = caFile === undefined ? "" : readPem(caFile, "gateway.tls.caFile");
  return certificateOf({ cert: more === "" ? own : `${own.trimEnd()}\n${more}`, key }, files);
}

function certificateOf(pem: { readonly cert: string; readonly key: string }, files: CertificateFiles): Certificate {
  const { X509Certificate, createPrivateKey } = process.getBuiltinModule("node:crypto");
  const { certFile, keyFile } = files;
  const own = attempt(() => new X509Certificate(pem.cert), `${certFile} holds no certificate that can be read`, {
    hint: "gateway.tls.certFile must be a PEM file that begins with BEGIN CERTIFICATE.",
  });
  const key = attempt(() => createPrivateKey(pem.key), `${keyFile} holds no key that can be read`, {
    hint: "gateway.tls.keyFile must be a PEM file with the certificate's key, without a passphrase.",
  });
  if (!own.checkPrivateKey(key)) {
    throw new Fault("config", "tls.mismatch", `The key in ${keyFile} is not that of the certificate in ${certFile}.`, {
      hint: "Put the certificate and the key that were made together into gateway.tls.certFile and keyFile.",
    });
  }
  return { ...pem, fingerprint: own.fingerprint256, expiresAt: Date.parse(own.validTo) };
}

function readPem(path: string, setting: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const isMissing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    const what = isMissing ? "does not exist" : `cannot be read (${(cause as NodeJS.ErrnoException).code})`;
    throw new Fault("config", "tls.unreadable", `The file ${path} of ${setting} ${what}.`, {
      cause,
      hint: isMissing
        ? `Write the right path into ${setting}, or leave certFile and keyFile out for a self-signed certificate.`
        : "Make it readable for the user that Homarus runs as.",
    });
  }
}

function attempt<T>(work: () => T, message: string, { hint }: { readonly hint: string }): T {
  try {
    return work();
  } catch (cause) {
    throw new Fault("config", "tls.unreadable", `${message}.`, { cause, hint });
  }
}

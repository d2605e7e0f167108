// A certificate of the gateway's own, for those who have none: made at the first start, kept in the state folder in one
// file, so that key and certificate can never be of different times, and made anew before it ends.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { Fault, type Log } from "@homarus/sdk";
import { type Certificate, readCertificate } from "./certificate.ts";

const dayMs = 86_400_000;
/** Apple's systems refuse certificates that live longer than 825 days (https://support.apple.com/103769). */
export const livesMs = 820 * dayMs;
const renewedBeforeMs = 30 * dayMs;

export interface CertificateWish {
  /** Host names and addresses that it is for. */
  readonly names: readonly string[];
  readonly now: number;
}

/** PEM of certificate and key. */
export type MakeCertificate = (wish: CertificateWish) => Promise<string>;

export interface SelfSigned extends CertificateWish {
  /** PEM file with certificate and key. */
  readonly path: string;
  readonly make: MakeCertificate;
  readonly log: Log;
}

/** The kept one, or a new one where there is none or where it ends within a month. */
export async function selfSignedCertificate({ path, names, now, make, log }: SelfSigned): Promise<Certificate> {
  const files = { certFile: path, keyFile: path };
  if (existsSync(path)) {
    const kept = readKept(path);
    if (kept.expiresAt - now > renewedBeforeMs) return kept;
  }
  keep(path, await make({ names, now }));
  const made = readCertificate(files);
  log.info("tls.certificate-made", { path, fingerprint: made.fingerprint });
  return made;
}

function readKept(path: string): Certificate {
  try {
    return readCertificate({ certFile: path, keyFile: path });
  } catch (cause) {
    // A new one would have another fingerprint, which clients must not meet without their owner's knowledge.
    throw new Fault("config", "tls.unreadable", `The kept certificate ${path} cannot be used.`, {
      cause,
      hint: "Make it readable for this user; or delete it, start again, and give clients the new fingerprint.",
    });
  }
}

function keep(path: string, pem: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // The mode holds for new files only, and a crash may have left one of this name behind.
    rmSync(`${path}.new`, { force: true });
    writeFileSync(`${path}.new`, pem, { mode: 0o600, flush: true });
    renameSync(`${path}.new`, path);
  } catch (cause) {
    throw new Fault("config", "tls.unwritable", `The certificate ${path} cannot be written.`, {
      cause,
      hint: "Make the state folder writable for this user and see that the disk is not full.",
    });
  }
}

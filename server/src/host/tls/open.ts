// TLS for as long as the gateway lives: the certificate it starts with, and a new one whenever its files change.
import { watch } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { type Log, toFault } from "@homarus/sdk";
import { type Certificate, type CertificateFiles, readCertificate } from "./certificate.ts";
import { certificateFiles, type TlsSettings } from "./files.ts";
import { type MakeCertificate, selfSignedCertificate } from "./self-signed.ts";

export interface TlsParts {
  readonly settings: TlsSettings;
  /** The state folder: relative paths begin there, and a certificate of our own is kept there. */
  readonly folder: string;
  /** Where the gateway listens: a name for a certificate of our own. */
  readonly host: string;
  readonly now: number;
  readonly make: MakeCertificate;
  readonly log: Log;
}

export interface Tls {
  readonly certificate: Certificate;
  /** Calls with the new certificate each time that good, other files are found. A bad pair is only logged. */
  watch(renewed: (certificate: Certificate) => void): { close(): void };
}

/** Certificate tools write one file after the other; together they count when it has been quiet for so long. */
const settleMs = 500;

/** Throws a `config` Fault that says which setting or file to mend. */
export async function openTls(parts: TlsParts): Promise<Tls> {
  const files = certificateFiles(parts.settings, parts.folder);
  const path = files.certFile;
  const certificate = !files.isOurs
    ? readCertificate(files)
    : await selfSignedCertificate({
        path,
        names: namesOf(parts.host),
        now: parts.now,
        make: parts.make,
        log: parts.log,
      });
  if (certificate.expiresAt < parts.now)
    parts.log.warn("tls.certificate-expired", { expiresAt: certificate.expiresAt });
  return {
    certificate,
    watch: (renewed) => watchFiles(files, certificate.cert, { log: parts.log, renewed }),
  };
}

function namesOf(host: string): readonly string[] {
  const isAny = host === "0.0.0.0" || host === "::";
  return [...new Set(["localhost", "127.0.0.1", "::1", hostname(), ...(isAny ? [] : [host])])];
}

function watchFiles(
  files: CertificateFiles,
  known: string,
  { log, renewed }: { readonly log: Log; readonly renewed: (certificate: Certificate) => void },
): { close(): void } {
  let current = known;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    try {
      const certificate = readCertificate(files);
      if (certificate.cert === current) return;
      renewed(certificate);
      current = certificate.cert;
    } catch (thrown) {
      // Half of a change, or a slip: the certificate in force stays, and the next change is looked at again.
      log.warn("tls.renewal-refused", { fault: toFault(thrown).toJSON() });
    }
  };
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, settleMs);
  };
  // Tools replace files and links, so the folders are watched, whatever the name that changed.
  const folders = new Set([files.certFile, files.keyFile, ...(files.caFile ? [files.caFile] : [])].map(dirname));
  const watchers = [...folders].map((folder) => watch(folder, changed));
  return {
    close() {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}

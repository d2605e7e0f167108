// Which files hold the gateway's certificate and key.
import { join, resolve } from "node:path";
import { Fault } from "@homarus/sdk";
import type { CertificateFiles } from "./certificate.ts";

export interface TlsSettings {
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly caFile?: string | undefined;
  readonly autoGenerate?: boolean;
}

/** `isOurs`: one file of the state folder, which we make when it is missing. */
export function certificateFiles(
  settings: TlsSettings,
  folder: string,
): CertificateFiles & { readonly isOurs: boolean } {
  const { certFile, keyFile, caFile, autoGenerate = true } = settings;
  if (certFile !== undefined && keyFile !== undefined) {
    const at = (path: string) => resolve(folder, path);
    const more = caFile === undefined ? {} : { caFile: at(caFile) };
    return { certFile: at(certFile), keyFile: at(keyFile), ...more, isOurs: false };
  }
  if (certFile === undefined && keyFile === undefined && autoGenerate) {
    const path = join(folder, "tls", "gateway.pem");
    return { certFile: path, keyFile: path, isOurs: true };
  }
  const missing = certFile === undefined ? "certFile" : "keyFile";
  throw new Fault("config", "tls.incomplete", `gateway.tls is enabled, but gateway.tls.${missing} is not set.`, {
    hint: "Set both certFile and keyFile; or neither, and autoGenerate to true for a self-signed certificate.",
  });
}

// The few settings a client needs to find the gateway, read without opening the house.
import { isSecretReference, type SecretReference } from "@homarus/sdk";
import { readConfig } from "../host/config/read.ts";
import { openVault } from "../host/secrets/vault.ts";
import { readCertificate } from "../host/tls/certificate.ts";
import { certificateFiles, type TlsSettings } from "../host/tls/files.ts";

export { editConfig, parsePath } from "../host/config/edit.ts";
export { type AnnouncedAddress, announcedAddress } from "../host/files/home.ts";

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  /** Of the certificate in the configured files; undefined where TLS is off. */
  readonly fingerprint: () => string | undefined;
  readonly token: string | undefined;
  readonly password: string | undefined;
}

interface Written {
  readonly gateway?: {
    readonly host?: string;
    readonly port?: number;
    readonly auth?: {
      readonly mode?: string;
      readonly token?: string | SecretReference;
      readonly password?: string | SecretReference;
    };
    readonly tls?: TlsSettings & { readonly enabled?: boolean };
  };
}

export function readSettings(
  { folder, configPath }: { readonly folder: string; readonly configPath: string },
  environment: Readonly<Record<string, string | undefined>>,
): GatewayAddress {
  const { gateway } = readConfig(configPath, environment).substituted as Written;
  const { auth, tls } = gateway ?? {};
  const vault = openVault({ folder, environment, now: Date.now });
  const resolved = (written: string | SecretReference | undefined): string | undefined =>
    isSecretReference(written) ? vault.read(written.secret) : written;
  return {
    fingerprint: () => (tls?.enabled ? readCertificate(certificateFiles(tls, folder)).fingerprint : undefined),
    host: gateway?.host ?? "127.0.0.1",
    port: gateway?.port ?? 18_789,
    token: resolved(auth?.token),
    password: auth?.mode === "password" ? resolved(auth.password) : undefined,
  };
}

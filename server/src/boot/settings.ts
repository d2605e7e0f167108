// The few settings a client needs to find the gateway, read without opening the house.
import { readConfig } from "../host/config/read.ts";

export { editConfig, parsePath } from "../host/config/edit.ts";
export { type AnnouncedAddress, announcedAddress } from "../host/files/home.ts";

export interface GatewayAddress {
  readonly host: string;
  readonly port: number;
  readonly token: string | undefined;
  readonly password: string | undefined;
}

interface Written {
  readonly gateway?: {
    readonly host?: string;
    readonly port?: number;
    readonly auth?: { readonly mode?: string; readonly token?: string; readonly password?: string };
  };
}

export function readSettings(
  configPath: string,
  environment: Readonly<Record<string, string | undefined>>,
): GatewayAddress {
  const { gateway } = readConfig(configPath, environment).substituted as Written;
  const { auth } = gateway ?? {};
  return {
    host: gateway?.host ?? "127.0.0.1",
    port: gateway?.port ?? 18_789,
    token: auth?.token,
    password: auth?.mode === "password" ? auth.password : undefined,
  };
}

// Which gateway a node belongs to, and what it shows there. Looked up anew for each connection: the gateway of this
// machine may have come back on another port.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { announcedAddress, type GatewayAddress, readSettings } from "../../boot/settings.ts";
import { pinnedSockets } from "../pinned-socket.ts";

export interface TargetWish {
  readonly folder: string;
  readonly configPath: string;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly token?: string | undefined;
  readonly password?: string | undefined;
  readonly isTls: boolean;
  /** SHA-256 of the certificate, hexadecimal. */
  readonly fingerprint?: string | undefined;
}

export interface Target {
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  readonly token?: string;
  readonly password?: string;
  /** Opens a socket that takes this gateway's certificate and no other. */
  readonly open?: (url: string) => WebSocket;
}

export async function findTarget(wish: TargetWish, environment: NodeJS.ProcessEnv): Promise<Target> {
  const settings = readSettings(wish.configPath, environment);
  const announced = announcedAddress(wish.folder);
  const own = { host: reachable(announced?.host ?? settings.host), port: announced?.port ?? settings.port };
  const host = wish.host ?? own.host;
  const port = wish.port ?? own.port;
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  const isSecure = wish.isTls || wish.fingerprint !== undefined;
  // The login of this machine's gateway is for that gateway alone.
  const isOwn = host === own.host && port === own.port;
  return {
    ...{ address, url: `ws${isSecure ? "s" : ""}://${address}/` },
    ...(given(wish, environment) ?? (isOwn ? await ownSecret(settings, wish.folder) : {})),
    ...(wish.fingerprint && { open: await pinnedSockets(host, port, wish.fingerprint) }),
  };
}

type Secret = Pick<Target, "token" | "password">;

function given({ token, password }: TargetWish, environment: NodeJS.ProcessEnv): Secret | undefined {
  const secret = {
    token: token || environment.HOMARUS_GATEWAY_TOKEN,
    password: password || environment.HOMARUS_GATEWAY_PASSWORD,
  };
  if (secret.password && !token) return { password: secret.password };
  return secret.token ? { token: secret.token } : undefined;
}

async function ownSecret({ password, token }: GatewayAddress, folder: string): Promise<Secret> {
  if (password) return { password };
  const known = token ?? (await keptToken(folder));
  return known ? { token: known } : {};
}

function reachable(host: string): string {
  return host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host;
}

async function keptToken(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, "gateway.token"), "utf8")).trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}

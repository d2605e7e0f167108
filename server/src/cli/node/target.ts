// Which gateway a node belongs to, and what it shows there. Looked up anew for each connection: the gateway of this
// machine may have come back on another port.
import { announcedAddress, readSettings } from "../../boot/settings.ts";
import { type OwnSecret, ownSecret } from "../own-secret.ts";
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

export interface Target extends OwnSecret {
  /** `host:port`. */
  readonly address: string;
  readonly url: string;
  /** Opens a socket that takes this gateway's certificate and no other. */
  readonly open?: (url: string) => WebSocket;
}

export async function findTarget(wish: TargetWish, environment: NodeJS.ProcessEnv): Promise<Target> {
  const own = ownGateway(wish, environment);
  const host = wish.host ?? own.host;
  const port = wish.port ?? own.port;
  // The login of this machine's gateway is for that gateway alone, and so is what is known of its certificate.
  const isOwn = host === own.host && port === own.port;
  const fingerprint = wish.fingerprint ?? (isOwn && !wish.isTls ? own.fingerprint() : undefined);
  const isSecure = wish.isTls || fingerprint !== undefined;
  const address = `${host.includes(":") ? `[${host}]` : host}:${port}`;
  return {
    ...{ address, url: `ws${isSecure ? "s" : ""}://${address}/` },
    ...(given(wish, environment) ?? (isOwn ? await own.secret() : {})),
    ...(fingerprint && { open: await pinnedSockets(host, port, fingerprint) }),
  };
}

/** The gateway of this state folder: where it says that it listens, else where it would. */
function ownGateway(wish: TargetWish, environment: NodeJS.ProcessEnv) {
  const settings = readSettings(wish, environment);
  const announced = announcedAddress(wish.folder);
  const { host, port } = announced ?? settings;
  return {
    host: host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host,
    port,
    fingerprint: () => (announced ? announced.tls?.fingerprint : settings.fingerprint()),
    secret: () => ownSecret(settings, wish.folder),
  };
}

function given({ token, password }: TargetWish, environment: NodeJS.ProcessEnv): OwnSecret | undefined {
  const secret = {
    token: token || environment.HOMARUS_GATEWAY_TOKEN,
    password: password || environment.HOMARUS_GATEWAY_PASSWORD,
  };
  if (secret.password && !token) return { password: secret.password };
  return secret.token ? { token: secret.token } : undefined;
}

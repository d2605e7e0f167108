// What a client says first: who it is, what it wants, and its proof. Pure but for the signature.
import { type DeviceIdentity, signedText } from "./device.ts";
import { protocolVersion } from "./frames.ts";

export interface GatewayLogin {
  readonly client: {
    /** One of the names the gateway knows: `homarus-chat`, `homarus-cli`, `cli`, `webchat`, `gateway-client`, ... */
    readonly id: string;
    readonly version: string;
    readonly platform: string;
    /** `webchat`, `ui`, `cli`, `backend`, `node`, `probe` or `test`. */
    readonly mode: string;
    readonly displayName?: string;
    readonly instanceId?: string;
  };
  /** Default `operator`. */
  readonly role?: "operator" | "node";
  /** Default: all that an operator can have. */
  readonly scopes?: readonly string[];
  readonly caps?: readonly string[];
  /** What a node can be asked to do. */
  readonly commands?: readonly string[];
  /** Where a node finds programs. */
  readonly pathEnv?: string;
  readonly token?: string;
  readonly password?: string;
  readonly identity?: DeviceIdentity;
  readonly locale?: string;
  readonly userAgent?: string;
}

export const allScopes = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
] as const;

/** Params of `connect`. Without a nonce there can be no signature that a server would take from afar. */
export async function connectParams(login: GatewayLogin, nonce: string | undefined, now: number): Promise<unknown> {
  const role = login.role ?? "operator";
  const scopes = login.scopes ?? (role === "operator" ? allScopes : []);
  return {
    minProtocol: protocolVersion,
    maxProtocol: protocolVersion,
    client: login.client,
    role,
    scopes,
    caps: login.caps ?? [],
    ...(login.commands === undefined ? {} : { commands: login.commands }),
    ...(login.pathEnv === undefined ? {} : { pathEnv: login.pathEnv }),
    ...(login.token === undefined && login.password === undefined
      ? {}
      : {
          auth: {
            ...(login.token === undefined ? {} : { token: login.token }),
            ...(login.password === undefined ? {} : { password: login.password }),
          },
        }),
    ...(login.locale === undefined ? {} : { locale: login.locale }),
    ...(login.userAgent === undefined ? {} : { userAgent: login.userAgent }),
    ...(login.identity === undefined
      ? {}
      : { device: await proof(login.identity, { login, role, scopes, nonce, now }) }),
  };
}

interface Claims {
  readonly login: GatewayLogin;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly nonce: string | undefined;
  readonly now: number;
}

async function proof(identity: DeviceIdentity, { login, role, scopes, nonce, now }: Claims) {
  const facts = {
    deviceId: identity.id,
    clientId: login.client.id,
    clientMode: login.client.mode,
    role,
    scopes,
    signedAt: now,
    token: login.token ?? "",
    platform: login.client.platform,
    ...(nonce === undefined ? {} : { nonce }),
  };
  return {
    id: identity.id,
    publicKey: identity.publicKey,
    signature: await identity.sign(signedText(nonce === undefined ? 1 : 2, facts)),
    signedAt: now,
    ...(nonce === undefined ? {} : { nonce }),
  };
}

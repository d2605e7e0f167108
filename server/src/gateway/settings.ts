// What the owner may set about the gateway, and the numbers of the protocol that nobody sets.

export type GatewayAuth =
  | { readonly mode: "none" }
  | { readonly mode: "token"; readonly token: string }
  | { readonly mode: "password"; readonly password: string };

export interface GatewaySettings {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  readonly auth: GatewayAuth;
  /** Origins (`https://host:port`) of web pages that may connect beside our own page. */
  readonly allowedOrigins?: readonly string[];
  /** Lets remote clients that hold the secret, but have no device key, keep the scopes they ask for. */
  readonly allowInsecureAuth?: boolean;
}

/** Source: wire protocol v3, "Limits / timers". Bytes and ms. */
export const limits = {
  maxPayload: 25 * 1024 * 1024,
  maxPreauthPayload: 64 * 1024,
  maxBuffered: 50 * 1024 * 1024,
  tickIntervalMs: 30_000,
  handshakeTimeoutMs: 15_000,
  healthIntervalMs: 60_000,
  signatureSkewMs: 120_000,
  dedupeMs: 300_000,
  dedupeEntries: 1000,
  deltaEveryMs: 150,
  historyBytes: 6 * 1024 * 1024,
  attachmentBytes: 5_000_000,
  presenceMs: 300_000,
  presenceEntries: 200,
  unauthorizedCalls: 10,
  authFailures: 10,
  authWindowMs: 60_000,
  authLockMs: 300_000,
} as const;

export const closeCodes = {
  normal: 1000,
  protocol: 1002,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
} as const;

// What the owner may set about the gateway, and the numbers of the protocol that nobody sets.

export type GatewayAuth =
  | { readonly mode: "none" }
  | { readonly mode: "token"; readonly token: string }
  | { readonly mode: "password"; readonly password: string }
  | TrustedProxyAuth;

/** The proxy before the gateway knows its people: a header that it sets names who asks. */
export interface TrustedProxyAuth {
  readonly mode: "trusted-proxy";
  /** For programs of this machine, which no proxy stands before. */
  readonly token: string;
  /** Counts only from a trusted proxy. */
  readonly userHeader: string;
  /** Must be there too, with any value. */
  readonly requiredHeaders: readonly string[];
  /** Empty lets in whomever the proxy names. */
  readonly allowUsers: readonly string[];
}

/** How much one address, and one caller, may ask. What comes straight from this machine is exempt unless told otherwise. */
export interface RateLimits {
  readonly requestsPerMinute: number;
  readonly upgradesPerMinute: number;
  /** Calls of methods, and requests to the HTTP doors, by one device or caller that is in; 0 for no limit. */
  readonly callsPerMinute: number;
  readonly loopbackExempt: boolean;
}

/** How often one address may offer a wrong secret. */
export interface GuessLimits {
  readonly maxAttempts: number;
  /** Attempts further apart than this many ms are not added up. */
  readonly windowMs: number;
  readonly lockoutMs: number;
  readonly exemptLoopback: boolean;
}

/** Beyond what a node's platform may be asked: commands, or groups of them as `camera.*`. Denied wins. */
export interface NodeRules {
  readonly allowCommands: readonly string[];
  readonly denyCommands: readonly string[];
}

export interface GatewaySettings {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  readonly auth: GatewayAuth;
  readonly rateLimits: RateLimits;
  readonly guessLimits: GuessLimits;
  /** Origins (`https://host:port`) of web pages that may connect beside our own page. */
  readonly allowedOrigins?: readonly string[];
  /** Lets remote clients that hold the secret, but have no device key, keep the scopes they ask for. */
  readonly allowInsecureAuth?: boolean;
  readonly nodes?: NodeRules;
  /** Whether an address is that of a proxy whose word about its clients counts. Absent: there is none. */
  readonly isTrustedProxy?: (address: string) => boolean;
  readonly tailscale?: TailscaleSettings;
  /** Absent: no webhook is taken. */
  readonly hooks?: HookSettings;
}

/** Incoming webhooks. */
export interface HookSettings {
  /** For `/hooks/wake` and `/hooks/agent`; absent: they do not exist. */
  readonly token?: string;
  readonly list: readonly {
    readonly name: string;
    readonly secret: string;
    readonly scheme: "standard" | "github" | "token";
    readonly agent?: string;
    /** Which session hears it; absent: one of the hook's own. */
    readonly session?: string;
    /** Words with `{{place.in.the.body}}`; absent: the body as it is. */
    readonly template?: string;
  }[];
}

export interface TailscaleSettings {
  /** Tailscale forwards to us, from this machine: its word about the client's address counts. */
  readonly forwards: boolean;
  /**
   * The login that Tailscale itself knows for an address of the tailnet; undefined when it knows none. Must not reject.
   * Absent: Tailscale's headers log nobody in.
   */
  readonly whois?: (address: string) => Promise<string | undefined>;
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
  /** Sockets of one address that have not said hello. */
  waitingPerAddress: 32,
} as const;

export const closeCodes = {
  normal: 1000,
  protocol: 1002,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
} as const;

// The one way out of a sandbox: an HTTP proxy of the house on a unix socket. What programs inside must know to use it,
// and the words that the proxy and the rules have for what passes. A sandbox has no other network.

/** The sandbox forwards its own 127.0.0.1:port to the socket. */
export interface EgressDoor {
  /** Absolute path of a unix socket. It takes nothing without the token that stands in the environment. */
  readonly socket: string;
  /** TCP port on the sandbox's own 127.0.0.1 from which the sandbox forwards to the socket. */
  readonly port: number;
  /** Absolute path of a PEM file with the authorities to trust; readable inside at the same path. */
  readonly authority: string;
  /** What programs inside need to find the proxy and to trust it. Holds the token of this one sandbox. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What becomes of a secret, or of the shape of a key, that is about to pass. */
export type LeakMode = "block" | "warn" | "off";

/** A secret of the house and where it goes in a request. Without a place it only stands in for its placeholder. */
export interface EgressCredential {
  /** The secret's name. */
  readonly secret: string;
  readonly header?: string | undefined;
  /** Before the value in the header, for example `Bearer `. */
  readonly prefix?: string | undefined;
  /** A parameter of the query. */
  readonly query?: string | undefined;
  /** A user name; the secret is the password of HTTP Basic. */
  readonly basic?: string | undefined;
}

export interface EgressCaller {
  readonly sandboxId: string;
  readonly agent: string;
  readonly sessionKey: string;
}

export interface EgressRequest extends EgressCaller {
  /** `connect`: a tunnel to the host, of which nothing else is known yet. */
  readonly kind: "connect" | "request" | "websocket";
  readonly scheme: "http" | "https";
  /** Lower case, without the dot at the end; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Path and query, as they would be sent. Empty for `connect`. */
  readonly target: string;
  /** Values of credentials are masked. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: { readonly bytes: number /** Its beginning. */; readonly first: Uint8Array } | undefined;
}

export interface EgressAllowed {
  readonly type: "allow";
  readonly inspect: boolean;
  readonly private: boolean;
  readonly credentials: readonly EgressCredential[];
}

export interface EgressDenied {
  readonly type: "deny";
  readonly code: string;
  /** What was refused and why, for whoever asked. */
  readonly reason: string;
  /** How the owner allows it once or for good. */
  readonly hint: string;
}

export type EgressVerdict = EgressAllowed | EgressDenied;

export interface EgressSecret {
  readonly name: string;
  readonly value: string;
}

/** One request as the audit keeps it. Never a secret, and of the query the names only. */
export interface EgressEvent extends EgressCaller {
  readonly type: "allow" | "deny" | "leak";
  /** Set where it is no request but the words of a call to this tool: then method, host and path are empty. */
  readonly tool?: string;
  /** Unix ms. */
  readonly at: number;
  readonly method: string;
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** `egress.allowed`; why not; or what went wrong after it had left. */
  readonly code: string;
  readonly status?: number | undefined;
  readonly bytesOut: number;
  readonly bytesIn: number;
  /** Of a leak: which secret or shape, where, and whether it was stopped. */
  readonly leak?: LeakFinding & { readonly direction: "out" | "in"; readonly blocked: boolean };
}

export interface LeakFinding {
  readonly kind: "secret" | "shape";
  /** The secret's name, or what the shape is. */
  readonly name: string;
  readonly where: string;
  /** `line`: the method, the host or the address themselves; `requests`: the places of several requests together. */
  readonly place: "line" | "head" | "body" | "requests";
  readonly how: "whole" | "in parts";
}

/** What leaves in one request, unpacked. */
export interface LeavingPieces {
  /** Empty where there is none, as in a message of a WebSocket. */
  readonly method: string;
  readonly host: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The body as it is, and each thing that was packed in it. */
  readonly bodies: readonly Uint8Array[];
}

/** Watches one direction of bytes as they come. */
export interface LeakStream {
  /** `holds`: what came so far ends in the beginning of a secret, so that it had better not be passed on yet. */
  push(bytes: Uint8Array): { readonly found: LeakFinding | undefined; readonly holds: boolean };
}

/** Looks for the secrets of the house, in each usual spelling, and for the shapes of keys. */
export interface LeakWatch {
  leaving(caller: EgressCaller, pieces: LeavingPieces): LeakFinding | undefined;
  /** Bytes that pass without an end, in one direction. */
  stream(caller: EgressCaller, direction: "out" | "in"): LeakStream;
}

export interface RequestHead {
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Puts credentials where they belong, and secrets in the place of their placeholders. */
export type InjectCredentials = (
  head: RequestHead,
  credentials: readonly EgressCredential[],
  secrets: readonly EgressSecret[],
) => { readonly type: "done"; readonly head: RequestHead } | EgressDenied;

// What the egress gateway is given, and what it gives: a way out for each sandbox, with a socket and a token of its own.
import type { SecureContext } from "node:tls";
import type {
  Clock,
  EgressCaller,
  EgressDenied,
  EgressDoor,
  EgressEvent,
  EgressRequest,
  EgressSecret,
  EgressVerdict,
  InjectCredentials,
  LeakMode,
  LeakWatch,
} from "@homarus/sdk";

export interface EgressLimits {
  /** Of one request; it is held in memory until all of it has been seen. */
  readonly maxBodyBytes: number;
  /** Of all requests that are held at one time. */
  readonly maxHeldBytes: number;
  /** Of one answer, which passes as it comes. */
  readonly maxAnswerBytes: number;
  readonly maxHeadBytes: number;
  /** How long a request waits for a decision. */
  readonly decideMs: number;
  /** How long a connection may be silent. */
  readonly idleMs: number;
  /** Of one sandbox at one time. */
  readonly maxConnections: number;
}

export interface EgressParts {
  /** Private, in the state folder: the authority, its key, and the sockets where the path is short enough. */
  readonly folder: string;
  readonly decide: (request: EgressRequest, signal: AbortSignal) => Promise<EgressVerdict>;
  /** All that are known at this moment. A new list where one has changed. */
  readonly secrets: () => readonly EgressSecret[];
  readonly onEvent: (event: EgressEvent) => void;
  /** A host has said its first byte, before any of it comes to the sandbox. */
  readonly onHeard: (caller: EgressCaller, host: string) => void;
  readonly clock: Clock;
  readonly limits: EgressLimits;
  /** What becomes of a leak at this moment. */
  readonly leaks: () => LeakMode;
  /** The rules' side, which this room does not know. */
  readonly watch: LeakWatch;
  readonly inject: InjectCredentials;
  /** PEM of authorities that hosts may be of, beside those of the system. */
  readonly authorities?: readonly string[];
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

export interface Lease {
  readonly door: EgressDoor;
  /** Nothing more goes out, and what is under way is cut off. */
  close(): Promise<void>;
}

export interface Egress {
  lease(caller: EgressCaller): Promise<Lease>;
  close(): Promise<void>;
}

/** What one connection of a sandbox works with. */
export interface House extends EgressParts {
  readonly caller: EgressCaller;
  /** Certificate and key for a host, made by the authority. */
  readonly certify: (host: string) => { readonly cert: string; readonly key: string };
  /** All authorities that hosts may be of: read once, for all sandboxes. */
  readonly trusted: SecureContext;
  /** Bytes of requests in memory, of all sandboxes. */
  readonly held: { bytes: number };
}

/** Where a request goes. */
export interface Origin {
  readonly scheme: "http" | "https";
  /** Lower case; IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
}

export type Denial = Pick<EgressDenied, "code" | "reason" | "hint">;

// The three frames of the gateway's WebSocket protocol (version 3) and how to read one. Pure data and parsing;
// who may send what, and what a method means, is not here.
// Source: wire protocol v3, section "Transport": text frames, one JSON object each, no extra top-level keys.

export const protocolVersion = 3;

export interface RequestFrame {
  readonly type: "req";
  /** Chosen by the client, at least one character. */
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
}

export interface ResponseFrame {
  readonly type: "res";
  readonly id: string;
  readonly ok: boolean;
  readonly payload?: unknown;
  readonly error?: ErrorShape;
}

export interface EventFrame {
  readonly type: "event";
  readonly event: string;
  readonly payload?: unknown;
  /** Grows by one with each event this client is given; a jump means that events were dropped. */
  readonly seq?: number;
  readonly stateVersion?: StateVersion;
}

/** Counts of what snapshots were sent; a client ignores a snapshot older than the one it has. */
export interface StateVersion {
  readonly presence: number;
  readonly health: number;
}

export type ErrorCode = "NOT_LINKED" | "NOT_PAIRED" | "AGENT_TIMEOUT" | "INVALID_REQUEST" | "UNAVAILABLE";

export interface ErrorShape {
  readonly code: ErrorCode | (string & {});
  readonly message: string;
  readonly details?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/** First answer to `connect`. */
export interface HelloOk {
  readonly type: "hello-ok";
  readonly protocol: number;
  readonly server: { readonly version: string; readonly connId: string };
  readonly features: { readonly methods: readonly string[]; readonly events: readonly string[] };
  readonly snapshot: {
    readonly presence: readonly unknown[];
    readonly health: unknown;
    readonly stateVersion: StateVersion;
    readonly uptimeMs: number;
    readonly configPath?: string;
    readonly stateDir?: string;
    readonly sessionDefaults?: {
      readonly defaultAgentId: string;
      readonly mainKey: string;
      readonly mainSessionKey: string;
      readonly scope?: string;
    };
    readonly authMode?: string;
  };
  readonly auth?: {
    readonly deviceToken?: string;
    readonly role: string;
    readonly scopes: readonly string[];
    readonly issuedAtMs?: number;
  };
  /** Bytes, bytes, ms. */
  readonly policy: { readonly maxPayload: number; readonly maxBufferedBytes: number; readonly tickIntervalMs: number };
}

/** Reads a frame that a server sent; undefined for anything else (a client ignores what it does not know). */
export function parseServerFrame(text: string): ResponseFrame | EventFrame | undefined {
  const frame = parseObject(text);
  if (frame === undefined) return undefined;
  if (frame.type === "event" && typeof frame.event === "string") return frame as unknown as EventFrame;
  if (frame.type === "res" && typeof frame.id === "string" && typeof frame.ok === "boolean") {
    return frame as unknown as ResponseFrame;
  }
  return undefined;
}

/** The object a text holds, or undefined when it is not JSON or not an object. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: the caller decides what that means for its side of the wire.
    return undefined;
  }
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

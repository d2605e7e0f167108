// Frames of protocol version 3 as text: reading a request, writing answers and events. Payloads may come ready-made as
// JSON text, so that what many clients get is serialised once.

import { type Fault, isFault, toFault } from "@homarus/sdk";
import type { ErrorShape } from "@homarus/sdk/client";
import { problems } from "./check.ts";
import { anything, name, optional, type Shape, strict } from "./shape.ts";

/** A result that is JSON already. */
export class ReadyJson {
  readonly json: string;

  constructor(json: string) {
    this.json = json;
  }
}

/** A refusal in the protocol's own terms, where a Fault's kind would not name the code that clients act on. */
export class Refusal extends Error {
  readonly shape: ErrorShape;
  /** Sent beside the error: a run that failed still tells its id. */
  readonly payload: unknown;

  constructor(shape: ErrorShape, payload?: unknown) {
    super(shape.message);
    this.name = "Refusal";
    this.shape = shape;
    this.payload = payload;
  }
}

export function invalid(message: string, details?: unknown): Refusal {
  return new Refusal({ code: "INVALID_REQUEST", message, ...(details === undefined ? {} : { details }) });
}

export interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

export type Read =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "bad"; readonly id: string; readonly problem: string };

const requestShape: Shape = strict({
  type: { const: "req", type: "string" },
  id: name,
  method: name,
  params: optional(anything),
});

/** Undefined when the text is not JSON at all. */
export function readRequest(text: string): Read | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: before hello that ends the connection, after it the frame is only logged.
    return undefined;
  }
  if (isRequest(value))
    return { type: "request", request: { id: value.id, method: value.method, params: value.params ?? {} } };
  const frame = value as Record<string, unknown> | null;
  const id =
    typeof frame === "object" && frame !== null && typeof frame.id === "string" && frame.id !== ""
      ? frame.id
      : "invalid";
  return { type: "bad", id, problem: problems(requestShape, value) ?? "not a request" };
}

/** What `requestShape` says, by hand: each call on the wire comes through here. */
function isRequest(value: unknown): value is { id: string; method: string; params?: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const { type, id, method } = value as Record<string, unknown>;
  if (type !== "req" || typeof id !== "string" || id === "" || typeof method !== "string" || method === "")
    return false;
  return Object.keys(value).length === ("params" in value ? 4 : 3);
}

export function okFrame(id: string, payload: unknown): string {
  const head = `{"type":"res","id":${JSON.stringify(id)},"ok":true`;
  if (payload === undefined) return `${head}}`;
  return `${head},"payload":${payload instanceof ReadyJson ? payload.json : JSON.stringify(payload)}}`;
}

export function errorFrame(id: string, error: ErrorShape, payload?: unknown): string {
  return JSON.stringify({ type: "res", id, ok: false, ...(payload === undefined ? {} : { payload }), error });
}

/** An event without its end, so that a number can still be put in: see `endEvent`. */
export function openEvent(event: string, payloadJson: string, stateVersion?: string): string {
  return `{"type":"event","event":"${event}","payload":${payloadJson}${stateVersion === undefined ? "" : `,"stateVersion":${stateVersion}`}`;
}

export function endEvent(opened: string, seq?: number): string {
  return seq === undefined ? `${opened}}` : `${opened},"seq":${seq}}`;
}

/** Whatever a handler threw, as the client reads it. */
export function errorShape(thrown: unknown): ErrorShape {
  if (thrown instanceof Refusal) return thrown.shape;
  const fault = toFault(thrown);
  const message = fault.hint === undefined ? fault.message : `${fault.message} ${fault.hint}`;
  return {
    code: codeOf(fault),
    message: fault.kind === "bug" ? "internal error" : message,
    ...(isFault(thrown) && fault.kind !== "bug" ? { details: { fault: fault.code } } : {}),
    ...(fault.retryAt === undefined ? {} : { retryable: true, retryAfterMs: Math.max(0, fault.retryAt - Date.now()) }),
  };
}

function codeOf(fault: Fault): ErrorShape["code"] {
  const asked =
    fault.kind === "invalid" || fault.kind === "denied" || fault.kind === "overflow" || fault.kind === "config";
  return asked ? "INVALID_REQUEST" : "UNAVAILABLE";
}

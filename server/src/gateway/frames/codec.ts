// Frames of the peer's protocol (versions 3 and 4) as text: reading a request, writing an answer.
// Source: wire protocol v3, "Transport".
import type { ErrorShape } from "@homarus/sdk/client";
import { jsonOf } from "../ready-json.ts";
import type { Protocol } from "../wire.ts";
import { problems } from "./check.ts";
import { anything, name, open, optional, type Shape, strict } from "./shape.ts";

export interface Request {
  readonly id: string;
  readonly method: string;
  readonly params: unknown;
}

export type Read =
  | { readonly type: "request"; readonly request: Request }
  | { readonly type: "bad"; readonly id: string; readonly problem: string };

const entries = { type: { const: "req", type: "string" } as Shape, id: name, method: name, params: optional(anything) };
const strictRequest = strict(entries);
/** Version 4 adds fields of tracing and profiles, and may add more. */
const openRequest = open(entries);

/** Undefined when the text is not JSON at all. */
export function readRequest(text: string, protocol: Protocol): Read | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: before hello that ends the connection, after it the frame is only logged.
    return undefined;
  }
  if (isRequest(value, protocol))
    return { type: "request", request: { id: value.id, method: value.method, params: value.params ?? {} } };
  const frame = value as Record<string, unknown> | null;
  const id =
    typeof frame === "object" && frame !== null && typeof frame.id === "string" && frame.id !== ""
      ? frame.id
      : "invalid";
  const shape = protocol === 3 ? strictRequest : openRequest;
  return { type: "bad", id, problem: problems(shape, value) ?? "not a request" };
}

/** What the shapes say, by hand: each call on the wire comes through here. */
function isRequest(value: unknown, protocol: Protocol): value is { id: string; method: string; params?: unknown } {
  if (typeof value !== "object" || value === null) return false;
  const { type, id, method } = value as Record<string, unknown>;
  if (type !== "req" || typeof id !== "string" || id === "" || typeof method !== "string" || method === "")
    return false;
  return protocol > 3 || Object.keys(value).length === ("params" in value ? 4 : 3);
}

export function okFrame(id: string, payload: unknown): string {
  const head = `{"type":"res","id":${JSON.stringify(id)},"ok":true`;
  return payload === undefined ? `${head}}` : `${head},"payload":${jsonOf(payload)}}`;
}

export function errorFrame(id: string, error: ErrorShape, payload?: unknown): string {
  return JSON.stringify({ type: "res", id, ok: false, ...(payload === undefined ? {} : { payload }), error });
}

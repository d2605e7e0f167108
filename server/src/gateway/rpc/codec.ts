// JSON-RPC 2.0 as text: a request or a batch in, the answer or nothing out. It knows no methods; whoever uses it says
// what a call gives. Source: JSON-RPC 2.0 specification (2013-01-04), sections 4 to 7.
import type { ErrorShape } from "@homarus/sdk/client";
import type { Gate } from "../methods/dispatch.ts";
import { jsonOf } from "../ready-json.ts";

/** An id as the client wrote it; the same value goes back. */
export type RpcId = string | number | null;

export type Params = Readonly<Record<string, unknown>> | readonly unknown[];

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

export type Result = { readonly value: unknown } | { readonly error: RpcError };

/** What a call gives. `id` is undefined for a notification: its result goes nowhere. Must not reject. */
export type Perform = (method: string, params: Params | undefined, id: RpcId | undefined) => Promise<Result>;

/** Source: section 5.1; codes from -32000 down are the server's own. */
export const codes = {
  parse: -32_700,
  request: -32_600,
  method: -32_601,
  params: -32_602,
  internal: -32_603,
  unavailable: -32_000,
  denied: -32_001,
  refused: -32_002,
} as const;

/** The text to send back; undefined when nothing is to be said. */
export async function answerRpc(text: string, perform: Perform): Promise<string | undefined> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return written(null, { error: { code: codes.parse, message: "Parse error" } });
  }
  if (!Array.isArray(value)) return answerOne(value, perform);
  if (value.length === 0) return written(null, invalidRequest());
  const answers = await Promise.all(value.map((item) => answerOne(item, perform)));
  const said = answers.filter((answer) => answer !== undefined);
  return said.length === 0 ? undefined : `[${said.join(",")}]`;
}

async function answerOne(value: unknown, perform: Perform): Promise<string | undefined> {
  if (!isRequest(value)) return written(idOf(value), invalidRequest());
  const result = await perform(value.method, value.params, value.id);
  return value.id === undefined ? undefined : written(value.id, result);
}

interface RequestObject {
  readonly method: string;
  readonly params?: Params;
  readonly id?: RpcId;
}

function isRequest(value: unknown): value is RequestObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const { jsonrpc, method, params, id } = value as Record<string, unknown>;
  const isIdGood = id === undefined || id === null || typeof id === "string" || typeof id === "number";
  const areParamsGood = params === undefined || (typeof params === "object" && params !== null);
  return jsonrpc === "2.0" && typeof method === "string" && isIdGood && areParamsGood;
}

function idOf(value: unknown): RpcId {
  const id = typeof value === "object" && value !== null ? (value as Record<string, unknown>).id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function invalidRequest(): Result {
  return { error: { code: codes.request, message: "Invalid Request" } };
}

function written(id: RpcId, result: Result): string {
  const head = `{"jsonrpc":"2.0","id":${JSON.stringify(id)}`;
  return "error" in result
    ? `${head},"error":${JSON.stringify(result.error)}}`
    : `${head},"result":${result.value === undefined ? "null" : jsonOf(result.value)}}`;
}

/** A refusal of the gateway under the code that JSON-RPC has for its gate; our own words and code stand in `data`. */
export function rpcError(error: ErrorShape, gate: Gate): RpcError {
  const { code, message, details, retryable, retryAfterMs } = error;
  const data = {
    code,
    ...(details === undefined ? {} : { details }),
    ...(retryable === undefined ? {} : { retryable }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
  return { code: codeOf(error, gate), message, data };
}

function codeOf({ code, message }: ErrorShape, gate: Gate): number {
  if (gate === "rights") return codes.denied;
  if (gate === "method") return codes.method;
  if (gate === "params") return codes.params;
  if (code === "UNAVAILABLE") return message === "internal error" ? codes.internal : codes.unavailable;
  return codes.refused;
}

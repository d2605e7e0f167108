// What went wrong, as a JSON-RPC error that an editor shows: what happened and what to do. Pure.
import { RequestError } from "@agentclientprotocol/sdk";

interface Told {
  readonly kind?: string;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

const invalidParams = -32_602;
const internalError = -32_603;

/** Nobody expected an error without a kind: its words are for the log. */
export function isExpected(thrown: unknown): boolean {
  return thrown instanceof RequestError || typeof (thrown as Told | undefined)?.kind === "string";
}

export function rpcError(thrown: unknown): RequestError {
  if (thrown instanceof RequestError) return thrown;
  const { kind, code, message, hint } = (thrown ?? {}) as Told;
  if (kind === undefined || kind === "bug")
    return new RequestError(internalError, "Something went wrong inside Homarus; its log says more.");
  const number = kind === "invalid" || kind === "denied" ? invalidParams : internalError;
  return new RequestError(number, [message, hint].filter(Boolean).join(" "), { kind, code });
}

export function wrong(message: string): RequestError {
  return new RequestError(invalidParams, message);
}

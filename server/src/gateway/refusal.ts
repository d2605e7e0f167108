// A refusal as clients read it: the protocol's error shape, from what a handler threw or from missing rights.
import { type Fault, isFault, toFault } from "@homarus/sdk";
import type { ErrorShape } from "@homarus/sdk/client";
import type { Denial } from "./caller.ts";
import type { Protocol } from "./wire.ts";

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

/** Missing rights. Version 4 has a code of its own for a missing scope; version 3 knows the words only. */
export function deniedShape(denial: Denial, protocol: Protocol): ErrorShape {
  if (denial.type === "role") return { code: "INVALID_REQUEST", message: `unauthorized role: ${denial.role}` };
  const message = `missing scope: ${denial.scope}`;
  if (protocol === 3) return { code: "INVALID_REQUEST", message };
  const details = { code: "MISSING_SCOPE", missingScope: denial.scope, requiredScopes: [denial.scope] };
  return { code: "FORBIDDEN", message, details };
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

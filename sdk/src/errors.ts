// The one error of the house. Its kind is an instruction: what the run, the delivery, the owner and the person get is
// read from one table here, never decided by a catch or by the text of a message.

/** The nine kinds. A tenth needs an ADR. */
export const faultKinds = [
  "invalid",
  "config",
  "auth",
  "denied",
  "unavailable",
  "limited",
  "overflow",
  "aborted",
  "bug",
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface FaultOptions {
  /** What was thrown below. Logged, never shown to a person. */
  readonly cause?: unknown;
  /** Unix ms before which trying again is pointless (a platform's retry-after). */
  readonly retryAt?: number;
  /** The next step for whoever reads the message, one sentence. */
  readonly hint?: string;
}

/** A Fault as plain data, as it stands in the store and on the wire. */
export interface FaultData {
  readonly kind: FaultKind;
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly retryAt?: number;
}

const mark = Symbol.for("homarus.fault");

/**
 * The only error that crosses a port.
 * `code` is dotted and belongs to the thrower (`telegram.chat-not-found`); `kind` belongs to the house.
 * `message` says what happened in words an owner understands, without any secret.
 */
export class Fault extends Error {
  readonly kind: FaultKind;
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryAt: number | undefined;
  /** Marks a Fault across two copies of this package, where instanceof would fail. */
  readonly [mark] = true;

  constructor(kind: FaultKind, code: string, message: string, options: FaultOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "Fault";
    this.kind = kind;
    this.code = code;
    this.hint = options.hint;
    this.retryAt = options.retryAt;
  }

  toJSON(): FaultData {
    return {
      kind: this.kind,
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      ...(this.retryAt === undefined ? {} : { retryAt: this.retryAt }),
    };
  }
}

export function isFault(value: unknown): value is Fault {
  return typeof value === "object" && value !== null && mark in value;
}

/** Whatever was thrown, as a Fault: abort errors become `aborted`, a Fault stays itself, the rest is a `bug`. */
export function toFault(thrown: unknown, code = "house.unexpected"): Fault {
  if (isFault(thrown)) return thrown;
  if (thrown instanceof Error && (thrown.name === "AbortError" || thrown.name === "TimeoutError")) {
    return thrown.name === "AbortError"
      ? new Fault("aborted", "house.aborted", "The work was stopped.", { cause: thrown })
      : new Fault("unavailable", "house.timeout", "The work took too long.", { cause: thrown });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault("bug", code, text || "Something unexpected happened.", { cause: thrown });
}

/** A stored Fault back as an error. */
export function faultFrom(data: FaultData): Fault {
  return new Fault(data.kind, data.code, data.message, {
    ...(data.hint === undefined ? {} : { hint: data.hint }),
    ...(data.retryAt === undefined ? {} : { retryAt: data.retryAt }),
  });
}

/** What a kind makes the house do. */
export interface FaultPolicy {
  /** For a model call in a run. `tool-result`: the model is told and goes on. */
  readonly run: "tool-result" | "stop" | "failover" | "retry" | "wait" | "compact";
  /** For a piece in the outbox. */
  readonly delivery: "stop" | "hold" | "retry" | "wait" | "split";
  readonly tellOwner: "no" | "once" | "after-repeats" | "yes";
  readonly log: "debug" | "info" | "warn" | "error";
  /** What the person reads; undefined says nothing, `own` shows the fault's own message and hint. */
  readonly person: string | undefined;
}

export const faultPolicies: Readonly<Record<FaultKind, FaultPolicy>> = {
  invalid: { run: "tool-result", delivery: "stop", tellOwner: "no", log: "debug", person: "own" },
  config: { run: "stop", delivery: "stop", tellOwner: "once", log: "warn", person: "own" },
  auth: {
    run: "failover",
    delivery: "hold",
    tellOwner: "yes",
    log: "warn",
    person: "I cannot reach my model: its login is missing or was refused. The owner has to renew it.",
  },
  denied: { run: "tool-result", delivery: "stop", tellOwner: "no", log: "info", person: "own" },
  unavailable: {
    run: "retry",
    delivery: "retry",
    tellOwner: "after-repeats",
    log: "warn",
    person: "I could not reach my model just now. Please try again in a moment.",
  },
  limited: {
    run: "wait",
    delivery: "wait",
    tellOwner: "no",
    log: "info",
    person: "My model is busy and asks me to wait. Please try again a little later.",
  },
  overflow: {
    run: "compact",
    delivery: "split",
    tellOwner: "no",
    log: "info",
    person:
      "Even shortened, this is too long for my model. Send less at once, choose one with a larger window (/model), or begin anew (/new).",
  },
  aborted: { run: "stop", delivery: "stop", tellOwner: "no", log: "debug", person: undefined },
  bug: { run: "stop", delivery: "stop", tellOwner: "yes", log: "error", person: "Sorry, something broke on my side." },
};

/** The sentence a person gets for a fault, or undefined when the house keeps silent. */
export function personText(
  fault: Pick<Fault, "kind" | "message"> & { readonly hint?: string | undefined },
): string | undefined {
  const text = faultPolicies[fault.kind].person;
  if (text !== "own") return text;
  return fault.hint ? `${fault.message} ${fault.hint}` : fault.message;
}

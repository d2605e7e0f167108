// Who calls: role and scopes of an open connection, and what they allow. Scopes are kept as bits, because each call
// and each event asks for them.

export type Role = "operator" | "node";
export type Scope = "operator.admin" | "operator.read" | "operator.write" | "operator.approvals" | "operator.pairing";

const bits: Readonly<Record<string, number>> = {
  "operator.read": 1,
  // Whoever may write may read.
  "operator.write": 2 | 1,
  "operator.approvals": 4,
  "operator.pairing": 8,
  "operator.admin": 16 | 8 | 4 | 2 | 1,
};

const needs: Readonly<Record<Scope, number>> = {
  "operator.read": 1,
  "operator.write": 2,
  "operator.approvals": 4,
  "operator.pairing": 8,
  "operator.admin": 16,
};

/** Names that we do not know add nothing. */
export function scopeBits(scopes: readonly string[]): number {
  return scopes.reduce((sum, scope) => sum | (Object.hasOwn(bits, scope) ? (bits[scope] ?? 0) : 0), 0);
}

export function allows(granted: number, scope: Scope): boolean {
  return (granted & needs[scope]) !== 0;
}

/** What a method wants of its caller. */
export interface Demand {
  readonly role: Role;
  readonly scope: Scope;
}

/**
 * Undefined when the call may go on; else the error text of the protocol. A method we do not know wants
 * `operator.admin`, so that only an admin learns that it is unknown.
 */
export function refusal(demand: Demand | undefined, role: Role, granted: number): string | undefined {
  if (role !== (demand?.role ?? "operator")) return `unauthorized role: ${role}`;
  if (role === "node") return undefined;
  const scope = demand?.scope ?? "operator.admin";
  return allows(granted, scope) ? undefined : `missing scope: ${scope}`;
}

/** A role refusal counts towards closing the connection; a missing scope does not. */
export function isRoleRefusal(text: string): boolean {
  return text.startsWith("unauthorized role");
}

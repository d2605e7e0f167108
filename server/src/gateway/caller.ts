// Who calls: role and scopes of an open connection, and what they allow. Scopes are kept as bits, because each call
// and each event asks for them.

export type Role = "operator" | "node";
export type Scope =
  | "operator.admin"
  | "operator.read"
  | "operator.write"
  | "operator.approvals"
  | "operator.pairing"
  | "operator.talk";

/** What whoever holds the gateway's secret may do. */
export const ownerScopes: readonly Scope[] = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
];

const bits: Readonly<Record<string, number>> = {
  "operator.read": 1,
  // Whoever may write may read.
  "operator.write": 2 | 1,
  "operator.approvals": 4,
  "operator.pairing": 8,
  "operator.talk": 32,
  "operator.admin": 32 | 16 | 8 | 4 | 2 | 1,
};

const needs: Readonly<Record<Scope, number>> = {
  "operator.read": 1,
  "operator.write": 2,
  "operator.approvals": 4,
  "operator.pairing": 8,
  "operator.talk": 32,
  "operator.admin": 16,
};

/** Names that we do not know add nothing. */
export function scopeBits(scopes: readonly string[]): number {
  return scopes.reduce((sum, scope) => sum | (Object.hasOwn(bits, scope) ? (bits[scope] ?? 0) : 0), 0);
}

export function allows(granted: number, scope: Scope): boolean {
  return (granted & needs[scope]) !== 0;
}

/** What a method wants of its caller. `any`: every role may call it. */
export interface Demand {
  readonly role: Role | "any";
  readonly scope: Scope;
}

/** Why a call may not go on. */
export type Denial = { readonly type: "role"; readonly role: Role } | { readonly type: "scope"; readonly scope: Scope };

/**
 * Undefined when the call may go on. A method we do not know wants `operator.admin`, so that only an admin learns that
 * it is unknown.
 */
export function denial(demand: Demand | undefined, role: Role, granted: number): Denial | undefined {
  const wanted = demand?.role ?? "operator";
  if (wanted !== "any" && role !== wanted) return { type: "role", role };
  if (role === "node") return undefined;
  const scope = demand?.scope ?? "operator.admin";
  return allows(granted, scope) ? undefined : { type: "scope", scope };
}

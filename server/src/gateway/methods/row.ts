// A row of the method table: what must be known of a method before it is called. Shapes and code load with its group.
import type { Demand } from "../caller.ts";

/** Release of the peer that first had the method, or our own. Versions 3 of its protocol end with 2026.5.7. */
export type Since = "2026.2.17" | "2026.5.7" | "2026.9" | "homarus";

export interface MethodRow extends Demand {
  readonly name: string;
  readonly since: Since;
  /** The peer's version 4 no longer has it: it answers there too, and is not named in that hello. */
  readonly isRetired?: true;
  /** Answers without being named in hello, as clients expect of it. */
  readonly isSilent?: true;
}

type Options = Pick<MethodRow, "isRetired" | "isSilent">;

export type Row = (name: string, since: MethodRow["since"], options?: Options) => MethodRow;

function maker(demand: Demand): Row {
  return (name, since, options) => ({ name, since, ...demand, ...options });
}

export const read = maker({ role: "operator", scope: "operator.read" });
export const write = maker({ role: "operator", scope: "operator.write" });
export const admin = maker({ role: "operator", scope: "operator.admin" });
export const pairing = maker({ role: "operator", scope: "operator.pairing" });
export const approvals = maker({ role: "operator", scope: "operator.approvals" });
/** For nodes alone; the scope is not looked at. */
export const node = maker({ role: "node", scope: "operator.admin" });

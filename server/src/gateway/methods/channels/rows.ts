// Rows of the methods about channels and who may write on them.
import { type MethodRow, pairing, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("channels.status", "2026.2.17"),
  pairing("channels.pairing.list", "homarus"),
  pairing("channels.pairing.approve", "homarus"),
  pairing("channels.pairing.revoke", "homarus"),
];

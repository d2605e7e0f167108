// Rows of the methods about keys for programs.
import { admin, type MethodRow } from "../row.ts";

export const rows: readonly MethodRow[] = [
  admin("access.keys.create", "homarus"),
  admin("access.keys.list", "homarus"),
  admin("access.keys.revoke", "homarus"),
];

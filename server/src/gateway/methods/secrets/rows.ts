// Rows of the methods about secrets: their names, never their values.
import { admin, type MethodRow } from "../row.ts";

export const rows: readonly MethodRow[] = [
  admin("secrets.list", "homarus"),
  admin("secrets.set", "homarus"),
  admin("secrets.remove", "homarus"),
  admin("secrets.import", "homarus"),
  admin("secrets.rotate", "homarus"),
  admin("secrets.leases.create", "homarus"),
  admin("secrets.leases.list", "homarus"),
  admin("secrets.leases.end", "homarus"),
];

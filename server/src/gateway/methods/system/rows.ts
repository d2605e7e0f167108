// Rows of the methods that tell how the house is.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("health", "2026.2.17"),
  read("status", "2026.2.17"),
  read("system-presence", "2026.2.17"),
  read("last-heartbeat", "2026.2.17"),
  admin("connect", "2026.2.17", { isSilent: true }),
];

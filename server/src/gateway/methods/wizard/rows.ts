// Rows of the set-up wizard's methods.
import { admin, type MethodRow } from "../row.ts";

export const rows: readonly MethodRow[] = [
  admin("wizard.start", "2026.2.17"),
  admin("wizard.next", "2026.2.17"),
  admin("wizard.cancel", "2026.2.17"),
  admin("wizard.status", "2026.2.17"),
];

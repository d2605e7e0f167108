// Rows of the methods about models.
import { type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [read("models.list", "2026.2.17"), read("models.authStatus", "2026.5.7")];

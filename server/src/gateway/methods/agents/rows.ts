// Rows of the methods about agents.
import { type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [read("agents.list", "2026.2.17"), read("agent.identity.get", "2026.2.17")];

// Rows of the methods that ask for a run.
import { type MethodRow, write } from "../row.ts";

export const rows: readonly MethodRow[] = [write("agent", "2026.2.17"), write("agent.wait", "2026.2.17")];

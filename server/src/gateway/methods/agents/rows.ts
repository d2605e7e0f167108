// Rows of the methods about agents.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("agents.list", "2026.2.17"),
  read("agent.identity.get", "2026.2.17"),
  admin("agents.create", "2026.2.17"),
  admin("agents.update", "2026.2.17"),
  admin("agents.delete", "2026.2.17"),
  read("agents.files.list", "2026.2.17"),
  read("agents.files.get", "2026.2.17"),
  admin("agents.files.set", "2026.2.17"),
];

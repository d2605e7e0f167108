// Rows of the methods about skills.
import { admin, type MethodRow, node, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("skills.status", "2026.2.17"),
  node("skills.bins", "2026.2.17"),
  admin("skills.install", "2026.2.17"),
  admin("skills.update", "2026.2.17"),
  read("skills.search", "2026.5.7"),
  read("skills.detail", "2026.5.7"),
  read("skills.list", "homarus"),
  read("skills.get", "homarus"),
];

// Rows of the web chat's methods.
import { admin, type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("chat.history", "2026.2.17"),
  read("chat.startup", "2026.9"),
  read("chat.metadata", "2026.9"),
  read("chat.message.get", "2026.9"),
  write("chat.send", "2026.2.17"),
  write("chat.abort", "2026.2.17"),
  admin("chat.inject", "2026.2.17", { isSilent: true }),
];

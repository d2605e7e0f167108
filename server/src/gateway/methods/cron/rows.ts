// Rows of the methods about jobs, which the peer calls cron.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("cron.list", "2026.2.17"),
  read("cron.status", "2026.2.17"),
  read("cron.get", "2026.9"),
  admin("cron.add", "2026.2.17"),
  admin("cron.update", "2026.2.17"),
  admin("cron.remove", "2026.2.17"),
  admin("cron.run", "2026.2.17"),
  read("cron.runs", "2026.2.17"),
];

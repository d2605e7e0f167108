// Rows of the methods about sessions.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("sessions.list", "2026.2.17"),
  read("sessions.preview", "2026.2.17"),
  read("sessions.resolve", "2026.2.17", { isSilent: true }),
  admin("sessions.patch", "2026.2.17"),
  admin("sessions.reset", "2026.2.17"),
  admin("sessions.delete", "2026.2.17"),
  read("sessions.export", "homarus"),
  admin("sessions.import", "homarus"),
];

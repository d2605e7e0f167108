// Rows of the methods about the settings file.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("config.get", "2026.2.17"),
  admin("config.set", "2026.2.17"),
  admin("config.apply", "2026.2.17"),
  admin("config.patch", "2026.2.17"),
  admin("config.schema", "2026.2.17"),
  read("config.schema.lookup", "2026.5.7"),
];

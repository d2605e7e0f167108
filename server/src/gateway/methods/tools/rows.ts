// Rows of the methods about tools, commands and what extensions show.
import { type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("tools.catalog", "2026.5.7"),
  read("tools.effective", "2026.5.7"),
  write("tools.invoke", "2026.5.7"),
  read("commands.list", "2026.5.7"),
  read("plugins.list", "2026.9"),
  read("plugins.uiDescriptors", "2026.5.7"),
  write("browser.request", "2026.2.17"),
];

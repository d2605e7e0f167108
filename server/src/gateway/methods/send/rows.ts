// Rows of the methods that say something on a channel, unasked.
import { type MethodRow, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  write("send", "2026.2.17"),
  write("poll", "2026.2.17", { isSilent: true }),
  write("message.action", "2026.5.7"),
];

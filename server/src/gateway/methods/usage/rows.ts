// Rows of the methods about tokens, what they cost, and budgets.
import { admin, type MethodRow, read } from "../row.ts";

const silent = { isSilent: true } as const;

export const rows: readonly MethodRow[] = [
  read("usage.status", "2026.2.17"),
  read("usage.cost", "2026.2.17"),
  read("sessions.usage", "2026.2.17", silent),
  read("sessions.usage.timeseries", "2026.2.17", silent),
  read("sessions.usage.logs", "2026.2.17", silent),
  read("costs.summary", "homarus"),
  read("costs.list", "homarus"),
  admin("costs.release", "homarus"),
  read("budgets.status", "homarus"),
];

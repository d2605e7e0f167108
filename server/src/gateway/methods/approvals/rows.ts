// Rows of the methods about approvals: asking, deciding, and the file of standing rules.
import { admin, approvals, type MethodRow } from "../row.ts";

export const rows: readonly MethodRow[] = [
  admin("exec.approvals.get", "2026.2.17"),
  admin("exec.approvals.set", "2026.2.17"),
  approvals("exec.approval.request", "2026.2.17"),
  approvals("exec.approval.waitDecision", "2026.2.17"),
  approvals("exec.approval.resolve", "2026.2.17"),
  approvals("exec.approval.get", "2026.5.7"),
  approvals("exec.approval.list", "2026.5.7"),
  approvals("plugin.approval.request", "2026.5.7"),
  approvals("plugin.approval.waitDecision", "2026.5.7"),
  approvals("plugin.approval.resolve", "2026.5.7"),
  approvals("plugin.approval.list", "2026.5.7"),
];

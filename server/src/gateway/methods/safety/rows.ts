// Rows of the methods about safety: approvals in the house's own words, the emergency stop, the policy,
// the audit, and marks of files.
import { admin, approvals, type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("halt.status", "homarus"),
  write("halt.stop", "homarus"),
  admin("halt.resume", "homarus"),
  admin("halt.code", "homarus"),
  approvals("approvals.list", "homarus"),
  approvals("approvals.decide", "homarus"),
  approvals("approvals.rules", "homarus"),
  approvals("approvals.rules.remove", "homarus"),
  read("policy.explain", "homarus"),
  admin("audit.links", "homarus"),
  admin("audit.verify", "homarus"),
  read("egress.rules", "homarus"),
  read("egress.explain", "homarus"),
  admin("egress.allow", "homarus"),
  admin("egress.remove", "homarus"),
  read("checkpoints.list", "homarus"),
  read("checkpoints.compare", "homarus"),
  admin("checkpoints.restore", "homarus"),
  read("provenance.files", "homarus"),
  admin("provenance.trust", "homarus"),
];

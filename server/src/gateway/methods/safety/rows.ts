// Rows of the methods about safety: approvals in the house's own words, the policy, the audit, and marks of files.
import { admin, approvals, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  approvals("approvals.list", "homarus"),
  approvals("approvals.decide", "homarus"),
  approvals("approvals.rules", "homarus"),
  approvals("approvals.rules.remove", "homarus"),
  read("policy.explain", "homarus"),
  admin("audit.list", "homarus"),
  admin("audit.verify", "homarus"),
  read("provenance.files", "homarus"),
  admin("provenance.trust", "homarus"),
];

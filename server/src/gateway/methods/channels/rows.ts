// Rows of the methods about channels and who may write on them.
import { admin, type MethodRow, pairing, read } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("channels.status", "2026.2.17"),
  admin("channels.start", "2026.5.7"),
  admin("channels.stop", "2026.5.7"),
  admin("channels.logout", "2026.2.17"),
  admin("web.login.start", "2026.2.17", { isSilent: true }),
  admin("web.login.wait", "2026.2.17", { isSilent: true }),
  pairing("channels.pairing.list", "2026.9"),
  pairing("channels.pairing.approve", "2026.9"),
  pairing("channels.pairing.dismiss", "2026.9"),
  pairing("channels.pairing.revoke", "homarus"),
];

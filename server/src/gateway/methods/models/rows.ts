// Rows of the methods about models.
import { admin, type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("models.list", "2026.2.17"),
  read("models.authStatus", "2026.5.7"),
  read("models.providers", "homarus"),
  write("models.test", "homarus"),
  admin("models.refresh", "homarus"),
  admin("models.set", "homarus"),
  admin("models.configure", "homarus"),
  admin("models.login.start", "homarus"),
  admin("models.login.wait", "homarus"),
  admin("models.login.cancel", "homarus"),
  admin("models.login.adopt", "homarus"),
  admin("models.logout", "homarus"),
];

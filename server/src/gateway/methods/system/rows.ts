// Rows of the methods that tell how the house is.
import { admin, type MethodRow, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  read("health", "2026.2.17"),
  read("status", "2026.2.17"),
  read("system-presence", "2026.2.17"),
  read("last-heartbeat", "2026.2.17"),
  admin("connect", "2026.2.17", { isSilent: true }),
  read("logs.tail", "2026.2.17"),
  write("wake", "2026.2.17"),
  admin("set-heartbeats", "2026.2.17"),
  admin("system-event", "2026.2.17"),
  read("diagnostics.stability", "2026.5.7"),
  read("gateway.identity.get", "2026.5.7"),
  read("gateway.restart.preflight", "2026.5.7"),
  admin("gateway.restart.request", "2026.5.7"),
  admin("update.status", "2026.5.7"),
  admin("update.run", "2026.2.17"),
  admin("secrets.reload", "2026.5.7"),
  admin("secrets.resolve", "2026.5.7"),
  write("push.test", "2026.5.7", { isSilent: true }),
  write("push.web.vapidPublicKey", "2026.5.7", { isSilent: true }),
  write("push.web.subscribe", "2026.5.7", { isSilent: true }),
  write("push.web.unsubscribe", "2026.5.7", { isSilent: true }),
  write("push.web.test", "2026.5.7", { isSilent: true }),
];

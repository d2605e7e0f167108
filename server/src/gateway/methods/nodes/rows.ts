// Rows of the methods about nodes: devices that do something for the house.
import { admin, type MethodRow, node, pairing, read, write } from "../row.ts";

export const rows: readonly MethodRow[] = [
  pairing("node.pair.request", "2026.2.17", { isRetired: true }),
  pairing("node.pair.list", "2026.2.17"),
  pairing("node.pair.approve", "2026.2.17"),
  pairing("node.pair.reject", "2026.2.17"),
  pairing("node.pair.verify", "2026.2.17", { isRetired: true }),
  pairing("node.pair.remove", "2026.5.7"),
  pairing("node.rename", "2026.2.17"),
  read("node.list", "2026.2.17"),
  read("node.describe", "2026.2.17"),
  write("node.invoke", "2026.2.17"),
  node("node.invoke.result", "2026.2.17"),
  node("node.invoke.progress", "2026.9"),
  node("node.event", "2026.2.17"),
  write("node.pending.enqueue", "2026.5.7"),
  node("node.pending.drain", "2026.5.7"),
  node("node.pending.pull", "2026.5.7"),
  node("node.pending.ack", "2026.5.7"),
  node("node.canvas.capability.refresh", "2026.5.7", { isRetired: true }),
  node("node.pluginSurface.refresh", "2026.9"),
  // Nodes of that release call these whatever hello names. They have rows because a call of a method that is not for nodes
  // counts against whoever makes it.
  node("node.pluginTools.update", "2026.9", { isSilent: true }),
  node("node.skills.update", "2026.9", { isSilent: true }),
  node("node.runnerInventory.update", "2026.9", { isSilent: true }),
  admin("exec.approvals.node.get", "2026.2.17"),
  admin("exec.approvals.node.set", "2026.2.17"),
];

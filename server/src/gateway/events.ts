// The events this gateway tells, by the version of the protocol that first has them. Hello-ok and the reference page
// read this table.
import type { Protocol } from "./wire.ts";

export interface EventRow {
  readonly name: string;
  readonly since: Protocol;
}

const three = [
  "connect.challenge",
  "agent",
  "chat",
  "presence",
  "tick",
  "shutdown",
  "health",
  "device.pair.requested",
  "device.pair.resolved",
  "node.pair.requested",
  "node.pair.resolved",
  "node.invoke.request",
  "exec.approval.requested",
  "exec.approval.resolved",
  "plugin.approval.requested",
  "plugin.approval.resolved",
  "cron",
  "talk.mode",
  "voicewake.changed",
  "voicewake.routing.changed",
  "sessions.changed",
  "session.message",
  "session.tool",
] as const;

const four = ["device.pair.changed"] as const;

export const eventTable: readonly EventRow[] = [
  ...three.map((name) => ({ name, since: 3 as const })),
  ...four.map((name) => ({ name, since: 4 as const })),
];

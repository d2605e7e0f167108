// The hello-ok answer. What is the same for all clients is kept as JSON text: with thousands of clients connecting,
// only the few own fields are written anew.
import { protocolVersion } from "@homarus/sdk/client";
import { allows, scopeBits } from "../caller.ts";
import { type Door, stateVersion } from "../door.ts";
import { ReadyJson } from "../frames/codec.ts";
import { defaultAgent } from "../methods/agents.ts";
import { methodTable } from "../methods/table.ts";
import { limits } from "../settings.ts";
import type { Admitted } from "./decide.ts";

/** Events this gateway tells. */
export const eventNames = [
  "connect.challenge",
  "agent",
  "chat",
  "presence",
  "tick",
  "shutdown",
  "health",
  "device.pair.requested",
] as const;

const features = JSON.stringify({
  methods: methodTable.filter((row) => row.isAdvertised).map((row) => row.name),
  events: eventNames,
});

const policy = JSON.stringify({
  maxPayload: limits.maxPayload,
  maxBufferedBytes: limits.maxBuffered,
  tickIntervalMs: limits.tickIntervalMs,
});

export function hello(door: Door, connectionId: string, admitted: Admitted): ReadyJson {
  const { house, settings } = door;
  const now = door.clock.now();
  const server = JSON.stringify({ version: house.version, connId: connectionId });
  const rest = JSON.stringify({
    uptimeMs: now - house.startedAt,
    sessionDefaults: {
      defaultAgentId: defaultAgent(house.agents())?.id ?? "main",
      mainKey: "main",
      mainSessionKey: house.sessions.resolveKey("main"),
      scope: "per-sender",
    },
    authMode: settings.auth.mode,
    // Paths of the machine are for its owner.
    ...(allows(scopeBits(admitted.scopes), "operator.admin") ? { stateDir: house.stateFolder } : {}),
  });
  const auth = JSON.stringify({
    ...(admitted.deviceToken === undefined ? {} : { deviceToken: admitted.deviceToken }),
    role: admitted.role,
    scopes: admitted.scopes,
    ...(admitted.issuedAt === undefined ? {} : { issuedAtMs: admitted.issuedAt }),
  });
  const snapshot = `{"presence":${door.presence.json(now)},"health":${door.health.json(now)},"stateVersion":${stateVersion(door)},${rest.slice(1)}`;
  return new ReadyJson(
    `{"type":"hello-ok","protocol":${protocolVersion},"server":${server},"features":${features},"snapshot":${snapshot},"auth":${auth},"policy":${policy}}`,
  );
}

// The hello-ok answer. What is the same for all clients of a protocol is kept as JSON text: with thousands of clients
// connecting, only the few own fields are written anew.
import { allows, scopeBits } from "../caller.ts";
import { defaultAgent } from "../default-agent.ts";
import { type Door, stateVersion } from "../door.ts";
import { eventTable } from "../events.ts";
import { methodTable } from "../methods/table.ts";
import { ReadyJson } from "../ready-json.ts";
import { limits } from "../settings.ts";
import type { Protocol } from "../wire.ts";
import type { Admitted } from "./decide.ts";

/** What clients of version 4 may count on beyond the list of methods. None is claimed that no method here bears out. */
const capabilities: readonly string[] = [];

const features: Readonly<Record<Protocol, string>> = { 3: featuresOf(3), 4: featuresOf(4) };

function featuresOf(protocol: Protocol): string {
  const methods = methodTable.filter((row) =>
    row.isSilent ? false : protocol === 4 ? !row.isRetired : row.since !== "2026.9",
  );
  return JSON.stringify({
    methods: methods.map((row) => row.name),
    events: eventTable.filter((row) => row.since <= protocol).map((row) => row.name),
    ...(protocol === 4 ? { capabilities } : {}),
  });
}

const policy = {
  maxPayload: limits.maxPayload,
  maxBufferedBytes: limits.maxBuffered,
  tickIntervalMs: limits.tickIntervalMs,
};

const policies: Readonly<Record<Protocol, string>> = {
  3: JSON.stringify(policy),
  4: JSON.stringify({
    ...policy,
    attachments: { maxBytes: limits.attachmentBytes, maxImageBytes: limits.attachmentBytes },
  }),
};

export function hello(door: Door, connectionId: string, admitted: Admitted): ReadyJson {
  const { protocol } = admitted;
  const now = door.clock.now();
  const snapshot = `{"presence":${door.presence.json(now)},"health":${door.health.inHello(protocol, now)},"stateVersion":${stateVersion(door)},${factsOf(door, admitted, now).slice(1)}`;
  const head = `{"type":"hello-ok","protocol":${protocol},"server":${serverOf(door, connectionId, protocol)}`;
  return new ReadyJson(
    `${head},"features":${features[protocol]},"snapshot":${snapshot},"auth":${authOf(admitted)},"policy":${policies[protocol]}}`,
  );
}

function serverOf({ house, bootId }: Door, connId: string, protocol: Protocol): string {
  // "configured": the control page a client runs is not of this build, so it does not hold its own version against the gateway's.
  const build =
    protocol === 4 ? { buildId: `homarus-${house.version}`, bootId, controlUiBuildSource: "configured" } : {};
  return JSON.stringify({ version: house.version, ...build, connId });
}

function factsOf({ house, settings }: Door, { protocol, scopes }: Admitted, now: number): string {
  return JSON.stringify({
    uptimeMs: now - house.startedAt,
    sessionDefaults: {
      defaultAgentId: defaultAgent(house.agents())?.id ?? "main",
      mainKey: "main",
      mainSessionKey: house.sessions.resolveKey("main"),
      scope: "per-sender",
    },
    authMode: settings.auth.mode,
    ...(protocol === 4 ? { suspension: { phase: "accepting" } } : {}),
    // Paths of the machine are for its owner.
    ...(allows(scopeBits(scopes), "operator.admin")
      ? { configPath: house.config.path, stateDir: house.stateFolder }
      : {}),
  });
}

function authOf({ deviceToken, role, scopes, issuedAt }: Admitted): string {
  return JSON.stringify({
    ...(deviceToken === undefined ? {} : { deviceToken }),
    role,
    scopes,
    ...(issuedAt === undefined ? {} : { issuedAtMs: issuedAt }),
  });
}

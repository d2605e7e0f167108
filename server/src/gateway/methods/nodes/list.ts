// node.list, node.describe and node.rename: the nodes that were let in, with what is known of those that are here.
import type { Door } from "../../door.ts";
import type { DeviceRecord, DeviceRequest } from "../../handshake/devices.ts";
import { invalid } from "../../refusal.ts";
import { tellChanged } from "../devices/decided.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { allowedCommands } from "./allowed.ts";
import { type LiveNode, liveNodes } from "./live.ts";
import { NodePairings } from "./pairings.ts";
import type * as params from "./shapes.ts";

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  const nodes = await rowsOf(door);
  nodes.sort(
    (a, b) => Number(b.connected) - Number(a.connected) || compare(nameOf(a), nameOf(b)) || compare(a.nodeId, b.nodeId),
  );
  return { ts: door.clock.now(), nodes };
}

async function describe(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const nodeId = input.nodeId.trim();
  if (nodeId === "") throw invalid("nodeId required");
  const row = (await rowsOf(door)).find((item) => item.nodeId === nodeId);
  if (!row) throw invalid("unknown nodeId");
  return { ts: door.clock.now(), ...row };
}

type Row = ReturnType<typeof rowOf>;

async function rowsOf(door: Door): Promise<Row[]> {
  const { paired, pending } = await door.keeper.devices.list();
  const records = new Map(paired.filter((item) => item.roles.includes("node")).map((item) => [item.deviceId, item]));
  const wishes = new Map(pending.filter((item) => item.role === "node").map((item) => [item.deviceId, item]));
  const live = liveNodes(door);
  return [...new Set([...records.keys(), ...live.keys()])].map((nodeId) =>
    rowOf({ nodeId, record: records.get(nodeId), wish: wishes.get(nodeId), node: live.get(nodeId) }, door),
  );
}

interface Known {
  readonly nodeId: string;
  readonly record: DeviceRecord | undefined;
  readonly wish: DeviceRequest | undefined;
  readonly node: LiveNode | undefined;
}

function rowOf({ nodeId, record, wish, node }: Known, door: Door) {
  const said = node?.introduction.params;
  const displayName = record?.label ?? said?.client.displayName ?? record?.displayName;
  const commands = node && allowedCommands({ node, record, rules: door.settings.nodes });
  return {
    ...{ nodeId, ...(displayName && { displayName }) },
    ...{ platform: said?.client.platform ?? record?.platform, clientId: said?.client.id ?? record?.clientId },
    ...{ clientMode: said?.client.mode ?? record?.clientMode },
    ...(said && { version: said.client.version, ...otherFacts(node) }),
    caps: [...new Set(said?.caps ?? record?.node?.caps ?? [])].sort(),
    commands: commands ?? [],
    ...approvalOf(record, wish),
    ...{ paired: record !== undefined, connected: node !== undefined },
  };
}

function approvalOf(record: DeviceRecord | undefined, wish: DeviceRequest | undefined) {
  if (!record) return { approvalState: "unapproved" };
  const approvedAtMs = record.approvedAt ?? record.createdAt;
  if (!wish) return { approvalState: "approved", approvedAtMs };
  const asked = { pendingRequestId: wish.requestId, pendingDeclaredCommands: wish.node?.commands ?? [] };
  return { approvalState: "pending-reapproval", approvedAtMs, ...asked };
}

function otherFacts({ introduction }: LiveNode) {
  const { client, pathEnv, permissions, ...rest } = introduction.params;
  // Clients of the first releases know these two; the shape of connect does not.
  const { coreVersion, uiVersion } = rest as { readonly coreVersion?: string; readonly uiVersion?: string };
  return {
    ...(coreVersion && { coreVersion }),
    ...(uiVersion && { uiVersion }),
    ...(client.deviceFamily && { deviceFamily: client.deviceFamily }),
    ...(client.modelIdentifier && { modelIdentifier: client.modelIdentifier }),
    ...(pathEnv && { pathEnv }),
    ...(permissions && { permissions }),
    ...{ remoteIp: introduction.address, connectedAtMs: introduction.at },
  };
}

function nameOf(row: Row): string {
  return (row.displayName ?? row.nodeId).toLowerCase();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function rename(input: ParamsOf<typeof params.rename>, { door }: Call): Promise<unknown> {
  const displayName = input.displayName.trim();
  if (displayName === "") throw invalid("displayName required");
  const { nodeId } = input;
  const { devices } = door.keeper;
  const isDevice = await devices.alone(nodeId, async () => {
    const record = await devices.find(nodeId);
    if (!record?.roles.includes("node")) return false;
    await devices.rename(record, displayName);
    return true;
  });
  if (isDevice) tellChanged(door, nodeId);
  else if (!(await door.part(NodePairings).rename(nodeId, displayName))) throw invalid("unknown nodeId");
  return { nodeId, displayName };
}

export const handlers: Group["handlers"] = { "node.list": list, "node.describe": describe, "node.rename": rename };

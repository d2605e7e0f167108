// node.pair.*: nodes that wait, and what the owner decides. Two kinds of requests come together here: those made in a
// node's name (pairings.ts), and devices that want to be nodes, or to do more as such. The owner need not tell them apart.
import type { Door } from "../../door.ts";
import type { DeviceRecord, DeviceRequest } from "../../handshake/devices.ts";
import { invalid } from "../../refusal.ts";
import { letIn, sendAway, tellChanged, turnAway } from "../devices/decided.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { NodePairings } from "./pairings.ts";
import type * as params from "./shapes.ts";

async function ask(input: ParamsOf<typeof params.pairRequest>, { door }: Call): Promise<unknown> {
  const nodeId = input.nodeId.trim();
  if (nodeId === "") throw invalid("nodeId required");
  const { request, created } = await door.part(NodePairings).ask({ ...input, nodeId });
  if (created) tell(door, "node.pair.requested", request);
  return { status: "pending", request, created };
}

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  const pairings = door.part(NodePairings);
  const [devices, paired] = await Promise.all([door.keeper.devices.list(), pairings.paired()]);
  const asking = devices.pending.filter((item) => item.role === "node").map(requestRow);
  const known = new Set(paired.map((item) => item.nodeId));
  const letInNow = devices.paired.filter((item) => item.roles.includes("node") && !known.has(item.deviceId));
  return {
    pending: [...pairings.pending(), ...asking].sort((a, b) => b.ts - a.ts),
    paired: [...paired, ...letInNow.map(nodeRow)],
  };
}

function requestRow({ requestId, deviceId, displayName, platform, node, remoteIp, isRepair, ts }: DeviceRequest) {
  return {
    requestId,
    nodeId: deviceId,
    ...(displayName && { displayName }),
    platform,
    ...node,
    remoteIp,
    isRepair,
    ts,
  };
}

function nodeRow({ deviceId, displayName, label, platform, node, createdAt, approvedAt }: DeviceRecord) {
  const shown = label ?? displayName;
  const times = { createdAtMs: createdAt, approvedAtMs: approvedAt ?? createdAt };
  return { nodeId: deviceId, ...(shown && { displayName: shown }), platform, ...node, ...times };
}

async function approve(input: ParamsOf<typeof params.request>, call: Call): Promise<unknown> {
  const { requestId } = input;
  const { door } = call;
  const asked = door.part(NodePairings).waiting(requestId);
  const node = asked
    ? await door.part(NodePairings).approve(asked)
    : nodeRow(await letIn(await deviceRequest(requestId, door), call));
  tellResolved(door, requestId, node.nodeId, "approved");
  return { requestId, node };
}

async function reject(input: ParamsOf<typeof params.request>, call: Call): Promise<unknown> {
  const { requestId } = input;
  const { door } = call;
  const asked = door.part(NodePairings).waiting(requestId);
  const device = asked ? undefined : await deviceRequest(requestId, door);
  if (device) await turnAway(device, call);
  else door.part(NodePairings).dismiss(requestId);
  const nodeId = asked?.nodeId ?? device?.deviceId ?? "";
  tellResolved(door, requestId, nodeId, "rejected");
  return { requestId, nodeId };
}

async function deviceRequest(requestId: string, door: Door): Promise<DeviceRequest> {
  const request = await door.keeper.devices.waiting(requestId);
  if (request?.role !== "node") throw invalid("unknown requestId");
  return request;
}

async function verify(input: ParamsOf<typeof params.verify>, { door }: Call): Promise<unknown> {
  const node = await door.part(NodePairings).verify(input.nodeId.trim(), input.token);
  return node ? { ok: true, node } : { ok: false };
}

/** A device that is more than a node stays, without that role. */
async function remove(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const nodeId = input.nodeId.trim();
  const { devices } = door.keeper;
  const isDevice = await devices.alone(nodeId, async () => {
    const record = await devices.find(nodeId);
    if (!record?.roles.includes("node")) return false;
    await devices.removeRole(record, "node");
    return true;
  });
  const isPaired = await door.part(NodePairings).remove(nodeId);
  if (!isDevice && !isPaired) throw invalid("unknown nodeId");
  if (isDevice) {
    sendAway(door, nodeId, "device removed", "node");
    tellChanged(door, nodeId);
  }
  tellResolved(door, "", nodeId, "removed");
  return { nodeId };
}

function tellResolved(door: Door, requestId: string, nodeId: string, decision: string): void {
  tell(door, "node.pair.resolved", { requestId, nodeId, decision, ts: door.clock.now() });
}

function tell(door: Door, event: string, payload: object): void {
  door.audience.tell(event, JSON.stringify(payload), { guard: "operator.pairing", dropIfSlow: true });
}

export const handlers: Group["handlers"] = {
  ...{ "node.pair.request": ask, "node.pair.list": list, "node.pair.approve": approve },
  ...{ "node.pair.reject": reject, "node.pair.verify": verify, "node.pair.remove": remove },
};

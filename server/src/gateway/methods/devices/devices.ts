// device.*: the owner lists devices, lets them in, turns them away, and gives or takes their tokens. Nobody can give a
// device more than they have themselves.
import type { Door } from "../../door.ts";
import type { DeviceRecord, DeviceRequest } from "../../handshake/devices.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { letIn, refuseMore, sendAway, tellChanged, turnAway } from "./decided.ts";
import type * as params from "./shapes.ts";

async function listed(_input: unknown, { door }: Call): Promise<unknown> {
  const { pending, paired } = await door.keeper.devices.list();
  const here = new Set(door.audience.everyone().map((member) => member.deviceId));
  return {
    pending: pending.map(({ node, ...item }) => ({ ...item, ...node, roles: [item.role] })),
    paired: paired.map((record) => ({ ...deviceRow(record), connected: here.has(record.deviceId) })),
  };
}

/** A device as clients may see it: without the hashes of its tokens. */
function deviceRow({ tokens, createdAt, approvedAt, label, node, ...rest }: DeviceRecord) {
  const rows = Object.entries(tokens).flatMap(([role, issued]) =>
    issued.slice(0, 1).map(({ scopes, issuedAt }) => ({ role, scopes, createdAtMs: issuedAt })),
  );
  const times = { createdAtMs: createdAt, approvedAtMs: approvedAt ?? createdAt };
  return { ...rest, ...(label && { displayName: label }), ...node, role: rest.roles[0], ...times, tokens: rows };
}

async function approve(input: ParamsOf<typeof params.request>, call: Call): Promise<unknown> {
  const request = await waitingFor(call.door, input.requestId);
  return { requestId: request.requestId, device: deviceRow(await letIn(request, call)) };
}

async function reject(input: ParamsOf<typeof params.request>, call: Call): Promise<unknown> {
  const request = await waitingFor(call.door, input.requestId);
  await turnAway(request, call);
  return { requestId: request.requestId, deviceId: request.deviceId };
}

async function waitingFor(door: Door, requestId: string): Promise<DeviceRequest> {
  const request = await door.keeper.devices.waiting(requestId);
  if (!request) throw invalid("unknown requestId");
  return request;
}

/** Works on one device at a time; refuses one that is not there. */
function withDevice<T>(door: Door, deviceId: string, work: (record: DeviceRecord) => Promise<T>): Promise<T> {
  return door.keeper.devices.alone(deviceId, async () => {
    const record = await door.keeper.devices.find(deviceId);
    if (!record) throw invalid("unknown deviceId");
    return work(record);
  });
}

async function remove(input: ParamsOf<typeof params.device>, { door }: Call): Promise<unknown> {
  await withDevice(door, input.deviceId, () => door.keeper.devices.remove(input.deviceId));
  sendAway(door, input.deviceId, "device removed");
  tellChanged(door, input.deviceId);
  return { deviceId: input.deviceId };
}

async function rename(input: ParamsOf<typeof params.rename>, { door }: Call): Promise<unknown> {
  const label = input.label.trim();
  if (label === "") throw invalid("label must not be empty");
  await withDevice(door, input.deviceId, (record) => door.keeper.devices.rename(record, label));
  tellChanged(door, input.deviceId);
  return { ok: true, deviceId: input.deviceId, label };
}

function rotate(input: ParamsOf<typeof params.rotate>, { door, caller }: Call): Promise<unknown> {
  const { deviceId } = input;
  return withDevice(door, deviceId, async (record) => {
    const role = roleOf(record, input.role);
    const now = door.clock.now();
    const scopes = input.scopes ?? record.tokens[role]?.[0]?.scopes ?? record.scopes;
    refuseMore(caller, scopes);
    const beyond = scopes.find((scope) => !record.scopes.includes(scope));
    if (beyond !== undefined) throw invalid(`the device was not approved for ${beyond}`);
    await door.keeper.devices.revoke(record, role);
    const token = await door.keeper.devices.issue({ ...record, tokens: withoutRole(record, role) }, role, scopes, now);
    const delivery = caller.protocol === 4 ? { tokenDelivery: "in-band" } : {};
    return { deviceId, role, token, scopes, rotatedAtMs: now, ...delivery };
  });
}

function withoutRole({ tokens }: DeviceRecord, role: string): DeviceRecord["tokens"] {
  const { [role]: _gone, ...rest } = tokens;
  return rest;
}

async function revoke(input: ParamsOf<typeof params.revoke>, { door }: Call): Promise<unknown> {
  const { deviceId } = input;
  await withDevice(door, deviceId, (record) => door.keeper.devices.revoke(record, roleOf(record, input.role)));
  sendAway(door, deviceId, "device token revoked");
  return { deviceId, role: input.role, revokedAtMs: door.clock.now() };
}

function roleOf(record: DeviceRecord, role: string): "operator" | "node" {
  if ((role !== "operator" && role !== "node") || !record.roles.includes(role)) throw invalid("unknown deviceId/role");
  return role;
}

export const handlers: Group["handlers"] = {
  "device.pair.list": listed,
  "device.pair.approve": approve,
  "device.pair.reject": reject,
  "device.pair.remove": remove,
  "device.pair.rename": rename,
  "device.token.rotate": rotate,
  "device.token.revoke": revoke,
};

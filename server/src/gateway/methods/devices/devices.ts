// device.*: the owner lists devices, lets them in, turns them away, and gives or takes their tokens. Nobody can give a
// device more than they have themselves.
import { denial, type Scope, scopeBits } from "../../caller.ts";
import type { Caller, Door } from "../../door.ts";
import type { DeviceRecord, DeviceRequest } from "../../handshake/devices.ts";
import { deniedShape, invalid, Refusal } from "../../refusal.ts";
import { closeCodes } from "../../settings.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

async function listed(_input: unknown, { door }: Call): Promise<unknown> {
  const { pending, paired } = await door.keeper.devices.list();
  const here = new Set(door.audience.everyone().map((member) => member.deviceId));
  return {
    pending: pending.map((item) => ({ ...item, roles: [item.role] })),
    paired: paired.map((record) => ({ ...deviceRow(record), connected: here.has(record.deviceId) })),
  };
}

/** A device as clients may see it: without the hashes of its tokens. */
function deviceRow({ tokens, createdAt, approvedAt, ...rest }: DeviceRecord) {
  const rows = Object.entries(tokens).flatMap(([role, issued]) =>
    issued.slice(0, 1).map(({ scopes, issuedAt }) => ({ role, scopes, createdAtMs: issuedAt })),
  );
  return { ...rest, role: rest.roles[0], createdAtMs: createdAt, approvedAtMs: approvedAt ?? createdAt, tokens: rows };
}

async function approve(input: ParamsOf<typeof params.request>, { door, caller }: Call): Promise<unknown> {
  const request = await waitingFor(door, input.requestId);
  refuseMore(caller, request.scopes);
  const record = await door.keeper.devices.alone(request.deviceId, () =>
    door.keeper.devices.grant(request, door.clock.now()),
  );
  tellResolved(door, request, "approved");
  return { requestId: request.requestId, device: deviceRow(record) };
}

async function reject(input: ParamsOf<typeof params.request>, { door }: Call): Promise<unknown> {
  const request = await waitingFor(door, input.requestId);
  await door.keeper.devices.dismiss(request.requestId);
  tellResolved(door, request, "rejected");
  return { requestId: request.requestId, deviceId: request.deviceId };
}

async function waitingFor(door: Door, requestId: string): Promise<DeviceRequest> {
  const request = await door.keeper.devices.waiting(requestId);
  if (!request) throw invalid("unknown requestId");
  return request;
}

function tellResolved(door: Door, { requestId, deviceId }: DeviceRequest, decision: string): void {
  const payload = JSON.stringify({ requestId, deviceId, decision, ts: door.clock.now() });
  door.audience.tell("device.pair.resolved", payload, { guard: "operator.pairing", dropIfSlow: true });
  tellChanged(door, deviceId);
}

function tellChanged(door: Door, deviceId: string): void {
  const payload = JSON.stringify({ deviceId, ts: door.clock.now() });
  door.audience.tell("device.pair.changed", payload, { guard: "operator.pairing", dropIfSlow: true, since: 4 });
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

/** What the device no longer may, it may no longer do on the connections that stand. */
function sendAway(door: Door, deviceId: string, reason: string): void {
  for (const member of door.audience.everyone())
    if (member.deviceId === deviceId) member.socket.close(closeCodes.policy, reason);
}

function refuseMore(caller: Caller, scopes: readonly string[]): void {
  const missing = scopes.find((scope) => {
    const bits = scopeBits([scope]);
    return bits !== 0 && (caller.granted & bits) !== bits;
  });
  if (missing === undefined) return;
  const denied = denial({ role: "operator", scope: missing as Scope }, caller.role, caller.granted);
  throw new Refusal(deniedShape(denied ?? { type: "scope", scope: missing as Scope }, caller.protocol));
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

// What follows from a decision about a device: it is kept, told to whoever shows devices, and connections that may no
// longer stand are closed. Shared by the methods about devices and those about nodes.
import { denial, type Scope, scopeBits } from "../../caller.ts";
import type { Caller, Door } from "../../door.ts";
import type { DeviceRecord, DeviceRequest } from "../../handshake/devices.ts";
import { deniedShape, Refusal } from "../../refusal.ts";
import { closeCodes } from "../../settings.ts";
import type { Call } from "../handler.ts";

/** Refuses a caller who would give more than they have themselves. */
export async function letIn(request: DeviceRequest, { door, caller }: Call): Promise<DeviceRecord> {
  refuseMore(caller, request.scopes);
  const record = await door.keeper.devices.alone(request.deviceId, () =>
    door.keeper.devices.grant(request, door.clock.now()),
  );
  tellResolved(door, request, "approved");
  return record;
}

export async function turnAway(request: DeviceRequest, { door }: Call): Promise<void> {
  await door.keeper.devices.dismiss(request.requestId);
  tellResolved(door, request, "rejected");
}

function tellResolved(door: Door, { requestId, deviceId }: DeviceRequest, decision: string): void {
  const payload = JSON.stringify({ requestId, deviceId, decision, ts: door.clock.now() });
  door.audience.tell("device.pair.resolved", payload, { guard: "operator.pairing", dropIfSlow: true });
  tellChanged(door, deviceId);
}

export function tellChanged(door: Door, deviceId: string): void {
  const payload = JSON.stringify({ deviceId, ts: door.clock.now() });
  door.audience.tell("device.pair.changed", payload, { guard: "operator.pairing", dropIfSlow: true, since: 4 });
}

/** What the device no longer may, it may no longer do on the connections that stand. */
export function sendAway(door: Door, deviceId: string, reason: string, role?: string): void {
  for (const member of door.audience.everyone())
    if (member.deviceId === deviceId && (role === undefined || member.role === role))
      member.socket.close(closeCodes.policy, reason);
}

export function refuseMore(caller: Caller, scopes: readonly string[]): void {
  const missing = scopes.find((scope) => {
    const bits = scopeBits([scope]);
    return bits !== 0 && (caller.granted & bits) !== bits;
  });
  if (missing === undefined) return;
  const denied = denial({ role: "operator", scope: missing as Scope }, caller.role, caller.granted);
  throw new Refusal(deniedShape(denied ?? { type: "scope", scope: missing as Scope }, caller.protocol));
}

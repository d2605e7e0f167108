// Shapes of the methods about devices. Source: releases 2026.2.17, 2026.5.7 and package 2026.9.1 of the protocol.
import { anything, flag, list, name, oneOf, open, optional, strict, whole, words } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = strict({});
export const request = strict({ requestId: name });
export const device = strict({ deviceId: name });
export const rename = strict({ deviceId: name, label: words(1, 64) });
export const rotate = strict({ deviceId: name, role: name, scopes: optional(list(name)) });
export const revoke = strict({ deviceId: name, role: name });

const waiting = open({ requestId: name, deviceId: name, publicKey: name, role: name, ts: whole(0) });
const paired = open({
  deviceId: name,
  publicKey: name,
  roles: list(name),
  tokens: list(open({ role: name, scopes: list(name), createdAtMs: whole(0) })),
  createdAtMs: whole(0),
});

export const shapes: Group["shapes"] = {
  "device.pair.list": { params: none, result: open({ pending: list(waiting), paired: list(paired) }) },
  "device.pair.approve": { params: request, result: open({ requestId: name, device: anything }) },
  "device.pair.reject": { params: request, result: open({ requestId: name, deviceId: name }) },
  "device.pair.remove": { params: device, result: open({ deviceId: name }) },
  "device.pair.rename": { params: rename, result: open({ ok: flag, deviceId: name }) },
  "device.token.rotate": {
    params: rotate,
    result: open({
      ...{ deviceId: name, role: name, token: name, scopes: list(name), rotatedAtMs: whole(0) },
      tokenDelivery: optional(oneOf("in-band")),
    }),
  },
  "device.token.revoke": { params: revoke, result: open({ deviceId: name, role: name, revokedAtMs: whole(0) }) },
};

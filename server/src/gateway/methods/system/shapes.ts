// Shapes of the methods that tell how the house is. Source: releases 2026.2.17 and 2026.5.7, together.
import {
  anything,
  flag,
  list,
  name,
  oneOf,
  open,
  optional,
  orNull,
  record,
  strict,
  text,
  whole,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const health = strict({ probe: optional(flag) });

export const logsTail = strict({
  cursor: optional(whole(0)),
  limit: optional(whole(1, 5000)),
  maxBytes: optional(whole(1, 1_000_000)),
});
export const wake = open({ mode: oneOf("now", "next-heartbeat"), text: name });
export const heartbeats = open({ enabled: flag });
export const systemEvent = open({
  text: name,
  deviceId: optional(name),
  instanceId: optional(name),
  host: optional(name),
  ip: optional(name),
  mode: optional(name),
  version: optional(name),
  platform: optional(name),
  deviceFamily: optional(name),
  modelIdentifier: optional(name),
  lastInputSeconds: optional(whole(0)),
  reason: optional(name),
  roles: optional(list(name)),
  scopes: optional(list(name)),
  tags: optional(list(name)),
});
export const updateRun = open({ note: optional(text), timeoutMs: optional(whole(1)) });
export const none = strict({});
export const secretsResolve = strict({ commandName: name, targetIds: list(name) });
const pushed = { params: undefined, result: open({}) };

const presenceList = list(open({ ts: whole(0) }));

export const shapes: Group["shapes"] = {
  health: {
    params: health,
    result: open({ ok: flag, ts: whole(0), channels: record(anything), agents: list(anything) }),
  },
  status: { params: undefined, result: open({ heartbeat: open({}), channelSummary: list(text), sessions: open({}) }) },
  "system-presence": { params: undefined, result: presenceList },
  "last-heartbeat": { params: undefined, result: orNull(open({ ts: whole(0), status: text })) },
  connect: { params: undefined, result: open({}) },
  "logs.tail": {
    params: logsTail,
    result: open({ file: name, cursor: whole(0), size: whole(0), lines: list(text), reset: optional(flag) }),
  },
  wake: { params: wake, result: open({ ok: flag }) },
  "set-heartbeats": { params: heartbeats, result: open({ ok: flag, enabled: flag }) },
  "system-event": { params: systemEvent, result: open({ ok: flag }) },
  "diagnostics.stability": { params: undefined, result: open({ ok: flag, ts: whole(0), events: list(anything) }) },
  "gateway.identity.get": { params: undefined, result: open({ deviceId: name, publicKey: name }) },
  "gateway.restart.preflight": { params: undefined, result: open({ ok: flag, safe: flag, blockers: list(anything) }) },
  "gateway.restart.request": { params: undefined, result: open({}) },
  "update.status": { params: none, result: open({ sentinel: orNull(anything) }) },
  "update.run": { params: updateRun, result: open({ ok: flag, result: open({ status: name }) }) },
  "secrets.reload": { params: none, result: open({ ok: flag, warningCount: whole(0) }) },
  "secrets.resolve": { params: secretsResolve, result: open({ ok: flag, assignments: list(anything) }) },
  ...{ "push.test": pushed, "push.web.vapidPublicKey": pushed, "push.web.subscribe": pushed },
  ...{ "push.web.unsubscribe": pushed, "push.web.test": pushed },
};

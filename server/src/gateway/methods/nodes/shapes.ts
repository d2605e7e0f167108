// Shapes of the methods about nodes. Source: releases 2026.2.17, 2026.5.7 and package 2026.9.1 of the protocol.
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
import { file } from "../approvals/shapes.ts";
import type { Group } from "../handler.ts";

export const none = strict({});
export const pairRequest = strict({
  ...{ nodeId: name, displayName: optional(name), platform: optional(name), version: optional(name) },
  ...{ coreVersion: optional(name), uiVersion: optional(name), deviceFamily: optional(name) },
  ...{ modelIdentifier: optional(name), caps: optional(list(name)), commands: optional(list(name)) },
  ...{ remoteIp: optional(name), silent: optional(flag) },
});
export const request = strict({ requestId: name });
export const one = strict({ nodeId: name });
export const verify = strict({ nodeId: name, token: name });
export const rename = strict({ nodeId: name, displayName: name });
export const invoke = strict({
  ...{ nodeId: name, command: name, params: optional(anything) },
  ...{ timeoutMs: optional(whole(0)), idempotencyKey: name },
});
/** Nodes of the first releases send null, and payloads that are no text, where the listing says otherwise. */
export const result = strict({
  ...{ id: name, nodeId: name, ok: flag, payload: optional(anything), payloadJSON: optional(anything) },
  error: optional(orNull(strict({ code: optional(name), message: optional(name) }))),
});
export const progress = strict({ invokeId: name, nodeId: name, seq: whole(0), chunk: text });
export const event = strict({ event: name, payload: optional(anything), payloadJSON: optional(orNull(text)) });
export const enqueue = strict({
  ...{ nodeId: name, type: oneOf("status.request", "location.request") },
  ...{ priority: optional(oneOf("normal", "high")), expiresInMs: optional(whole(1000, 86_400_000)) },
  wake: optional(flag),
});
export const drain = strict({ maxItems: optional(whole(1, 10)) });
export const ack = strict({ ids: list(name, 1) });
export const rulesSet = strict({ nodeId: name, file, baseHash: optional(name) });

const pending = open({ requestId: name, nodeId: name, ts: whole(0) });
const nodeRow = open({
  ...{ nodeId: name, caps: list(name), commands: list(name), paired: flag, connected: flag },
  ...{ displayName: optional(name), platform: optional(name), connectedAtMs: optional(whole(0)) },
  permissions: optional(record(flag)),
});
const work = strict({
  ...{ id: name, type: oneOf("status.request", "location.request"), priority: oneOf("default", "normal", "high") },
  ...{ createdAtMs: whole(0), expiresAtMs: optional(orNull(whole(0))), payload: optional(record(anything)) },
});
const taken = open({ ok: flag, ignored: optional(flag) });
const refused = { params: undefined, result: open({}) };

export const shapes: Group["shapes"] = {
  "node.pair.request": { params: pairRequest, result: open({ status: name, request: pending, created: flag }) },
  "node.pair.list": { params: none, result: open({ pending: list(pending), paired: list(open({ nodeId: name })) }) },
  "node.pair.approve": { params: request, result: open({ requestId: name, node: open({ nodeId: name }) }) },
  "node.pair.reject": { params: request, result: open({ requestId: name, nodeId: name }) },
  "node.pair.verify": { params: verify, result: open({ ok: flag }) },
  "node.pair.remove": { params: one, result: open({ nodeId: name }) },
  "node.rename": { params: rename, result: open({ nodeId: name, displayName: name }) },
  "node.list": { params: none, result: open({ ts: whole(0), nodes: list(nodeRow) }) },
  "node.describe": { params: one, result: nodeRow },
  "node.invoke": {
    params: invoke,
    result: open({ ok: flag, nodeId: name, command: name, payloadJSON: orNull(text) }),
  },
  ...{ "node.invoke.result": { params: result, result: taken } },
  ...{ "node.invoke.progress": { params: progress, result: taken } },
  "node.event": { params: event, result: strict({ ok: flag, event: name, handled: flag, reason: optional(name) }) },
  "node.pending.enqueue": {
    params: enqueue,
    result: strict({ nodeId: name, revision: whole(0), queued: work, wakeTriggered: flag }),
  },
  "node.pending.drain": {
    params: drain,
    result: strict({ nodeId: name, revision: whole(0), items: list(work), hasMore: flag }),
  },
  "node.pending.pull": { params: none, result: open({ nodeId: name, actions: list(open({ id: name })) }) },
  "node.pending.ack": { params: ack, result: open({ nodeId: name, remainingCount: whole(0) }) },
  ...{ "node.canvas.capability.refresh": refused, "node.pluginSurface.refresh": refused },
  ...{ "node.pluginTools.update": refused, "node.skills.update": refused, "node.runnerInventory.update": refused },
  "exec.approvals.node.get": { params: one, result: open({}) },
  "exec.approvals.node.set": { params: rulesSet, result: open({}) },
};

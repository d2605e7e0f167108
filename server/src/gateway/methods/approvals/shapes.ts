// Shapes of the methods about approvals. Source: releases 2026.2.17 and 2026.5.7, together.
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
  words,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const maybe = optional(orNull(text));

export const execRequest = strict({
  id: optional(name),
  command: optional(name),
  commandArgv: optional(list(text)),
  systemRunPlan: optional(anything),
  env: optional(record(text)),
  cwd: maybe,
  nodeId: maybe,
  host: maybe,
  security: maybe,
  ask: maybe,
  warningText: maybe,
  agentId: maybe,
  resolvedPath: maybe,
  sessionKey: maybe,
  turnSourceChannel: maybe,
  turnSourceTo: maybe,
  turnSourceAccountId: maybe,
  turnSourceThreadId: optional(anything),
  timeoutMs: optional(whole(1)),
  twoPhase: optional(flag),
});

export const pluginRequest = strict({
  pluginId: maybe,
  title: words(1, 80),
  description: words(1, 512),
  severity: optional(oneOf("info", "warning", "critical")),
  toolName: maybe,
  toolCallId: maybe,
  allowedDecisions: optional(list(oneOf("allow-once", "allow-always", "deny"), 1)),
  agentId: maybe,
  sessionKey: maybe,
  turnSourceChannel: maybe,
  turnSourceTo: maybe,
  turnSourceAccountId: maybe,
  turnSourceThreadId: optional(anything),
  timeoutMs: optional(whole(1, 600_000)),
  twoPhase: optional(flag),
});

export const one = open({ id: name });
export const resolve = open({ id: name, decision: name });
export const none = open({});

const rules = {
  security: optional(text),
  ask: optional(text),
  askFallback: optional(text),
  autoAllowSkills: optional(flag),
};
const allowed = strict({
  id: optional(name),
  pattern: text,
  source: optional(text),
  commandText: optional(text),
  argPattern: optional(text),
  lastUsedAt: optional(whole(0)),
  lastUsedCommand: optional(text),
  lastResolvedPath: optional(text),
});
export const file = strict({
  version: { const: 1 },
  socket: optional(strict({ path: optional(text), token: optional(text) })),
  defaults: optional(strict(rules)),
  agents: optional(record(strict({ ...rules, allowlist: optional(list(allowed)) }))),
});
export const fileSet = strict({ file, baseHash: optional(name) });

const snapshot = strict({ path: name, exists: flag, hash: name, file });
const decision = orNull(oneOf("allow-once", "allow-always", "deny"));
const decided = open({ id: name, decision, createdAtMs: whole(0), expiresAtMs: whole(0) });
const waiting = open({ id: name, request: open({}), createdAtMs: whole(0), expiresAtMs: whole(0) });

export const shapes: Group["shapes"] = {
  "exec.approvals.get": { params: none, result: snapshot },
  "exec.approvals.set": { params: fileSet, result: snapshot },
  "exec.approval.request": { params: execRequest, result: decided },
  "exec.approval.waitDecision": { params: one, result: decided },
  "exec.approval.resolve": { params: resolve, result: open({ ok: flag }) },
  "exec.approval.get": { params: one, result: waiting },
  "exec.approval.list": { params: none, result: list(waiting) },
  "plugin.approval.request": { params: pluginRequest, result: decided },
  "plugin.approval.waitDecision": { params: one, result: decided },
  "plugin.approval.resolve": { params: resolve, result: open({ ok: flag }) },
  "plugin.approval.list": { params: none, result: list(waiting) },
};

// Shapes of the methods about safety. All of them are ours.
import { anything, flag, list, name, oneOf, open, optional, orNull, text, told, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = open({});
export const listing = open({ all: optional(told(flag, "Also those decided in the last day.")) });
export const decide = open({
  id: told(name, "Id or code."),
  decision: oneOf("allow", "deny"),
  scope: optional(oneOf("once", "session", "always")),
  input: optional(told(anything, "Arguments to be used instead.")),
  note: optional(text),
});
export const one = open({ id: name });
export const explain = open({
  tool: name,
  input: optional(anything),
  agentId: optional(name),
  channel: optional(name),
  place: optional(name),
  peer: optional(name),
  sessionKey: optional(name),
  origin: optional(oneOf("person", "program", "job", "hook", "agent")),
  audience: optional(oneOf("owner", "guest", "room")),
  marked: optional(told(flag, "As if words of strangers were in the conversation.")),
});
export const links = open({
  type: optional(name),
  sessionKey: optional(name),
  runId: optional(name),
  since: optional(told(whole(0), "Unix ms.")),
  before: optional(told(whole(1), "Only links before this seq.")),
  limit: optional(whole(1, 1000)),
});
export const verify = open({ sessionKey: optional(name) });
export const trust = open({ agentId: optional(name), path: text });

const approval = open({
  id: name,
  code: name,
  request: open({ kind: name, name, preview: text }),
  createdAt: whole(0),
  expiresAt: whole(0),
});
const rule = open({ id: name, kind: name, name, agent: name, text, createdAt: whole(0), by: text });
const decision = oneOf("allow", "ask", "deny");
const finding = open({ rule: name, decision, reason: text });
const link = open({ seq: whole(1), type: name, at: whole(0), actor: text, action: text, previous: name, hash: name });

export const way = open({
  host: name,
  methods: optional(list(name)),
  paths: optional(list(name)),
  agents: optional(list(name)),
  action: optional(oneOf("allow", "ask", "deny")),
  private: optional(told(flag, "The host may be inside the own network.")),
  once: optional(told(flag, "For ten minutes, and not in the config.")),
});
export const host = open({ host: name });
export const request = open({ method: optional(name), url: name, agentId: optional(name) });

export const code = open({ code: name });

export const kept = open({ agentId: optional(name) });
const checkpoint = open({ id: name, at: whole(0), agent: name, reason: text, files: whole(0), bytes: whole(0) });
const paths = { changed: list(text), added: list(text), gone: list(text), left: list(text) };

export const shapes: Group["shapes"] = {
  "checkpoints.list": { params: kept, result: open({ checkpoints: list(checkpoint) }) },
  "checkpoints.compare": { params: one, result: open(paths) },
  "checkpoints.restore": { params: one, result: open({ ...paths, checkpoint, config: flag, undo: name }) },
  "halt.status": {
    params: none,
    result: open({ halted: flag, since: orNull(whole(0)), by: orNull(text), running: whole(0), waiting: whole(0) }),
  },
  "halt.stop": { params: none, result: open({ stopped: whole(0) }) },
  "halt.resume": { params: code, result: open({ halted: flag }) },
  "halt.code": { params: none, result: open({ code: name }) },
  "approvals.list": { params: listing, result: open({ approvals: list(approval) }) },
  "approvals.decide": { params: decide, result: approval },
  "approvals.rules": { params: none, result: open({ rules: list(rule) }) },
  "approvals.rules.remove": { params: one, result: open({ removed: flag }) },
  "policy.explain": { params: explain, result: open({ decision, reason: text, findings: list(finding), text }) },
  "audit.links": { params: links, result: open({ links: list(link) }) },
  "audit.verify": {
    params: verify,
    result: open({ ok: flag, links: whole(0), head: name, broken: orNull(open({ seq: whole(1), reason: name })) }),
  },
  "egress.rules": { params: none, result: open({ rules: list(open({ host: name, action: name, from: text })) }) },
  "egress.allow": { params: way, result: open({ allowed: name, once: flag }) },
  "egress.remove": { params: host, result: open({ removed: whole(0) }) },
  "egress.explain": { params: request, result: open({ decision, reason: text }) },
  "provenance.files": { params: none, result: open({ files: list(open({ agent: name, path: text })) }) },
  "provenance.trust": { params: trust, result: open({ trusted: flag }) },
};

// Shapes of the methods about agents. Source: releases 2026.2.17 and 2026.5.7, together.
import { flag, list, name, oneOf, open, optional, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const none = strict({});

export const agentIdentity = strict({ agentId: optional(name), sessionKey: optional(name) });

export const agentsCreate = strict({
  name,
  workspace: optional(text),
  model: optional(name),
  emoji: optional(text),
  avatar: optional(text),
});
export const agentsUpdate = strict({
  agentId: name,
  name: optional(name),
  workspace: optional(name),
  model: optional(name),
  emoji: optional(text),
  avatar: optional(text),
});
export const agentsDelete = strict({ agentId: name, deleteFiles: optional(flag) });
export const agentsFiles = strict({ agentId: name });
export const agentsFile = strict({ agentId: name, name });
export const agentsFileSet = strict({ agentId: name, name, content: text });

const file = strict({
  ...{ name, path: name, missing: flag },
  size: optional(whole(0)),
  updatedAtMs: optional(whole(0)),
  content: optional(text),
});
const place = { agentId: name, workspace: name };

const agentSummary = open({ id: name, name: optional(name), workspace: optional(name) });

export const shapes: Group["shapes"] = {
  "agents.list": {
    params: none,
    result: open({ defaultId: name, mainKey: name, scope: oneOf("per-sender", "global"), agents: list(agentSummary) }),
  },
  "agent.identity.get": {
    params: agentIdentity,
    result: open({ agentId: name, name: optional(name), avatar: optional(name) }),
  },
  "agents.create": {
    params: agentsCreate,
    result: open({ ok: flag, name, model: optional(name), ...place }),
  },
  "agents.update": { params: agentsUpdate, result: open({ ok: flag, agentId: name }) },
  "agents.delete": { params: agentsDelete, result: open({ ok: flag, agentId: name, removedBindings: whole(0) }) },
  "agents.files.list": { params: agentsFiles, result: strict({ ...place, files: list(file) }) },
  "agents.files.get": { params: agentsFile, result: strict({ ...place, file }) },
  "agents.files.set": { params: agentsFileSet, result: strict({ ok: flag, ...place, file }) },
};

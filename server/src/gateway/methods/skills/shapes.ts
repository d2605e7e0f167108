// Shapes of the methods about skills. Source: releases 2026.2.17 and 2026.5.7.
import { anything, flag, list, name, open, optional, orNull, record, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const agent = strict({ agentId: optional(name) });
export const none = strict({});
export const install = open({ name: optional(name), slug: optional(name), source: optional(name) });
export const update = open({
  skillKey: optional(name),
  enabled: optional(flag),
  apiKey: optional(text),
  env: optional(record(text)),
});
export const search = strict({ query: optional(name), limit: optional(whole(1, 100)) });
export const detail = strict({ slug: name });
export const one = strict({ agentId: optional(name), name });

const row = open({ name, description: text, skillKey: name, eligible: flag, disabled: flag });

export const shapes: Group["shapes"] = {
  "skills.status": { params: agent, result: open({ workspaceDir: name, managedSkillsDir: name, skills: list(row) }) },
  "skills.bins": { params: none, result: open({ bins: list(name) }) },
  "skills.install": { params: install, result: open({ ok: flag, message: text }) },
  "skills.update": { params: update, result: open({ ok: flag, skillKey: name }) },
  "skills.search": { params: search, result: open({ results: list(anything) }) },
  "skills.detail": { params: detail, result: open({ skill: orNull(anything) }) },
  "skills.list": { params: agent, result: open({ skills: list(open({ name, description: text, path: name })) }) },
  "skills.get": { params: one, result: open({ name, description: text, path: name }) },
};

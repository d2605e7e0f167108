// Shapes of the methods about sessions. Source: releases 2026.2.17 and 2026.5.7, together.
import { flag, list, name, oneOf, open, optional, orNull, strict, text, whole, words } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const setting = optional(orNull(name));

export const sessionsList = strict({
  limit: optional(whole(1)),
  activeMinutes: optional(whole(1)),
  includeGlobal: optional(flag),
  includeUnknown: optional(flag),
  includeDerivedTitles: optional(flag),
  includeLastMessage: optional(flag),
  label: optional(words(1, 512)),
  spawnedBy: optional(name),
  agentId: optional(name),
  search: optional(text),
});

export const sessionsPreview = strict({
  keys: list(name, 1),
  limit: optional(whole(1)),
  maxChars: optional(whole(20)),
});

export const sessionsResolve = strict({
  key: optional(name),
  sessionId: optional(name),
  label: optional(words(1, 512)),
  agentId: optional(name),
  spawnedBy: optional(name),
  includeGlobal: optional(flag),
  includeUnknown: optional(flag),
});

export const sessionsPatch = strict({
  key: name,
  label: optional(orNull(words(1, 512))),
  thinkingLevel: setting,
  model: setting,
  fastMode: optional(orNull(flag)),
  verboseLevel: setting,
  traceLevel: setting,
  reasoningLevel: setting,
  responseUsage: optional(orNull(oneOf("off", "tokens", "full", "on"))),
  elevatedLevel: setting,
  execHost: setting,
  execSecurity: setting,
  execAsk: setting,
  execNode: setting,
  spawnedBy: setting,
  spawnedWorkspaceDir: setting,
  spawnDepth: optional(orNull(whole(0))),
  subagentRole: optional(orNull(oneOf("orchestrator", "leaf"))),
  subagentControlScope: optional(orNull(oneOf("children", "none"))),
  sendPolicy: optional(orNull(oneOf("allow", "deny"))),
  groupActivation: optional(orNull(oneOf("mention", "always"))),
});

export const sessionsReset = strict({ key: name, reason: optional(oneOf("new", "reset")) });

export const sessionsDelete = strict({
  key: name,
  deleteTranscript: optional(flag),
  emitLifecycleHooks: optional(flag),
});

export const sessionsExport = strict({ key: name });

export const sessionsImport = strict({ key: name, text: name });

const row = open({ key: name, kind: name, updatedAt: whole(0), sessionId: name });
const entry = open({ sessionId: name, updatedAt: whole(0) });
const previewItem = open({ role: name, text });
const done = { ok: flag, key: name };

export const shapes: Group["shapes"] = {
  "sessions.list": {
    params: sessionsList,
    result: open({ ts: whole(0), path: name, count: whole(0), defaults: open({}), sessions: list(row) }),
  },
  "sessions.preview": {
    params: sessionsPreview,
    result: open({
      ts: whole(0),
      previews: list(open({ key: name, status: oneOf("ok", "empty", "missing", "error"), items: list(previewItem) })),
    }),
  },
  "sessions.resolve": { params: sessionsResolve, result: open(done) },
  "sessions.patch": {
    params: sessionsPatch,
    result: open({ ...done, path: name, entry, resolved: open({}) }),
  },
  "sessions.reset": { params: sessionsReset, result: open({ ...done, entry }) },
  "sessions.delete": { params: sessionsDelete, result: open({ ...done, deleted: flag, archived: list(text) }) },
  "sessions.export": { params: sessionsExport, result: open({ ...done, lines: text }) },
  "sessions.import": { params: sessionsImport, result: open({ ...done, entries: whole(0) }) },
};

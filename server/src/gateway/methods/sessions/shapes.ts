// Shapes of the methods about sessions. Source: releases 2026.2.17 and 2026.5.7, together.
import {
  anything,
  flag,
  list,
  name,
  oneOf,
  open,
  optional,
  orNull,
  type Shape,
  strict,
  text,
  whole,
  words,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

const setting = optional(orNull(name));
/** Version 4 names the agent beside a short key. */
const agentId = optional(name);

/** True: those that were put away, false: the others. */
const archived: Shape<boolean | "all"> = { anyOf: [flag, { const: "all", type: "string" }] };

export const sessionsList = strict({
  offset: optional(whole(0)),
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
  // These are of version 4.
  archived: optional(archived),
  sortBy: optional(oneOf("updatedAt", "lastInteractionAt")),
  boardFace: optional(oneOf("chat", "dashboard")),
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

/** Conditions of version 4: the session must still be the one that the client saw. */
const sameSession = { expectedSessionId: optional(name), expectedSessionUpdatedAt: optional(whole(0)) };

export const sessionsPatch = strict({
  key: name,
  ...sameSession,
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
  agentId,
});

export const sessionsReset = strict({ key: name, reason: optional(oneOf("new", "reset")), agentId });

export const sessionsDelete = strict({
  key: name,
  deleteTranscript: optional(flag),
  emitLifecycleHooks: optional(flag),
  ...sameSession,
  agentId,
});

export const sessionsExport = strict({ key: name });

export const sessionsImport = strict({ key: name, text: name });

export const sessionsFollow = strict({ key: name, agentId });
export const sessionsDescribe = strict({
  key: name,
  includeDerivedTitles: optional(flag),
  includeLastMessage: optional(flag),
  agentId,
});
export const sessionsGet = open({ key: optional(name), sessionKey: optional(name), limit: optional(whole(1, 1000)) });
export const sessionsSearch = strict({
  sessionKeys: optional(list(name)),
  query: name,
  limit: optional(whole(1, 100)),
  agentId,
});
export const sessionsFork = strict({ sessionKey: name, entryId: name, agentId });
export const sessionsCreate = strict({
  key: optional(name),
  label: optional(words(1, 512)),
  model: optional(name),
  parentSessionKey: optional(name),
  emitCommandHooks: optional(flag),
  task: optional(text),
  message: optional(text),
  agentId,
});
export const sessionsSend = strict({
  key: name,
  message: text,
  thinking: optional(text),
  attachments: optional(list(anything)),
  timeoutMs: optional(whole(0)),
  idempotencyKey: optional(name),
  agentId,
});
export const sessionsAbort = strict({ key: optional(name), runId: optional(name), agentId });
export const sessionsCompact = strict({ key: name, maxLines: optional(whole(1)), agentId });
export const sessionsCheckpoints = strict({ key: name, agentId });
export const sessionsCheckpoint = strict({ key: name, checkpointId: name, agentId });
export const agentsSpawn = strict({
  message: name,
  label: optional(words(1, 512)),
  model: optional(name),
  parentSessionKey: optional(name),
  thinking: optional(text),
  attachments: optional(list(anything)),
  timeoutMs: optional(whole(0)),
  idempotencyKey: optional(name),
  agentId,
});

const row = open({ key: name, kind: name, updatedAt: whole(0), sessionId: name });
const entry = open({ sessionId: name, updatedAt: whole(0) });
const previewItem = open({ role: name, text });
const done = { ok: flag, key: name };
const sent = { runId: name, status: oneOf("started", "in_flight"), key: name, sessionId: name };
const hit = open({ sessionKey: name, sessionId: name, messageId: name, role: name, snippet: text });
const place = open({ sessionId: name });
const checkpoint = open({
  ...{ checkpointId: name, sessionKey: name, sessionId: name, createdAt: whole(0) },
  reason: oneOf("manual", "auto-threshold", "overflow-retry", "timeout-retry"),
  ...{ preCompaction: place, postCompaction: place },
});

/** Source: release 2026.9.6. */
export const tasksList = open({ sessionKey: optional(name), agentId: optional(name), status: optional(anything) });
const task = open({ id: name, status: name, title: optional(text), sessionKey: optional(name) });

export const shapes: Group["shapes"] = {
  "tasks.list": { params: tasksList, result: open({ tasks: list(task) }) },
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
  "sessions.subscribe": { params: undefined, result: open({ subscribed: flag }) },
  "sessions.unsubscribe": { params: undefined, result: open({ subscribed: flag }) },
  "sessions.messages.subscribe": { params: sessionsFollow, result: open({ subscribed: flag, key: name }) },
  "sessions.messages.unsubscribe": { params: sessionsFollow, result: open({ subscribed: flag, key: name }) },
  "sessions.describe": { params: sessionsDescribe, result: open({ session: orNull(row) }) },
  "sessions.get": { params: sessionsGet, result: open({ messages: list(anything) }) },
  "sessions.search": {
    params: sessionsSearch,
    result: open({ results: list(hit), truncated: optional(flag), indexing: optional(flag) }),
  },
  "sessions.fork": { params: sessionsFork, result: open({ sessionKey: name }) },
  "sessions.create": {
    params: sessionsCreate,
    result: open({ ...done, sessionId: name, entry, runStarted: flag, runId: optional(name) }),
  },
  "sessions.send": { params: sessionsSend, result: open({ ...sent, steered: optional(flag) }) },
  "sessions.steer": { params: sessionsSend, result: open({ ...sent, steered: flag }) },
  "sessions.abort": { params: sessionsAbort, result: open({ ok: flag, aborted: flag, runIds: list(name) }) },
  "sessions.compact": {
    params: sessionsCompact,
    result: open({ ...done, compacted: flag, kept: optional(whole(0)), reason: optional(text) }),
  },
  "sessions.compaction.list": { params: sessionsCheckpoints, result: open({ ...done, checkpoints: list(checkpoint) }) },
  "sessions.compaction.get": { params: sessionsCheckpoint, result: open({ ...done, checkpoint }) },
  "sessions.compaction.branch": {
    params: sessionsCheckpoint,
    result: open({ ...done, sourceKey: name, sessionId: name, checkpoint, entry }),
  },
  "sessions.compaction.restore": {
    params: sessionsCheckpoint,
    result: open({ ...done, sessionId: name, checkpoint, entry }),
  },
  "agents.spawn": { params: agentsSpawn, result: open({ ok: flag, runId: name, sessionKey: name, status: name }) },
};

// Shapes of the params of each method: what releases 2026.2.17 and 2026.5.7 of protocol 3 take, together. Data only.
import { anything, flag, list, name, oneOf, optional, orNull, strict, text, whole, words } from "../frames/shape.ts";

export const none = strict({});
export const health = strict({ probe: optional(flag) });

const provenance = strict({
  kind: oneOf("external_user", "inter_session", "internal_system"),
  originSessionId: optional(text),
  sourceSessionKey: optional(text),
  sourceChannel: optional(text),
  sourceTool: optional(text),
});

export const agent = strict({
  message: name,
  agentId: optional(name),
  provider: optional(text),
  model: optional(text),
  to: optional(text),
  replyTo: optional(text),
  sessionId: optional(text),
  sessionKey: optional(text),
  thinking: optional(text),
  deliver: optional(flag),
  attachments: optional(list(anything)),
  channel: optional(text),
  replyChannel: optional(text),
  accountId: optional(text),
  replyAccountId: optional(text),
  threadId: optional(text),
  groupId: optional(text),
  groupChannel: optional(text),
  groupSpace: optional(text),
  timeout: optional(whole(0)),
  bestEffortDeliver: optional(flag),
  lane: optional(text),
  cleanupBundleMcpOnRunEnd: optional(flag),
  modelRun: optional(flag),
  promptMode: optional(oneOf("full", "minimal", "none")),
  extraSystemPrompt: optional(text),
  bootstrapContextMode: optional(oneOf("full", "lightweight")),
  bootstrapContextRunKind: optional(oneOf("default", "heartbeat", "cron")),
  acpTurnSource: optional(oneOf("manual_spawn")),
  internalEvents: optional(list(anything)),
  inputProvenance: optional(provenance),
  voiceWakeTrigger: optional(text),
  idempotencyKey: name,
  label: optional(words(1, 512)),
  spawnedBy: optional(text),
});

export const agentIdentity = strict({ agentId: optional(name), sessionKey: optional(name) });
export const agentWait = strict({ runId: name, timeoutMs: optional(whole(0)) });

export const chatSend = strict({
  sessionKey: words(1, 512),
  sessionId: optional(name),
  message: text,
  thinking: optional(text),
  deliver: optional(flag),
  originatingChannel: optional(text),
  originatingTo: optional(text),
  originatingAccountId: optional(text),
  originatingThreadId: optional(text),
  attachments: optional(list(anything)),
  timeoutMs: optional(whole(0)),
  systemInputProvenance: optional(provenance),
  systemProvenanceReceipt: optional(text),
  idempotencyKey: name,
});

export const chatAbort = strict({ sessionKey: name, runId: optional(name) });
export const chatHistory = strict({
  sessionKey: name,
  limit: optional(whole(1, 1000)),
  maxChars: optional(whole(1, 500_000)),
});
export const chatInject = strict({ sessionKey: name, message: name, label: optional(words(0, 100)) });

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

const setting = optional(orNull(name));

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

export const configSet = strict({ raw: name, baseHash: optional(name) });
export const modelsList = strict({ view: optional(oneOf("default", "configured", "all")) });
export const channelsStatus = strict({ probe: optional(flag), timeoutMs: optional(whole(0)) });
export const pairingList = strict({ channel: optional(name) });
export const pairingApprove = strict({ channel: name, code: name });
export const pairingRevoke = strict({ channel: name, peerId: name });

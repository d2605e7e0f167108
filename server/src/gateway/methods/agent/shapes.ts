// Shapes of the methods that ask for a run. Source: releases 2026.2.17 and 2026.5.7, together.
import { anything, flag, list, name, oneOf, open, optional, strict, text, whole, words } from "../../frames/shape.ts";
import { provenance } from "../chat/shapes.ts";
import type { Group } from "../handler.ts";

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

export const agentWait = strict({ runId: name, timeoutMs: optional(whole(0)) });

const ended = open({ runId: name, status: oneOf("ok", "error"), summary: text, result: optional(anything) });

export const shapes: Group["shapes"] = {
  agent: { params: agent, result: ended },
  "agent.wait": {
    params: agentWait,
    result: open({
      runId: name,
      status: oneOf("ok", "error", "timeout"),
      startedAt: optional(whole(0)),
      endedAt: optional(whole(0)),
      error: optional(text),
    }),
  },
};

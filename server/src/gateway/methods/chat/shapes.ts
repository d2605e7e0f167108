// Shapes of the web chat's methods. Source: releases 2026.2.17 and 2026.5.7, together.
import { anything, flag, list, name, oneOf, open, optional, strict, text, whole, words } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

/** Where a program says that a message comes from. */
export const provenance = strict({
  kind: oneOf("external_user", "inter_session", "internal_system"),
  originSessionId: optional(text),
  sourceSessionKey: optional(text),
  sourceChannel: optional(text),
  sourceTool: optional(text),
});

/** Version 4 names the agent beside a short key. */
const agentId = optional(name);

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
  /** Of version 4: what becomes of a run that goes on. */
  queueMode: optional(oneOf("steer", "followup", "collect", "interrupt")),
  idempotencyKey: name,
  agentId,
});

export const chatAbort = strict({ sessionKey: name, runId: optional(name), agentId });

export const chatHistory = strict({
  sessionKey: name,
  cursor: optional(name),
  limit: optional(whole(1, 1000)),
  /** Newer messages to leave out: an older page (version 4). */
  offset: optional(whole(0)),
  /** The page with this message in its middle (version 4). */
  messageId: optional(name),
  maxChars: optional(whole(1, 500_000)),
  agentId,
});

export const chatMessageGet = strict({
  sessionKey: name,
  messageId: name,
  maxChars: optional(whole(1, 500_000)),
  agentId,
});
export const chatInject = strict({ sessionKey: name, message: name, label: optional(words(0, 100)), agentId });

/** Source of both: release 2026.9.6. */
export const chatMetadata = strict({ agentId, sessionKey: optional(name) });

const message = open({ role: name, content: list(open({ type: name })), timestamp: whole(0) });

export const shapes: Group["shapes"] = {
  "chat.history": {
    params: chatHistory,
    // With a cursor it is what came since: `kind` is then `delta`, or `reset` where the client must begin anew.
    result: open({
      kind: optional(oneOf("delta", "reset")),
      sessionKey: optional(name),
      sessionId: optional(name),
      messages: optional(list(message)),
      thinkingLevel: optional(name),
      deltaCursor: optional(name),
      inFlightRun: optional(open({ runId: name, seq: whole(0), text })),
    }),
  },
  "chat.startup": {
    params: chatHistory,
    result: open({
      ...{ defaults: open({}), sessionInfo: optional(open({ key: name })), messages: optional(list(message)) },
      metadata: open({ models: list(open({ id: name })), commands: list(open({ name })) }),
    }),
  },
  "chat.metadata": {
    params: chatMetadata,
    result: open({ models: list(open({ id: name })), commands: list(open({ name })) }),
  },
  "chat.message.get": {
    params: chatMessageGet,
    result: open({ ok: flag, message: optional(message), unavailableReason: optional(text) }),
  },
  "chat.send": {
    params: chatSend,
    // Words that stop a run are answered as `chat.abort` is.
    result: open({ runId: optional(name), status: optional(oneOf("started", "in_flight", "ok")), ok: optional(flag) }),
  },
  "chat.abort": { params: chatAbort, result: open({ ok: flag, aborted: flag, runIds: list(name) }) },
  "chat.inject": { params: chatInject, result: open({ ok: flag, messageId: name }) },
};

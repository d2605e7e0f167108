// Shapes of the methods that say something on a channel. Source: releases 2026.2.17 and 2026.5.7.
import { anything, flag, list, name, open, optional, record, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const send = strict({
  to: name,
  message: optional(text),
  mediaUrl: optional(text),
  mediaUrls: optional(list(text)),
  asVoice: optional(flag),
  gifPlayback: optional(flag),
  channel: optional(text),
  accountId: optional(text),
  agentId: optional(name),
  replyToId: optional(text),
  threadId: optional(text),
  sessionKey: optional(text),
  idempotencyKey: name,
});

export const poll = strict({
  to: name,
  question: name,
  options: list(name, 2),
  maxSelections: optional(whole(1, 12)),
  durationSeconds: optional(whole(1, 604_800)),
  durationHours: optional(whole(1)),
  silent: optional(flag),
  isAnonymous: optional(flag),
  threadId: optional(text),
  channel: optional(text),
  accountId: optional(text),
  idempotencyKey: name,
});

export const action = open({ channel: name, action: name, params: record(anything), idempotencyKey: name });

const sent = open({ runId: name, messageId: name, channel: name });

export const shapes: Group["shapes"] = {
  send: { params: send, result: sent },
  poll: { params: poll, result: sent },
  "message.action": { params: action, result: open({}) },
};

// Words from a node as a Message at the one door: what its microphone heard, or what its app asks of the agent.
import type { InboundMessage } from "@homarus/sdk";
import { invalid } from "../../refusal.ts";
import { cleanText, inboundMessage, mediaBlocks, thinkingLevel } from "../../runs/inbound.ts";
import { limits } from "../../settings.ts";
import type { Call } from "../handler.ts";

/** The payload of a node's event. */
export type Fields = Readonly<Record<string, unknown>>;

/** Source: release 2026.2.17. */
const longestText = 20_000;
const mostAttachments = 10;
/** Two transcripts of the same words within this time are one that was sent twice. */
const sameWordsMs = 1500;
const mostRemembered = 200;

/** A person spoke; the node only listened. Undefined when there are no words. */
export function heard(fields: Fields, call: Call): InboundMessage | undefined {
  const text = textIn(fields.text);
  if (text === "") return undefined;
  const sessionKey = call.door.house.sessions.resolveKey(textIn(fields.sessionKey) || "main");
  const known = ["eventId", "providerEventId", "transcriptId"].map((key) => textIn(fields[key])).find(Boolean);
  const message = messageOf({ text, sessionKey, key: known && `voice:${call.caller.deviceId}:${known}` }, call);
  return { ...message, origin: "person" };
}

export function asked(fields: Fields, call: Call): InboundMessage | undefined {
  const { attachments } = fields;
  if (attachments !== undefined && attachments !== null && !Array.isArray(attachments))
    throw invalid("attachments must be a list");
  if ((attachments?.length ?? 0) > mostAttachments) throw invalid(`at most ${mostAttachments} attachments are taken`);
  const blocks = mediaBlocks(attachments ?? []);
  const text = textIn(fields.message);
  if (text === "" && blocks.length === 0) return undefined;
  const seconds = fields.timeoutSeconds;
  const message = messageOf(
    {
      text,
      attachments: blocks,
      sessionKey: call.door.house.sessions.resolveKey(textIn(fields.sessionKey) || `node-${call.caller.deviceId}`),
      thinking: thinkingLevel(textIn(fields.thinking) || undefined),
      timeoutMs: typeof seconds === "number" && seconds > 0 ? Math.min(seconds, 86_400) * 1000 : undefined,
    },
    call,
  );
  return { ...message, origin: "program" };
}

interface Said extends Partial<Pick<Parameters<typeof inboundMessage>[1], "attachments" | "thinking" | "timeoutMs">> {
  readonly text: string;
  readonly sessionKey: string;
  readonly key?: string | undefined;
}

function messageOf({ key, attachments = [], ...said }: Said, { door, caller }: Call): InboundMessage {
  if (said.text.length > longestText) throw invalid(`message is longer than ${longestText} characters`);
  const id = key ?? `node:${crypto.randomUUID()}`;
  return inboundMessage(caller, { ...said, attachments, key: id, sentAt: door.clock.now() });
}

function textIn(value: unknown): string {
  return typeof value === "string" ? cleanText(value).trim() : "";
}

/** Knows the last words of each session, for nodes whose transcripts have no id. */
export class SpokenWords {
  readonly #last = new Map<string, { readonly mark: string; readonly at: number }>();

  isNew({ session = "", text, sentAt }: InboundMessage, fields: Fields): boolean {
    const mark = markOf(fields, text);
    const before = this.#last.get(session);
    if (before?.mark === mark && sentAt - before.at <= sameWordsMs) return false;
    this.#last.delete(session);
    this.#last.set(session, { mark, at: sentAt });
    const oldest = this.#last.keys().next();
    if (this.#last.size > Math.min(mostRemembered, limits.dedupeEntries) && !oldest.done)
      this.#last.delete(oldest.value);
    return true;
  }
}

function markOf(fields: Fields, text: string): string {
  const place = ["providerCallId", "callId", "sequence", "seq", "timestamp", "ts"].map((key) => fields[key] ?? null);
  return JSON.stringify([...place, text]);
}

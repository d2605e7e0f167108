// What a client says, as a Message at the one door: text, attachments and settings checked and put into the house's words.
import type { InboundMessage, MediaBlock, ThinkingLevel } from "@homarus/sdk";
import type { Caller } from "../door.ts";
import { invalid } from "../refusal.ts";
import { limits } from "../settings.ts";

export interface Said {
  readonly key: string;
  readonly text: string;
  readonly attachments: readonly MediaBlock[];
  readonly sessionKey: string;
  readonly sentAt: number;
  readonly thinking?: ThinkingLevel | undefined;
  readonly timeoutMs?: number | undefined;
  readonly model?: string | undefined;
  readonly extraSystem?: string | undefined;
}

/** The run gets the idempotency key as its id, so that clients recognise its events. */
export function inboundMessage(caller: Caller, said: Said): InboundMessage {
  const { thinking, timeoutMs, model, extraSystem } = said;
  const peerId = caller.deviceId ?? caller.clientId;
  return {
    id: said.key,
    channel: "webchat",
    account: "default",
    origin: isPerson(caller) ? "person" : "program",
    peer: { id: peerId, ...(caller.displayName === undefined ? {} : { name: caller.displayName }) },
    place: { id: said.sessionKey, type: "direct" },
    text: said.text,
    attachments: said.attachments,
    mentioned: true,
    sentAt: said.sentAt,
    session: said.sessionKey,
    options: {
      runId: said.key,
      ...(thinking === undefined ? {} : { thinking }),
      ...(timeoutMs === undefined || timeoutMs === 0 ? {} : { timeoutMs }),
      ...(model === undefined ? {} : { model }),
      ...(extraSystem === undefined ? {} : { extraSystem }),
    },
  };
}

function isPerson(caller: Caller): boolean {
  return caller.mode === "webchat" || caller.mode === "ui";
}

const levels: Readonly<Record<string, ThinkingLevel>> = {
  off: "off",
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
};

/** Clients know finer levels than the house. */
export function thinkingLevel(name: string | undefined): ThinkingLevel | undefined {
  if (name === undefined || name.trim() === "") return undefined;
  const level = Object.hasOwn(levels, name.trim().toLowerCase()) ? levels[name.trim().toLowerCase()] : undefined;
  if (level === undefined) throw invalid(`invalid thinkingLevel "${name}" (use off|minimal|low|medium|high|xhigh)`);
  return level;
}

/** Refuses what no store keeps whole; tidies line ends only. */
export function cleanText(text: string): string {
  if (text.includes("\u0000")) throw invalid("message must not contain null bytes");
  return text.replaceAll("\r\n", "\n");
}

/** Source: wire protocol v3, "Runs": `{type, mimeType, fileName, content}` with base64 content, up to 5 MB each. */
export function mediaBlocks(attachments: readonly unknown[] | undefined): readonly MediaBlock[] {
  return (attachments ?? []).map((item, index) => mediaBlock(item, index));
}

function mediaBlock(item: unknown, index: number): MediaBlock {
  const fields = typeof item === "object" && item !== null ? (item as Record<string, unknown>) : {};
  const fileName = stringOf(fields.fileName);
  const label = fileName ?? stringOf(fields.type) ?? `attachment-${index + 1}`;
  const content = fields.content;
  if (typeof content !== "string") throw invalid(`attachment ${label}: content must be base64 string`);
  const prefix = /^data:([^;,]+);base64,/.exec(content.slice(0, 200));
  const data = prefix ? content.slice(prefix[0].length) : content;
  const bytes = base64Bytes(data);
  if (bytes === undefined || bytes === 0) throw invalid(`attachment ${label}: invalid base64 content`);
  if (bytes > limits.attachmentBytes)
    throw invalid(`attachment ${label}: exceeds size limit (${bytes} > ${limits.attachmentBytes} bytes)`);
  const mediaType = (stringOf(fields.mimeType) ?? prefix?.[1] ?? "application/octet-stream").toLowerCase();
  const family = mediaType.split("/")[0];
  const type = family === "image" || family === "audio" ? family : "file";
  return { type, mediaType, data, ...(fileName === undefined ? {} : { name: fileName }) };
}

/** Length of what base64 text stands for; undefined when it is none. */
function base64Bytes(data: string): number | undefined {
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return undefined;
  const padding = data.endsWith("==") ? 2 : data.endsWith("=") ? 1 : 0;
  return (data.length / 4) * 3 - padding;
}

function stringOf(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

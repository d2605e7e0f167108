// What a client of the chat completions and responses APIs asks, in the house's words. Pure.
// Source: OpenAI API reference, "Chat completions" and "Responses" (read 2026-11).
import type { MediaBlock, ThinkingLevel } from "@homarus/sdk";
import { shown } from "../frames/shown.ts";
import { HttpRefusal } from "../http/answer.ts";

export interface Asked {
  /** What the person says now. */
  readonly text: string;
  readonly attachments: readonly MediaBlock[];
  /** Instructions for this run. */
  readonly system: string;
  /** What was said before, for a session that does not hold it. */
  readonly before: readonly Turn[];
}

export interface Turn {
  readonly role: "user" | "assistant" | "tool";
  readonly text: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Messages of a chat, oldest first. The last one of a person (or of a tool) is what is said now. */
export function askedOf(messages: unknown): Asked {
  if (!Array.isArray(messages) || messages.length === 0)
    throw new HttpRefusal(
      400,
      "invalid_request_error",
      "messages must be a list with at least one message",
      "messages",
    );
  const read = messages.map((message, index) => readMessage(message, `messages[${index}]`));
  const system = read.filter((item) => item.role === "system").map((item) => item.text);
  const said = read.filter((item) => item.role !== "system");
  const last = said.at(-1);
  if (!last || last.role === "assistant")
    throw new HttpRefusal(400, "invalid_request_error", "the last message must be the user's", "messages");
  if (last.text.trim() === "" && last.attachments.length === 0)
    throw new HttpRefusal(400, "invalid_request_error", "the last message is empty", "messages");
  const before = said.slice(0, -1).map(({ role, text }) => ({ role: role as Turn["role"], text }));
  return { text: last.text, attachments: last.attachments, system: system.join("\n\n"), before };
}

interface Read {
  readonly role: "system" | Turn["role"];
  readonly text: string;
  readonly attachments: readonly MediaBlock[];
}

const roles: Readonly<Record<string, Read["role"]>> = {
  ...{ system: "system", developer: "system", user: "user", assistant: "assistant", tool: "tool", function: "tool" },
};

export function readMessage(message: unknown, at: string): Read {
  const { role, content } = fieldsOf(message, at);
  const known = typeof role === "string" && Object.hasOwn(roles, role) ? roles[role] : undefined;
  if (!known) throw new HttpRefusal(400, "invalid_request_error", `${at}.role is not known: ${shown(role)}`, at);
  if (content === null || content === undefined) return { role: known, text: "", attachments: [] };
  if (typeof content === "string") return { role: known, text: content, attachments: [] };
  if (!Array.isArray(content))
    throw new HttpRefusal(400, "invalid_request_error", `${at}.content must be text or a list`, at);
  const parts = content.map((part, index) => readPart(part, `${at}.content[${index}]`));
  return {
    role: known,
    text: parts.flatMap((part) => (typeof part === "string" ? [part] : [])).join("\n"),
    attachments: parts.flatMap((part) => (typeof part === "string" ? [] : [part])),
  };
}

function readPart(part: unknown, at: string): string | MediaBlock {
  const fields = fieldsOf(part, at);
  switch (fields.type) {
    case "text":
    case "input_text":
    case "output_text":
      return typeof fields.text === "string" ? fields.text : "";
    case "image_url":
    case "input_image":
      return imageOf(fields.image_url, at);
    case "input_audio":
      return audioOf(fieldsOf(fields.input_audio, at), at);
    case "file":
    case "input_file":
      return fileOf(fields.type === "file" ? fieldsOf(fields.file, at) : fields, at);
    default:
      throw new HttpRefusal(400, "invalid_request_error", `${at}.type is not supported: ${shown(fields.type)}`, at);
  }
}

function imageOf(value: unknown, at: string): MediaBlock {
  const url = typeof value === "string" ? value : fieldsOf(value, at).url;
  return { type: "image", ...dataOf(url, at) };
}

function audioOf({ data, format }: Fields, at: string): MediaBlock {
  if (typeof data !== "string") throw new HttpRefusal(400, "invalid_request_error", `${at}: audio needs data`, at);
  return { type: "audio", mediaType: `audio/${typeof format === "string" ? format : "wav"}`, data };
}

function fileOf({ file_data: data, filename }: Fields, at: string): MediaBlock {
  return { type: "file", ...dataOf(data, at), ...(typeof filename === "string" ? { name: filename } : {}) };
}

/** Nothing is fetched on a stranger's word: only what came along is taken. */
function dataOf(url: unknown, at: string): { mediaType: string; data: string } {
  const [, mediaType, data] =
    typeof url === "string" ? (/^data:([^;,]+);base64,([A-Za-z0-9+/=]+)$/.exec(url) ?? []) : [];
  if (mediaType === undefined || data === undefined)
    throw new HttpRefusal(
      400,
      "invalid_request_error",
      `${at}: send the bytes as a data: URL; addresses are not fetched`,
      at,
    );
  return { mediaType, data };
}

function fieldsOf(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new HttpRefusal(400, "invalid_request_error", `${at} must be an object`, at);
  return value as Fields;
}

/** What was said before, put before what is said now, for a session that begins with this request. */
export function withBefore({ text, before }: Asked): string {
  if (before.length === 0) return text;
  const names: Readonly<Record<Turn["role"], string>> = { user: "User", assistant: "You", tool: "Tool" };
  const lines = before.map((turn) => `${names[turn.role]}: ${turn.text}`).join("\n\n");
  return `[What was said before]\n${lines}\n\n[What is said now]\n${text}`;
}

const efforts: Readonly<Record<string, ThinkingLevel>> = {
  ...{ none: "off", minimal: "low", low: "low", medium: "medium", high: "high", xhigh: "high" },
};

export function effortOf(value: unknown): ThinkingLevel | undefined {
  if (value === undefined || value === null) return undefined;
  const level = typeof value === "string" && Object.hasOwn(efforts, value) ? efforts[value] : undefined;
  if (!level)
    throw new HttpRefusal(400, "invalid_request_error", `reasoning effort is not known: ${shown(value)}`, "reasoning");
  return level;
}

/** The agent works with tools of its own: tools of the client would never be called. */
export function refuseClientTools({ tools, tool_choice: choice, functions }: Fields): void {
  const given = [tools, functions].some((list) => Array.isArray(list) && list.length > 0);
  if (given && choice !== "none")
    throw new HttpRefusal(
      400,
      "unsupported_parameter",
      "tools of the client are not supported: the agent uses its own",
      "tools",
    );
}

// A platform update as a Message. Pure: what must be fetched is named, not fetched.
import type { InboundMessage, Place } from "@homarus/sdk";
import type { Message, MessageEntity, Update, User } from "grammy/types";
import { messageOf, pressOf } from "./shape.ts";

/** A file that the platform keeps: fetched by its id when the message is handed on. */
export interface RemoteFile {
  readonly fileId: string;
  readonly type: "image" | "audio" | "file";
  readonly mediaType: string;
  readonly name?: string;
  /** Bytes, where the platform says. */
  readonly size?: number;
}

export interface Heard {
  readonly message: InboundMessage;
  readonly files: readonly RemoteFile[];
}

export interface Self {
  readonly id: number;
  readonly username: string;
}

/** Ids count anew in each supergroup, so the chat is part of a message's id here. */
export function messageId(chat: number | string, id: number): string {
  return `${chat}:${id}`;
}

/** The platform's own number of a message id made above. */
export function platformId(id: string): number {
  return Number(id.slice(id.lastIndexOf(":") + 1));
}

/** Undefined for what is no message of a person: joins, edits, channel posts, messages of other programs. */
export function hear(update: Update, self: Self): Heard | undefined {
  const pressed = pressOf(update);
  if (pressed) return heardPress(pressed);
  const message = messageOf(update);
  if (!message?.from || message.from.is_bot) return undefined;
  const text = message.text ?? message.caption ?? "";
  const files = filesOf(message);
  if (text === "" && files.length === 0) return undefined;
  const place = placeOf(message);
  return {
    files,
    message: {
      id: messageId(message.chat.id, message.message_id),
      channel: "telegram",
      account: "default",
      origin: "person",
      peer: peerOf(message.from),
      place,
      text,
      attachments: [],
      ...replyOf(message),
      mentioned: place.type === "direct" || isAddressed(message, self),
      sentAt: message.date * 1000,
    },
  };
}

/** A pressed button says what stands on its back, as if the one who pressed it had written that. */
function heardPress({ id, from, message, data }: NonNullable<ReturnType<typeof pressOf>>): Heard {
  return {
    files: [],
    message: {
      ...{ id: `${message.chat.id}:press:${id}`, channel: "telegram", account: "default", origin: "person" },
      ...{ peer: peerOf(from), place: placeOf(message), text: data, attachments: [], mentioned: true },
      sentAt: message.date * 1000,
    },
  };
}

function peerOf(user: User): InboundMessage["peer"] {
  const name = [user.first_name, user.last_name].filter(Boolean).join(" ");
  return { id: String(user.id), ...(name ? { name } : {}), ...(user.username ? { username: user.username } : {}) };
}

function placeOf(message: Message): Place {
  const { chat } = message;
  return {
    id: String(chat.id),
    type: chat.type === "private" ? "direct" : "group",
    ...(chat.title ? { title: chat.title } : {}),
    ...(message.is_topic_message && message.message_thread_id !== undefined
      ? { topic: String(message.message_thread_id) }
      : {}),
  };
}

function replyOf(message: Message): Pick<InboundMessage, "replyTo"> {
  const answered = answeredBy(message);
  if (!answered) return {};
  const text = message.quote?.text ?? answered.text ?? answered.caption;
  return { replyTo: { id: messageId(message.chat.id, answered.message_id), ...(text ? { text } : {}) } };
}

/** In a forum every message "answers" the one that opened its topic; that is no reply. */
function answeredBy(message: Message): Message["reply_to_message"] {
  const answered = message.reply_to_message;
  return message.is_topic_message && answered?.message_id === message.message_thread_id ? undefined : answered;
}

/** By name, by a reply to one of our messages, or by a command that names us. */
function isAddressed(message: Message, self: Self): boolean {
  if (answeredBy(message)?.from?.id === self.id) return true;
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  return entities.some((entity) => names(entity, text, self));
}

function names(entity: MessageEntity, text: string, self: Self): boolean {
  const written = text.slice(entity.offset, entity.offset + entity.length).toLowerCase();
  const name = `@${self.username.toLowerCase()}`;
  if (entity.type === "text_mention") return entity.user.id === self.id;
  if (entity.type === "mention") return written === name;
  return entity.type === "bot_command" && (written.endsWith(name) || !written.includes("@"));
}

function filesOf(message: Message): RemoteFile[] {
  const { voice, audio, video, video_note: note, document, sticker } = message;
  const isImage = document?.mime_type?.startsWith("image/");
  return [
    fileOf(message.photo?.at(-1), { type: "image", mediaType: "image/jpeg" }),
    fileOf(voice, { type: "audio", mediaType: "audio/ogg", name: "voice.ogg" }),
    fileOf(audio, { type: "audio", mediaType: "audio/mpeg", name: "audio.mp3" }),
    fileOf(video, { type: "file", mediaType: "video/mp4", name: "video.mp4" }),
    fileOf(note, { type: "file", mediaType: "video/mp4", name: "video-note.mp4" }),
    fileOf(document, { type: isImage ? "image" : "file", mediaType: "application/octet-stream", name: "file" }),
    fileOf(isStill(sticker) ? sticker : undefined, { type: "image", mediaType: "image/webp", name: "sticker.webp" }),
  ].filter((file) => file !== undefined);
}

function isStill(sticker: Message["sticker"]): boolean {
  return sticker !== undefined && !sticker.is_animated && !sticker.is_video;
}

interface PlatformFile {
  readonly file_id: string;
  readonly file_size?: number;
  readonly mime_type?: string;
  readonly file_name?: string;
}

/** What the platform says of a file, and what holds where it says nothing. */
function fileOf(
  file: PlatformFile | undefined,
  { type, mediaType, name }: Pick<RemoteFile, "type" | "mediaType" | "name">,
): RemoteFile | undefined {
  if (!file) return undefined;
  const called = file.file_name ?? name;
  return {
    ...{ fileId: file.file_id, type, mediaType: file.mime_type ?? mediaType },
    ...(called === undefined ? {} : { name: called }),
    ...(file.file_size === undefined ? {} : { size: file.file_size }),
  };
}

// A platform update as a Message. Pure: what must be fetched is named, not fetched.
import type { InboundMessage, Place } from "@homarus/sdk";
import type { Message, MessageEntity, Update, User } from "grammy/types";

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
  const message = update.message;
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
  const answered = message.reply_to_message;
  // In a forum every message "answers" the one that opened its topic; that is no reply.
  if (!answered || (message.is_topic_message && answered.message_id === message.message_thread_id)) return {};
  const text = message.quote?.text ?? answered.text ?? answered.caption;
  return { replyTo: { id: messageId(message.chat.id, answered.message_id), ...(text ? { text } : {}) } };
}

/** By name, by a reply to one of our messages, or by a command that names us. */
function isAddressed(message: Message, self: Self): boolean {
  if (message.reply_to_message?.from?.id === self.id) return true;
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
  const files: RemoteFile[] = [];
  const photo = message.photo?.at(-1);
  if (photo) files.push({ fileId: photo.file_id, type: "image", mediaType: "image/jpeg", ...sizeOf(photo) });
  const { voice, audio, video, video_note: note, document, sticker } = message;
  if (voice)
    files.push({
      fileId: voice.file_id,
      type: "audio",
      mediaType: voice.mime_type ?? "audio/ogg",
      name: "voice.ogg",
      ...sizeOf(voice),
    });
  if (audio)
    files.push({
      fileId: audio.file_id,
      type: "audio",
      mediaType: audio.mime_type ?? "audio/mpeg",
      name: audio.file_name ?? "audio.mp3",
      ...sizeOf(audio),
    });
  if (video)
    files.push({
      fileId: video.file_id,
      type: "file",
      mediaType: video.mime_type ?? "video/mp4",
      name: video.file_name ?? "video.mp4",
      ...sizeOf(video),
    });
  if (note)
    files.push({ fileId: note.file_id, type: "file", mediaType: "video/mp4", name: "video-note.mp4", ...sizeOf(note) });
  if (document)
    files.push({
      fileId: document.file_id,
      type: document.mime_type?.startsWith("image/") ? "image" : "file",
      mediaType: document.mime_type ?? "application/octet-stream",
      name: document.file_name ?? "file",
      ...sizeOf(document),
    });
  if (sticker && !sticker.is_animated && !sticker.is_video)
    files.push({
      fileId: sticker.file_id,
      type: "image",
      mediaType: "image/webp",
      name: "sticker.webp",
      ...sizeOf(sticker),
    });
  return files;
}

function sizeOf(file: { readonly file_size?: number }): { size?: number } {
  return file.file_size === undefined ? {} : { size: file.file_size };
}

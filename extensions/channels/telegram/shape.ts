// Whether an update has the shape that the platform documents. What has another is no message to us: read half, it
// would say what nobody wrote, and thrown over, it would hold up every message after it.
import type { CallbackQuery, Message, Update } from "grammy/types";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => Number.isSafeInteger(value);
const flag: Check = (value) => typeof value === "boolean";
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** Fields whose name ends in `?` may be absent; those that are not named may hold anything. */
function shape(fields: Readonly<Record<string, Check>>): Check {
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    const found = value as Readonly<Record<string, unknown>>;
    return Object.entries(fields).every(([name, check]) => {
      if (!name.endsWith("?")) return check(found[name]);
      const field = found[name.slice(0, -1)];
      return field === undefined || check(field);
    });
  };
}

const user = shape({ id: number, is_bot: flag, first_name: text, "last_name?": text, "username?": text });
const file = shape({ file_id: text, "file_size?": number, "mime_type?": text, "file_name?": text });
const entities = listOf(shape({ type: text, offset: number, length: number, "user?": user }));
const answered = shape({ message_id: number, "from?": user, "text?": text, "caption?": text });

const message = shape({
  ...{ message_id: number, date: number, chat: shape({ id: number, type: text, "title?": text }) },
  ...{ "from?": user, "text?": text, "caption?": text, "entities?": entities, "caption_entities?": entities },
  ...{ "is_topic_message?": flag, "message_thread_id?": number },
  ...{ "reply_to_message?": answered, "quote?": shape({ text }) },
  ...{ "photo?": listOf(file), "voice?": file, "audio?": file, "video?": file, "video_note?": file },
  ...{ "document?": file, "sticker?": file },
});

/** The message of an update, if there is one that can be read. */
export function messageOf(update: Update): Message | undefined {
  return message(update.message) ? update.message : undefined;
}

const press = shape({ id: text, from: user, data: text, message });

/** A button that somebody pressed, if it can be read. */
export function pressOf(
  update: Update,
): (CallbackQuery & { readonly message: Message; readonly data: string }) | undefined {
  return press(update.callback_query)
    ? (update.callback_query as CallbackQuery & { readonly message: Message; readonly data: string })
    : undefined;
}

// The messages of the fake platform: those that people wrote and those that the channel sent, one row of ids for both.
import { refusedText } from "./fake-markup.ts";

export interface FakeMessage {
  readonly message_id: number;
  readonly chat: { readonly id: number; readonly type: string; readonly title?: string };
  readonly text?: string;
  readonly [field: string]: unknown;
}

export type Params = Record<string, unknown>;

/** What a method answers: its result, or why it is refused. */
export type FakeAnswer = { readonly result: unknown } | { readonly refused: string };

export const me = {
  id: 999,
  is_bot: true,
  first_name: "Homarus",
  username: "homarus_bot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
};

const unchanged =
  "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message";

export interface FakeMessages {
  /** Messages that the channel sent and that stand now, with their newest text. */
  readonly sent: FakeMessage[];
  hear(fields: Omit<FakeMessage, "message_id">): FakeMessage;
  post(params: Params, fields: object): FakeAnswer;
  postText(params: Params): FakeAnswer;
  editText(params: Params): FakeAnswer;
  editMarkup(params: Params): FakeAnswer;
  /** Somebody deletes a message, ours or theirs. */
  remove(chat: number, id: number): void;
}

export function createFakeMessages(): FakeMessages {
  const sent: FakeMessage[] = [];
  const heard = new Map<string, FakeMessage>();
  let next = 1;
  const keyOf = (chat: unknown, id: unknown): string => `${chat}/${id}`;
  const indexOf = (params: Params): number =>
    sent.findIndex((item) => keyOf(item.chat.id, item.message_id) === keyOf(params.chat_id, params.message_id));
  const stands = (chat: unknown, id: unknown): boolean =>
    heard.has(keyOf(chat, id)) || indexOf({ chat_id: chat, message_id: id }) >= 0;
  const notOurs = (params: Params): FakeAnswer => ({
    refused: heard.has(keyOf(params.chat_id, params.message_id))
      ? "Bad Request: message can't be edited"
      : "Bad Request: message to edit not found",
  });

  const post = (params: Params, fields: object): FakeAnswer => {
    const reply = asObject(params.reply_parameters);
    const isGone = reply !== undefined && !stands(params.chat_id, reply.message_id);
    if (isGone && !reply.allow_sending_without_reply)
      return { refused: "Bad Request: message to be replied not found" };
    const message = {
      ...posted(next++, params),
      ...(reply && !isGone ? { reply_parameters: reply } : {}),
      ...markupOf(params),
      ...fields,
    };
    sent.push(message);
    return { result: message };
  };
  return {
    sent,
    post,
    hear(fields) {
      const message = { message_id: next++, ...fields } as FakeMessage;
      heard.set(keyOf(message.chat.id, message.message_id), message);
      return message;
    },
    postText(params) {
      const refused = refusedText(params);
      if (refused) return { refused };
      return post(params, { text: params.text, ...(params.parse_mode ? { parse_mode: params.parse_mode } : {}) });
    },
    ...editsOf(sent, indexOf, notOurs),
    remove(chat, id) {
      heard.delete(keyOf(chat, id));
      const index = indexOf({ chat_id: chat, message_id: id });
      if (index >= 0) sent.splice(index, 1);
    },
  };
}

function editsOf(
  sent: FakeMessage[],
  indexOf: (params: Params) => number,
  notOurs: (params: Params) => FakeAnswer,
): Pick<FakeMessages, "editText" | "editMarkup"> {
  return {
    editText(params) {
      const index = indexOf(params);
      const old = sent[index];
      if (!old) return notOurs(params);
      const refused = refusedText(params);
      if (refused) return { refused };
      if (old.text === params.text) return { refused: unchanged };
      const { parse_mode: _, ...rest } = old;
      const mode = params.parse_mode ? { parse_mode: params.parse_mode } : {};
      sent[index] = { ...rest, text: String(params.text), ...mode } as FakeMessage;
      return { result: sent[index] };
    },
    editMarkup(params) {
      const index = indexOf(params);
      const old = sent[index];
      if (!old) return notOurs(params);
      const changed = withMarkup(old, params);
      if (!changed) return { refused: unchanged };
      sent[index] = changed;
      return { result: sent[index] };
    },
  };
}

function posted(id: number, params: Params): FakeMessage {
  const chat = Number(params.chat_id);
  return {
    message_id: id,
    date: Math.floor(Date.now() / 1000),
    from: me,
    chat: { id: chat, type: chat < 0 ? "supergroup" : "private" },
    ...(params.message_thread_id ? { message_thread_id: Number(params.message_thread_id) } : {}),
  };
}

/** Undefined where it would be the same. */
function withMarkup({ reply_markup: before, ...rest }: FakeMessage, params: Params): FakeMessage | undefined {
  const wanted = markupOf(params);
  const isSame = JSON.stringify(asObject(before)) === JSON.stringify(asObject(wanted.reply_markup));
  return isSame ? undefined : ({ ...rest, ...wanted } as FakeMessage);
}

function markupOf({ reply_markup: markup }: Params): { readonly reply_markup?: unknown } {
  return markup === undefined ? {} : { reply_markup: markup };
}

function asObject(value: unknown): Params | undefined {
  const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
  return typeof parsed === "object" && parsed !== null ? (parsed as Params) : undefined;
}

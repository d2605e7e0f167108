// A Telegram that runs on this machine: the part of the Bot API (https://core.telegram.org/bots/api) that the channel
// uses, with the platform's own rules: sequential ids, offsets that confirm, edits that refuse what has not changed.

export interface FakeMessage {
  readonly message_id: number;
  readonly chat: { readonly id: number; readonly type: string; readonly title?: string };
  readonly text?: string;
  readonly [field: string]: unknown;
}

export interface FakeCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export interface FakeTelegram extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Messages that the channel sent and that stand now, with their newest text. */
  readonly sent: FakeMessage[];
  readonly calls: FakeCall[];
  /** Somebody writes. Gives the update's id. */
  say(
    text: string,
    more?: { readonly from?: FakeUser; readonly chat?: FakeMessage["chat"]; readonly [field: string]: unknown },
  ): number;
  /** An update that is not a text message, as it stands. */
  push(update: Record<string, unknown>): number;
  /** The next call of a method is answered like this instead of being carried out. */
  fail(
    method: string,
    answer: { readonly status: number; readonly description: string; readonly retryAfter?: number },
  ): void;
  /** The next call of a method is carried out, and its answer never arrives. */
  loseAnswer(method: string): void;
  /** Bytes for getFile. */
  addFile(id: string, bytes: Uint8Array<ArrayBuffer>): void;
  dropConnections(): void;
  /** Every call is refused as with a wrong token. */
  revoke(): void;
}

interface FakeUser {
  readonly id: number;
  readonly first_name: string;
  readonly username?: string;
  readonly is_bot?: boolean;
}

type Params = Record<string, unknown>;

const me = {
  id: 999,
  is_bot: true,
  first_name: "Homarus",
  username: "homarus_bot",
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
};
const pat: FakeUser = { id: 1001, first_name: "Pat", username: "pat" };

export function openFakeTelegram(): FakeTelegram {
  const token = "12345:TEST-TOKEN-abcdefghijklmnopqrstuv";
  const updates: (Record<string, unknown> & { update_id: number })[] = [];
  const sent: FakeMessage[] = [];
  const heard = new Map<string, FakeMessage>();
  const calls: FakeCall[] = [];
  const failures = new Map<string, { status: number; description: string; retryAfter?: number }[]>();
  const lost = new Map<string, number>();
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  let [nextUpdate, nextMessage, revoked] = [1, 1, false];
  const wake: (() => void)[] = [];

  const ok = (result: unknown): Response => Response.json({ ok: true, result });
  const bad = (status: number, description: string, parameters?: object): Response =>
    Response.json({ ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) }, { status });

  const push = (update: Record<string, unknown>): number => {
    const id = nextUpdate++;
    updates.push({ update_id: id, ...update });
    for (const resume of wake.splice(0)) resume();
    return id;
  };
  const keyOf = (chat: unknown, id: unknown): string => `${chat}/${id}`;

  const getUpdates = async (params: Params, signal: AbortSignal): Promise<Response> => {
    const offset = Number(params.offset ?? 0);
    while (updates.length > 0 && (updates[0]?.update_id ?? 0) < offset) updates.shift();
    if (updates.length === 0) {
      await new Promise<void>((resolve) => {
        wake.push(resolve);
        signal.addEventListener("abort", () => resolve());
        setTimeout(resolve, Math.min(Number(params.timeout ?? 0), 25) * 1000);
      });
    }
    return ok(updates.slice(0, Number(params.limit ?? 100)));
  };

  const send = (params: Params, fields: object): Response => {
    const message: FakeMessage = {
      message_id: nextMessage++,
      date: Math.floor(Date.now() / 1000),
      from: me,
      chat: { id: Number(params.chat_id), type: Number(params.chat_id) < 0 ? "supergroup" : "private" },
      ...(params.message_thread_id ? { message_thread_id: Number(params.message_thread_id) } : {}),
      ...(params.reply_parameters ? { reply_parameters: asObject(params.reply_parameters) } : {}),
      ...fields,
    };
    sent.push(message);
    return ok(message);
  };

  const sendMessage = (params: Params): Response => {
    const text = String(params.text ?? "");
    if (text.trim() === "") return bad(400, "Bad Request: message text is empty");
    if (visible(text, params).length > 4096) return bad(400, "Bad Request: message is too long");
    const broken = params.parse_mode === "HTML" ? brokenHtml(text) : undefined;
    if (broken) return bad(400, `Bad Request: can't parse entities: ${broken}`);
    return send(params, { text, ...(params.parse_mode ? { parse_mode: params.parse_mode } : {}) });
  };

  const editMessageText = (params: Params): Response => {
    const index = sent.findIndex(
      (item) => keyOf(item.chat.id, item.message_id) === keyOf(params.chat_id, params.message_id),
    );
    if (index < 0) {
      const foreign = heard.has(keyOf(params.chat_id, params.message_id));
      return bad(400, foreign ? "Bad Request: message can't be edited" : "Bad Request: message to edit not found");
    }
    const old = sent[index] as FakeMessage;
    if (old.text === params.text)
      return bad(
        400,
        "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
      );
    if (visible(String(params.text), params).length > 4096) return bad(400, "Bad Request: message is too long");
    sent[index] = { ...old, text: String(params.text) };
    return ok(sent[index]);
  };

  const sendFile = (params: Params, kind: string): Response =>
    send(params, {
      [kind]: { file_id: "sent-file", file_unique_id: "u" },
      ...(params.caption ? { caption: params.caption } : {}),
      uploaded: params[kind],
    });

  const answer = (method: string, params: Params, signal: AbortSignal): Response | Promise<Response> => {
    switch (method) {
      case "getMe":
        return ok(me);
      case "getUpdates":
        return getUpdates(params, signal);
      case "sendMessage":
        return sendMessage(params);
      case "editMessageText":
        return editMessageText(params);
      case "sendPhoto":
        return sendFile(params, "photo");
      case "sendDocument":
        return sendFile(params, "document");
      case "sendVoice":
      case "sendAudio":
        return sendFile(params, method === "sendVoice" ? "voice" : "audio");
      case "getFile":
        return files.has(String(params.file_id))
          ? ok({ file_id: params.file_id, file_unique_id: "u", file_path: `files/${params.file_id}` })
          : bad(400, "Bad Request: invalid file_id");
      case "sendChatAction":
      case "deleteWebhook":
      case "setMyCommands":
      case "setMessageReaction":
      case "answerCallbackQuery":
        return ok(true);
      default:
        return bad(404, "Not Found: method not found");
    }
  };

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      const file = /^\/file\/bot[^/]+\/files\/(.+)$/.exec(path)?.[1];
      if (file) return new Response(files.get(file) ?? new Uint8Array(), { status: files.has(file) ? 200 : 404 });
      const [, given, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
      if (given !== token || revoked) return bad(401, "Unauthorized");
      const params = await paramsOf(request);
      if (method !== "getUpdates") calls.push({ method, params, at: Date.now() });
      const failure = failures.get(method)?.shift();
      if (failure)
        return bad(
          failure.status,
          failure.description,
          failure.retryAfter ? { retry_after: failure.retryAfter } : undefined,
        );
      const response = await answer(method, params, request.signal);
      const losing = lost.get(method) ?? 0;
      if (losing === 0) return response;
      lost.set(method, losing - 1);
      await new Promise<void>((resolve) => request.signal.addEventListener("abort", () => resolve()));
      return response;
    },
  });

  return {
    ...{ url: `http://127.0.0.1:${server.port}`, token, sent, calls, push },
    say(text, more = {}) {
      const { from = pat, chat = { id: from.id, type: "private" }, ...fields } = more;
      const message = { message_id: nextMessage++, date: Math.floor(Date.now() / 1000), from, chat, text, ...fields };
      heard.set(keyOf(chat.id, message.message_id), message);
      return push({ message });
    },
    fail: (method, failure) => void failures.set(method, [...(failures.get(method) ?? []), failure]),
    loseAnswer: (method) => void lost.set(method, (lost.get(method) ?? 0) + 1),
    addFile: (id, bytes) => void files.set(id, bytes),
    dropConnections: () => {
      for (const resume of wake.splice(0)) resume();
    },
    revoke: () => {
      revoked = true;
      for (const resume of wake.splice(0)) resume();
    },
    async [Symbol.asyncDispose]() {
      for (const resume of wake.splice(0)) resume();
      await server.stop(true);
    },
  };
}

async function paramsOf(request: Request): Promise<Params> {
  const type = request.headers.get("content-type") ?? "";
  if (type.includes("json")) return (await request.json()) as Params;
  if (type.includes("form")) return Object.fromEntries((await request.formData()).entries());
  return Object.fromEntries(new URL(request.url).searchParams);
}

function asObject(value: unknown): unknown {
  return typeof value === "string" ? JSON.parse(value) : value;
}

/** The platform counts the text after its entities were parsed. */
function visible(text: string, params: Params): string {
  if (params.parse_mode !== "HTML") return text;
  return text
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

/** Tags must be known and closed in order; a bare & or < is refused. */
function brokenHtml(text: string): string | undefined {
  const open: string[] = [];
  const known = new Set([
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "del",
    "code",
    "pre",
    "a",
    "blockquote",
    "tg-spoiler",
    "span",
  ]);
  for (const [tag, slash, name = ""] of text.matchAll(/<(\/?)([a-z-]*)[^>]*>?/g)) {
    if (!known.has(name) || !tag.endsWith(">")) return `unsupported start tag "${name}"`;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return `unexpected end tag "${name}"`;
  }
  if (open.length > 0) return `can't find end tag corresponding to start tag "${open.at(-1)}"`;
  return /&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-f]+);)/i.test(text) ? "bare ampersand" : undefined;
}

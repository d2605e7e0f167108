// A Telegram that runs on this machine: the part of the Bot API (https://core.telegram.org/bots/api) that the channel
// uses, with the platform's own rules: sequential ids, offsets that confirm, edits that refuse what has not changed.
import {
  createFakeMessages,
  type FakeAnswer,
  type FakeMessage,
  type FakeMessages,
  me,
  type Params,
} from "./fake-messages.ts";
import { createFakeUpdates, type FakeUpdates } from "./fake-updates.ts";

export interface FakeCall {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export interface FakeFailure {
  readonly status: number;
  readonly description: string;
  readonly retryAfter?: number;
}

interface FakeUser {
  readonly id: number;
  readonly first_name: string;
  readonly username?: string;
  readonly is_bot?: boolean;
}

export interface FakeTelegram extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Messages that the channel sent and that stand now, with their newest text. */
  readonly sent: readonly FakeMessage[];
  readonly calls: readonly FakeCall[];
  /** Somebody writes. Gives the update's id. */
  say(
    text: string,
    more?: { readonly from?: FakeUser; readonly chat?: FakeMessage["chat"]; readonly [field: string]: unknown },
  ): number;
  /** The newest message that somebody wrote. */
  newest(): FakeMessage;
  /** An update that is not a text message, as it stands. */
  push(update: Readonly<Record<string, unknown>>): number;
  /** The next call of a method is answered like this instead of being carried out. */
  fail(method: string, answer: FakeFailure): void;
  /** The next call of a method is carried out, and its answer never arrives. */
  loseAnswer(method: string): void;
  /** Bytes for getFile. */
  addFile(id: string, bytes: Uint8Array<ArrayBuffer>): void;
  remove(chat: number, id: number): void;
  unconfirmed(): number;
  /** Long polls that are held now. */
  polls(): number;
  /** Cuts the poll that is held, or the next one, in the middle of its answer. */
  dropConnections(): void;
  /** Every call is refused as with a wrong token. */
  revoke(): void;
}

interface Platform {
  readonly messages: FakeMessages;
  readonly updates: FakeUpdates;
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  readonly calls: FakeCall[];
  readonly failures: Map<string, FakeFailure[]>;
  readonly lost: Map<string, number>;
  drops: number;
  revoked: boolean;
}

const token = "12345:TEST-TOKEN-abcdefghijklmnopqrstuv";
const pat: FakeUser = { id: 1001, first_name: "Pat", username: "pat" };

export function openFakeTelegram(): FakeTelegram {
  const platform: Platform = {
    ...{ messages: createFakeMessages(), updates: createFakeUpdates(), files: new Map(), calls: [] },
    ...{ failures: new Map(), lost: new Map(), drops: 0, revoked: false },
  };
  const { messages, updates, failures, lost } = platform;
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 60, maxRequestBodySize: 80_000_000 },
    fetch: (request) => handle(request, platform),
  });
  let newest: FakeMessage | undefined;
  return {
    ...{ url: `http://127.0.0.1:${server.port}`, token, sent: messages.sent, calls: platform.calls },
    ...{ push: updates.push, unconfirmed: updates.unconfirmed, polls: updates.waiting, remove: messages.remove },
    say(text, more = {}) {
      const { from: user = pat, chat = { id: user.id, type: "private" }, ...fields } = more;
      const from = { is_bot: false, ...user };
      newest = messages.hear({ date: Math.floor(Date.now() / 1000), from, chat, text, ...fields });
      return updates.push({ message: newest });
    },
    newest() {
      if (!newest) throw new Error("nobody has written yet");
      return newest;
    },
    fail: (method, failure) => void failures.set(method, [...(failures.get(method) ?? []), failure]),
    loseAnswer: (method) => void lost.set(method, (lost.get(method) ?? 0) + 1),
    addFile: (id, bytes) => void platform.files.set(id, bytes),
    dropConnections() {
      platform.drops += 1;
      updates.wake();
    },
    revoke() {
      platform.revoked = true;
      updates.wake();
    },
    async [Symbol.asyncDispose]() {
      updates.wake();
      await server.stop(true);
    },
  };
}

async function handle(request: Request, platform: Platform): Promise<Response> {
  const path = new URL(request.url).pathname;
  const file = /^\/file\/bot[^/]+\/files\/(.+)$/.exec(path)?.[1];
  if (file) return fileAnswer(platform.files.get(file));
  const [, given, method = ""] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (given !== token || platform.revoked) return bad(401, "Unauthorized");
  const params = await paramsOf(request);
  if (method !== "getUpdates") platform.calls.push({ method, params, at: Date.now() });
  const failure = platform.failures.get(method)?.shift();
  if (failure) return failureAnswer(failure);
  if (method === "getUpdates") return poll(params, platform, request.signal);
  const answer = answerTo(method, params, platform);
  await loseIfTold(method, platform, request.signal);
  return "refused" in answer ? bad(400, answer.refused) : Response.json({ ok: true, result: answer.result });
}

function fileAnswer(bytes: Uint8Array<ArrayBuffer> | undefined): Response {
  return bytes ? new Response(bytes) : new Response(null, { status: 404 });
}

function failureAnswer({ status, description, retryAfter }: FakeFailure): Response {
  return bad(status, description, retryAfter ? { retry_after: retryAfter } : undefined);
}

/** Holds the answer back until the caller hangs up. */
async function loseIfTold(method: string, { lost }: Platform, signal: AbortSignal): Promise<void> {
  const losing = lost.get(method) ?? 0;
  if (losing === 0) return;
  lost.set(method, losing - 1);
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
}

async function poll(params: Params, platform: Platform, signal: AbortSignal): Promise<Response> {
  const found = platform.drops > 0 ? [] : await platform.updates.take(params, signal);
  if (platform.revoked) return bad(401, "Unauthorized");
  if (platform.drops === 0) return Response.json({ ok: true, result: found });
  platform.drops -= 1;
  return new Response('{"ok":true,"result":[', { headers: { "content-type": "application/json" } });
}

function answerTo(method: string, params: Params, { messages, files }: Platform): FakeAnswer {
  switch (method) {
    case "getMe":
      return { result: me };
    case "sendMessage":
      return messages.postText(params);
    case "editMessageText":
      return messages.editText(params);
    case "editMessageReplyMarkup":
      return messages.editMarkup(params);
    case "sendPhoto":
      return postFile(messages, params, "photo");
    case "sendDocument":
      return postFile(messages, params, "document");
    case "sendVoice":
      return postFile(messages, params, "voice");
    case "sendAudio":
      return postFile(messages, params, "audio");
    case "getFile":
      return files.has(String(params.file_id))
        ? { result: { file_id: params.file_id, file_unique_id: "u", file_path: `files/${params.file_id}` } }
        : { refused: "Bad Request: invalid file_id" };
    case "answerCallbackQuery":
    case "sendChatAction":
    case "deleteWebhook":
      return { result: true };
    default:
      return { refused: "Bad Request: the fake platform does not know this method" };
  }
}

function postFile(messages: FakeMessages, params: Params, kind: string): FakeAnswer {
  return messages.post(params, {
    [kind]: { file_id: "sent-file", file_unique_id: "u" },
    ...(params.caption ? { caption: params.caption } : {}),
    uploaded: Object.values(params).find((value) => value instanceof Uint8Array),
  });
}

function bad(status: number, description: string, parameters?: object): Response {
  return Response.json(
    { ok: false, error_code: status, description, ...(parameters ? { parameters } : {}) },
    { status },
  );
}

async function paramsOf(request: Request): Promise<Params> {
  const type = request.headers.get("content-type") ?? "";
  if (type.includes("json")) return (await request.json()) as Params;
  if (type.includes("form")) return withBytes(await request.formData());
  return Object.fromEntries(new URL(request.url).searchParams);
}

async function withBytes(form: FormData): Promise<Params> {
  const fields = [...form.entries()].map(
    async ([name, value]) => [name, typeof value === "string" ? value : await (value as Blob).bytes()] as const,
  );
  return Object.fromEntries(await Promise.all(fields));
}

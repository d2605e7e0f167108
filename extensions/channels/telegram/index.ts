// Telegram: hears by long polling, answers in its HTML dialect, edits while a reply is in the making.
import {
  type Activate,
  type Attachment,
  type Channel,
  Fault,
  type InboundMessage,
  type Piece,
  type Receipt,
  toFault,
} from "@homarus/sdk";
import { type Api, InputFile } from "grammy";
import type { Message, Update } from "grammy/types";
import { createApi, faultOf, says } from "./api.ts";
import { hear, messageId, platformId, type RemoteFile, type Self } from "./inbound.ts";
import { listen } from "./listen.ts";
import type manifest from "./manifest.ts";
import { compose, plainText, target } from "./outbound.ts";
import { sight } from "./sight.ts";

/** Bytes: the platform's limit for getFile (https://core.telegram.org/bots/api#getfile). */
const downloadLimit = 20_000_000;

export const activate: Activate<typeof manifest> = ({ config, fetch, clock, log }): Channel => {
  const api = createApi({ ...config, fetch });
  let self: (Self & { readonly first_name: string }) | undefined;
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw faultOf(thrown, clock.now());
    }
  };
  const receiptOf = (message: Message): Receipt => ({
    id: messageId(message.chat.id, message.message_id),
    at: message.date * 1000,
  });

  const fetchFile = async (file: RemoteFile, signal: AbortSignal): Promise<Attachment> => {
    const named = file.name ? { name: file.name } : {};
    if ((file.size ?? 0) > downloadLimit)
      return { type: "missing", ...named, reason: "it is larger than the 20 MB that bots may fetch" };
    try {
      const { file_path: path } = await api.getFile(file.fileId, signal as never);
      const answer = await fetch(`${config.apiRoot}/file/bot${config.token}/${path}`, { signal });
      if (!answer.ok) throw new Fault("unavailable", "telegram.file", `Telegram answered ${answer.status}.`);
      return { type: file.type, mediaType: file.mediaType, data: (await answer.bytes()).toBase64(), ...named };
    } catch (thrown) {
      // The words of a message must not be lost for its file: the model is told that it is missing.
      const fault = toFault(faultOf(thrown, clock.now()));
      if (signal.aborted) throw fault;
      return { type: "missing", ...named, reason: fault.message };
    }
  };

  return {
    compose,
    identity: () => (self ? `@${self.username}` : undefined),
    async start(receive, signal) {
      const me = await begin(api, signal, (fault) => log.warn("telegram.waiting", { fault }), clock);
      if (!me) return;
      self = me;
      const withFiles = async (update: Update): Promise<InboundMessage | undefined> => {
        const heard = hear(update, me);
        if (!heard) return undefined;
        const attachments = await Promise.all(heard.files.map((file) => fetchFile(file, signal)));
        return { ...heard.message, attachments };
      };
      await listen({ api, clock, log, receive, hear: withFiles }, signal);
    },
    send: (piece, signal) => guarded(async () => receiptOf(await sendPiece(api, piece, signal))),
    edit: (id, piece, signal) =>
      guarded(async () => {
        try {
          await api.editMessageText(
            piece.place.id,
            platformId(id),
            piece.text,
            piece.format === "HTML" ? { parse_mode: "HTML" } : {},
            signal as never,
          );
        } catch (thrown) {
          if (!says(thrown, "not modified")) throw thrown;
        }
        return { id, at: clock.now() };
      }),
    find: (piece, known) => sight(piece, known, { api, now: clock.now }),
    typing: (place, signal) =>
      guarded(async () => {
        await api.sendChatAction(
          place.id,
          "typing",
          place.topic ? { message_thread_id: Number(place.topic) } : {},
          signal as never,
        );
      }),
  };
};

type Begun = Self & { readonly first_name: string };
type Waits = { now(): number; sleep(until: number, signal?: AbortSignal): Promise<void> };

/** Asks who we are, waiting out a platform that cannot be reached. Undefined when told to stop meanwhile. */
async function begin(
  api: Api,
  signal: AbortSignal,
  tell: (fault: object) => void,
  clock: Waits,
): Promise<Begun | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const me = await api.getMe(signal as never);
      // A webhook left by another program would keep the news from us.
      await api.deleteWebhook({ drop_pending_updates: false }, signal as never);
      return me;
    } catch (thrown) {
      if (signal.aborted) return undefined;
      const fault = toFault(faultOf(thrown, clock.now()));
      if (fault.kind === "auth" || fault.kind === "bug") throw fault;
      if (tries === 0) tell(fault.toJSON());
      const until = fault.retryAt ?? clock.now() + Math.min(30_000, 1_000 * 2 ** Math.min(tries, 5));
      await clock.sleep(until, signal).catch(() => undefined);
    }
  }
  return undefined;
}

async function sendPiece(api: Api, piece: Piece, signal: AbortSignal): Promise<Message> {
  const { place, attachment } = piece;
  const abort = signal as never;
  if (attachment) {
    const file = new InputFile(Uint8Array.fromBase64(attachment.data), attachment.name ?? attachment.type);
    if (attachment.type === "image") return api.sendPhoto(place.id, file, target(piece), abort);
    if (attachment.type === "audio") return api.sendAudio(place.id, file, target(piece), abort);
    return api.sendDocument(place.id, file, target(piece), abort);
  }
  if (piece.format !== "HTML") return api.sendMessage(place.id, piece.text, target(piece), abort);
  try {
    return await api.sendMessage(place.id, piece.text, { ...target(piece), parse_mode: "HTML" }, abort);
  } catch (thrown) {
    if (!says(thrown, "can't parse entities")) throw thrown;
    return api.sendMessage(place.id, plainText(piece.text), target(piece), abort);
  }
}

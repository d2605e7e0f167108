// Telegram: hears by long polling, answers in its HTML dialect, edits while a reply is in the making.
import type { Activate, Channel, InboundMessage } from "@homarus/sdk";
import type { Update } from "grammy/types";
import { createApi, faultOf } from "./api.ts";
import { fetchFile } from "./files.ts";
import { hear, type Self } from "./inbound.ts";
import { begin, listen } from "./listen.ts";
import type manifest from "./manifest.ts";
import { compose } from "./outbound.ts";
import { editPiece, sendPiece } from "./send.ts";
import { sight } from "./sight.ts";

export const activate: Activate<typeof manifest> = ({ config, fetch, clock, log }): Channel => {
  const api = createApi({ ...config, fetch });
  const fileParts = {
    api,
    fetch,
    root: `${config.apiRoot.replace(/\/+$/, "")}/file/bot${config.token}`,
    now: clock.now,
  };
  let self: Self | undefined;
  const guarded = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (thrown) {
      throw faultOf(thrown, clock.now());
    }
  };
  return {
    compose,
    identity: () => self && `@${self.username}`,
    async start(receive, signal) {
      const me = await begin({ api, clock, log }, signal);
      if (!me) return;
      self = me;
      /** The pressed button stops blinking, and cannot be pressed twice. The answer does not hang on it. */
      const endPress = async (update: Update, ended: AbortSignal): Promise<void> => {
        const press = update.callback_query;
        if (!press?.message) return;
        const { chat, message_id } = press.message;
        const calls = [
          api.answerCallbackQuery(press.id, {}, ended as never),
          api.editMessageReplyMarkup(chat.id, message_id, {}, ended as never),
        ];
        for (const { status } of await Promise.allSettled(calls))
          if (status === "rejected") log.debug("telegram.press-unanswered", { chat: chat.id });
      };
      const withFiles = async (update: Update): Promise<InboundMessage | undefined> => {
        const heard = hear(update, me);
        if (!heard) return undefined;
        const attachments = await Promise.all(heard.files.map((file) => fetchFile(file, fileParts, signal)));
        await endPress(update, signal);
        return { ...heard.message, attachments };
      };
      await listen({ api, clock, log, receive, hear: withFiles }, signal);
    },
    send: (piece, signal) => guarded(() => sendPiece(api, piece, signal)),
    async edit(id, piece, signal) {
      await guarded(() => editPiece(api, id, piece, signal));
      return { id, at: clock.now() };
    },
    find: (piece, known, signal) => sight(piece, known, { api, now: clock.now }, signal),
    async typing(place, signal) {
      const topic = place.topic ? { message_thread_id: Number(place.topic) } : {};
      await guarded(() => api.sendChatAction(place.id, "typing", topic, signal as never));
    },
  };
};

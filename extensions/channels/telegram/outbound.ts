// A reply as pieces, and a piece as the platform's call. Pure.
import type { OutboundMessage, Piece } from "@homarus/sdk";
import { renderChunks, telegramHtml } from "@homarus/sdk/markdown";
import { platformId } from "./inbound.ts";

/** UTF-16 units of one message after its entities were parsed; ours are counted with their tags, which is never more. */
const textLimit = 4096;

/** The platform refuses a text that is no valid Unicode. */
export function compose(message: OutboundMessage): readonly Piece[] {
  const { place, replyTo } = message;
  const texts = renderChunks(message.text.toWellFormed(), telegramHtml, textLimit).map(
    (text): Piece => ({ place, text, format: "HTML" }),
  );
  const files = message.attachments.map((attachment): Piece => ({ place, text: "", attachment }));
  return [...texts, ...files].map((piece, index) => (index === 0 && replyTo ? { ...piece, replyTo } : piece));
}

/** Fields that every send shares. */
export function target(piece: Piece) {
  return {
    ...(piece.place.topic === undefined ? {} : { message_thread_id: Number(piece.place.topic) }),
    // A reply to a message that is gone by now is sent all the same.
    ...(piece.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: platformId(piece.replyTo), allow_sending_without_reply: true } }),
    ...buttons(piece),
  };
}

/** Two in a row: more of them are cut off on a phone. https://core.telegram.org/bots/api#inlinekeyboardbutton */
export function buttons({ choices = [] }: Piece) {
  if (choices.length === 0) return {};
  const keys = choices.map(({ label, text }) => ({ text: label, callback_data: text }));
  const rows = keys.flatMap((_, index) => (index % 2 === 0 ? [keys.slice(index, index + 2)] : []));
  return { reply_markup: { inline_keyboard: rows } };
}

/** What a piece says without its tags, for the rare text whose markup the platform does not take. */
export function plainText(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&");
}

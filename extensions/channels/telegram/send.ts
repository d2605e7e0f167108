// One piece out, or in the place of one that stands. One try; what fails is the outbox's to repeat.
import type { Piece, Receipt } from "@homarus/sdk";
import { type Api, InputFile } from "grammy";
import type { Message } from "grammy/types";
import { says } from "./api.ts";
import { messageId, platformId } from "./inbound.ts";
import { plainText, target } from "./outbound.ts";

export async function sendPiece(api: Api, piece: Piece, signal: AbortSignal): Promise<Receipt> {
  const message = await sent(api, piece, signal);
  return { id: messageId(message.chat.id, message.message_id), at: message.date * 1000 };
}

/** Repeating an edit is harmless: the platform says "not modified", and that is what was wanted. */
export async function editPiece(api: Api, id: string, piece: Piece, signal: AbortSignal): Promise<void> {
  const edit = (text: string, format: Format) =>
    api.editMessageText(piece.place.id, platformId(id), text, format, signal as never);
  try {
    await plainlyIfRefused(piece, edit);
  } catch (thrown) {
    if (!says(thrown, "not modified")) throw thrown;
  }
}

type Format = { parse_mode?: "HTML" };

/** A text whose markup the platform does not take goes without it: the words must not be lost for it. */
async function plainlyIfRefused<Result>(
  piece: Piece,
  call: (text: string, format: Format) => Promise<Result>,
): Promise<Result> {
  if (piece.format !== "HTML") return call(piece.text, {});
  try {
    return await call(piece.text, { parse_mode: "HTML" });
  } catch (thrown) {
    if (!says(thrown, "can't parse entities")) throw thrown;
    return call(plainText(piece.text), {});
  }
}

async function sent(api: Api, piece: Piece, signal: AbortSignal): Promise<Message> {
  const { place, attachment } = piece;
  const abort = signal as never;
  if (attachment) {
    const file = new InputFile(Uint8Array.fromBase64(attachment.data), attachment.name ?? attachment.type);
    if (attachment.type === "image") return api.sendPhoto(place.id, file, target(piece), abort);
    if (attachment.type === "audio") return api.sendAudio(place.id, file, target(piece), abort);
    return api.sendDocument(place.id, file, target(piece), abort);
  }
  return plainlyIfRefused(piece, (text, format) =>
    api.sendMessage(place.id, text, { ...target(piece), ...format }, abort),
  );
}

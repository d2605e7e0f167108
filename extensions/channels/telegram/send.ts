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
  try {
    await api.editMessageText(piece.place.id, platformId(id), piece.text, formatOf(piece), signal as never);
  } catch (thrown) {
    if (!says(thrown, "not modified")) throw thrown;
  }
}

function formatOf(piece: Piece): { parse_mode?: "HTML" } {
  return piece.format === "HTML" ? { parse_mode: "HTML" } : {};
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
  try {
    return await api.sendMessage(place.id, piece.text, { ...target(piece), ...formatOf(piece) }, abort);
  } catch (thrown) {
    if (!says(thrown, "can't parse entities")) throw thrown;
    return api.sendMessage(place.id, plainText(piece.text), target(piece), abort);
  }
}

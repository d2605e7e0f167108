// Station 6: a reply as the pieces its channel can carry, each one row of the outbox.
import type { InboundMessage, MediaBlock, OutboundMessage, OutboxRow, Piece } from "@homarus/sdk";

export interface ComposeParts {
  /** The channel's own cutting; absent where the text goes as one piece. */
  readonly compose: ((message: OutboundMessage) => readonly Piece[]) | undefined;
  readonly now: number;
  /** Prefix of the rows' ids; repeating it repeats the ids, so that a reply is queued once. */
  readonly id: string;
  /** Platform id of a preview that the first piece takes the place of. */
  readonly edits?: string | undefined;
}

/** A reply of exactly this text means that the agent has nothing to say. */
export const silentReply = "NO_REPLY";

export function replyTo(
  message: InboundMessage,
  text: string,
  attachments: readonly MediaBlock[] = [],
): OutboundMessage {
  const { channel, account, place, id } = message;
  return { channel, account, place, text, attachments, ...(place.type === "group" ? { replyTo: id } : {}) };
}

export function compose(message: OutboundMessage, parts: ComposeParts): readonly OutboxRow[] {
  const text = message.text.trim();
  if ((text === "" || text === silentReply) && message.attachments.length === 0) return [];
  const pieces = parts.compose?.(message) ?? [whole(message, text)];
  return withChoices(pieces, message).map((piece, index) => ({
    id: `${parts.id}:${index}`,
    channel: message.channel,
    account: message.account,
    piece,
    ...(index === 0 && parts.edits !== undefined && !piece.attachment ? { edits: parts.edits } : {}),
    state: "queued",
    attempts: 0,
    nextAt: parts.now,
  }));
}

/** Below the last words: they answer all of them. */
function withChoices(pieces: readonly Piece[], { choices }: OutboundMessage): readonly Piece[] {
  if (!choices || choices.length === 0) return pieces;
  const last = pieces.findLastIndex((piece) => !piece.attachment);
  return pieces.map((piece, index) => (index === last ? { ...piece, choices } : piece));
}

function whole(message: OutboundMessage, text: string): Piece {
  return { place: message.place, text, ...(message.replyTo ? { replyTo: message.replyTo } : {}) };
}

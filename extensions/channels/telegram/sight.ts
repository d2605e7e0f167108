// Whether a message arrived whose receipt was lost. The platform has no list of what we sent, but an edit tells ours
// from all else, and one that would change nothing is refused as such: so looking alters nothing. The edit that is tried
// gives a message the buttons of the piece that is looked for, which it has if it is the one.
import type { Piece, Sighting } from "@homarus/sdk";
import type { Api } from "grammy";
import { faultOf, says } from "./api.ts";
import { messageId, platformId } from "./inbound.ts";
import { buttons } from "./outbound.ts";

/** How many ids after the newest known one are tried: what others wrote meanwhile lies between. */
const reach = 20;
/** An id that no chat has reached: the platform must say that there is nothing. */
const far = 1_000_000_000;

export interface SightParts {
  readonly api: Api;
  readonly now: () => number;
}

export async function sight(
  piece: Piece,
  known: readonly string[],
  parts: SightParts,
  signal: AbortSignal,
): Promise<Sighting> {
  const ids = known.map(platformId).filter(Number.isSafeInteger);
  if (ids.length === 0) return "unknown";
  const newest = Math.max(...ids);
  const isOurs = (id: number): Promise<boolean> => probe(piece, id, parts, signal);
  // Who says yes to an edit of nothing tells us nothing.
  if (await isOurs(newest + far)) return "unknown";
  for (let id = newest + 1; id <= newest + reach; id += 1) {
    if (await isOurs(id)) return { id: messageId(piece.place.id, id), at: parts.now() };
  }
  return "absent";
}

async function probe(piece: Piece, id: number, { api, now }: SightParts, signal: AbortSignal): Promise<boolean> {
  try {
    await api.editMessageReplyMarkup(piece.place.id, id, buttons(piece), signal as never);
    return true;
  } catch (thrown) {
    if (says(thrown, "not modified")) return true;
    if (says(thrown, "not found") || says(thrown, "can't be edited") || says(thrown, "MESSAGE_ID_INVALID"))
      return false;
    throw faultOf(thrown, now());
  }
}

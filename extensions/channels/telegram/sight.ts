// Whether a message arrived whose receipt was lost. The platform has no list of what we sent, but it says whether a
// message can be edited: an edit to the very same text is refused as "not modified" where it stands.
import type { Piece, Sighting } from "@homarus/sdk";
import type { Api } from "grammy";
import { faultOf, says } from "./api.ts";
import { messageId, platformId } from "./inbound.ts";

/** How many ids after the newest known one are tried: what others wrote meanwhile lies between. */
const reach = 20;
/** An id that no chat has reached: the platform must say that there is nothing. */
const far = 1_000_000_000;

export interface SightParts {
  readonly api: Api;
  readonly now: () => number;
}

export async function sight(piece: Piece, known: readonly string[], parts: SightParts): Promise<Sighting> {
  if (known.length === 0 || piece.attachment) return "unknown";
  const newest = Math.max(...known.map(platformId));
  // Who says yes to an edit of nothing tells us nothing.
  if ((await probe(piece, newest + far, parts)) !== "nothing") return "unknown";
  for (let id = newest + 1; id <= newest + reach; id += 1) {
    if ((await probe(piece, id, parts)) === "ours") return { id: messageId(piece.place.id, id), at: parts.now() };
  }
  return "absent";
}

async function probe(piece: Piece, id: number, { api, now }: SightParts): Promise<"ours" | "nothing"> {
  try {
    await api.editMessageText(piece.place.id, id, piece.text, piece.format === "HTML" ? { parse_mode: "HTML" } : {});
    return "ours";
  } catch (thrown) {
    if (says(thrown, "not modified")) return "ours";
    if (says(thrown, "not found") || says(thrown, "can't be edited") || says(thrown, "MESSAGE_ID_INVALID"))
      return "nothing";
    throw faultOf(thrown, now());
  }
}

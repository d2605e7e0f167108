// Long lists in pages. The cursor is the place of the last item that was given, in the list's own order, so that items
// that come or go meanwhile shift nothing. Pure.
import { ProtocolError, ProtocolErrorCode } from "@modelcontextprotocol/server";

export interface Placed<Item> {
  /** Sorts the list, each its own. */
  readonly at: string;
  readonly item: Item;
}

export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor?: string;
}

export const pageSize = 100;

export function page<Item>(all: readonly Placed<Item>[], cursor: string | undefined, size = pageSize): Page<Item> {
  const after = cursor === undefined ? "" : read(cursor);
  const rest = all.filter(({ at }) => at > after).sort((a, b) => (a.at < b.at ? -1 : 1));
  const shown = rest.slice(0, size);
  const last = shown.at(-1);
  const items = shown.map(({ item }) => item);
  return rest.length > size && last ? { items, nextCursor: Buffer.from(last.at).toString("base64url") } : { items };
}

function read(cursor: string): string {
  const text = Buffer.from(cursor, "base64url").toString();
  if (text === "" || Buffer.from(text).toString("base64url") !== cursor)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, "the cursor is none that was given here");
  return text;
}

// What a door for HTTP is handed, and what it is: a function from a request to its answer.
import type { Door } from "../door.ts";
import type { Peer } from "../handshake/peer.ts";
import type { Dispatcher } from "../methods/dispatch.ts";

export interface RoomParts {
  readonly door: Door;
  readonly dispatcher: Dispatcher;
}

/** What the machine knows about who asks. */
export interface Visitor extends Peer {
  /** False for a page of another host that the owner did not allow. True where no page asks. */
  readonly isOriginAllowed: boolean;
  /** Lets the answer take as long as it takes: without it the machine ends what is silent for too long. */
  keepOpen?(): void;
}

export type ServeRoom = (request: Request, visitor: Visitor) => Response | Promise<Response>;

/** The first path segment picks the door, so that `/v1` and `/v1/models` come to the same. */
export function lazyRoom(load: () => Promise<ServeRoom>): ServeRoom {
  let opened: Promise<ServeRoom> | undefined;
  return async (request, visitor) => {
    opened ??= load();
    return (await opened)(request, visitor);
  };
}

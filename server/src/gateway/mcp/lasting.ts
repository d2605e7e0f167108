// A server that outlives one request: its client is told what changes. Clients of the older protocol follow single
// resources by a call; those of the newer one say it with their `subscriptions/listen`, which the library keeps.
import { ProtocolError, ProtocolErrorCode, type Server, type ServerEvent } from "@modelcontextprotocol/server";
import { Changes } from "./changes.ts";
import type { Guest } from "./guest.ts";
import { createServer } from "./server.ts";
import { placeOf } from "./uri.ts";

/** Resources that one client may follow. */
const mostFollowed = 1_000;

/** `ended` is called when its connection is over. */
export function createLasting(guest: Guest, era: "legacy" | "modern", ended: () => void = () => undefined): Server {
  const server = createServer(guest);
  const followed = era === "legacy" ? followedBy(server) : undefined;
  let unsubscribe = (): void => undefined;
  const begin = (): void => {
    unsubscribe();
    unsubscribe = guest.door.part(Changes).subscribe((event) => {
      tell(server, event, followed)?.catch((error: unknown) =>
        guest.door.house.log.debug("mcp.change-not-told", { error }),
      );
    });
  };
  if (era === "legacy") server.oninitialized = begin;
  else begin();
  server.onclose = () => {
    unsubscribe();
    ended();
  };
  return server;
}

function followedBy(server: Server): ReadonlySet<string> {
  const uris = new Set<string>();
  server.setRequestHandler("resources/subscribe", ({ params: { uri } }) => {
    if (!placeOf(uri)) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Resource not found: ${uri}`, { uri });
    if (uris.size >= mostFollowed)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${mostFollowed} resources are followed already`);
    uris.add(uri);
    return {};
  });
  server.setRequestHandler("resources/unsubscribe", ({ params: { uri } }) => {
    uris.delete(uri);
    return {};
  });
  return uris;
}

function tell(
  server: Server,
  event: ServerEvent,
  followed: ReadonlySet<string> | undefined,
): Promise<void> | undefined {
  switch (event.kind) {
    case "tools_list_changed":
      return server.sendToolListChanged();
    case "prompts_list_changed":
      return server.sendPromptListChanged();
    case "resources_list_changed":
      return server.sendResourceListChanged();
    case "resource_updated":
      return followed?.has(event.uri) === false ? undefined : server.sendResourceUpdated({ uri: event.uri });
  }
}

// Further doors on the same port: by path, the code that serves it, loaded when the first visitor comes.
import type { RoomParts, ServeRoom } from "./http/room.ts";
import type { OpenSide } from "./rpc/socket.ts";

export const rooms: Readonly<Record<string, () => Promise<{ createRoom(parts: RoomParts): ServeRoom }>>> = {
  "/hooks": () => import("./hooks/room.ts"),
  "/rpc": () => import("./rpc/post.ts"),
  "/api": () => import("./api/room.ts"),
  "/tools": () => import("./http/tools.ts"),
  "/v1": () => import("./openai/room.ts"),
  "/mcp": () => import("./mcp/room.ts"),
};

/** Paths whose sockets speak something else than the frames of the peer's protocol. */
export const sockets: Readonly<Record<string, () => Promise<{ openSide: OpenSide }>>> = {
  "/rpc": () => import("./rpc/socket.ts"),
  "/mcp": () => import("./mcp/socket.ts"),
};

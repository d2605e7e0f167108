// JSON-RPC 2.0 over HTTP: one POST, one request or batch. There is no channel for events here; see socket.ts.
import { turnedAway } from "../http/answer.ts";
import { bearerOf, callerOf, login } from "../http/login.ts";
import type { RoomParts, ServeRoom } from "../http/room.ts";
import { answerRpc } from "./codec.ts";
import { createPerform } from "./perform.ts";

export function createRoom({ door, dispatcher }: RoomParts): ServeRoom {
  return async (request, visitor) => {
    if (new URL(request.url).pathname !== "/rpc")
      return Response.json({ ok: false, error: "not found" }, { status: 404 });
    if (request.method !== "POST")
      return Response.json(
        { ok: false, error: "send JSON-RPC 2.0 by POST, or open a WebSocket here" },
        { status: 405, headers: { allow: "POST" } },
      );
    const found = await login(door, bearerOf(request.headers), visitor);
    if (found.type === "out") return turnedAway(found);
    const caller = callerOf(found, { clientId: "rpc", mode: "backend" });
    const perform = createPerform({ dispatcher, door, caller: () => caller });
    const answer = await answerRpc(await request.text(), perform);
    if (answer === undefined) return new Response(null, { status: 204 });
    return new Response(answer, { headers: { "content-type": "application/json" } });
  };
}

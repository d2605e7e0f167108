// The door for clients of the Model Context Protocol: Streamable HTTP. Requests of specification 2026-07-28 stand for
// themselves; those of the versions before belong to a session. Who is asked, and what he may, is decided before either.
import {
  createMcpHandler,
  DEFAULT_MAX_REQUEST_BODY_SIZE,
  isJsonContentType,
  isLegacyRequest,
  type McpHttpHandler,
  type PerRequestResponseMode,
  readRequestBody,
} from "@modelcontextprotocol/server";
import type { Door } from "../door.ts";
import { turnedAway } from "../http/answer.ts";
import { bearerOf, login } from "../http/login.ts";
import type { RoomParts, ServeRoom, Visitor } from "../http/room.ts";
import { Changes } from "./changes.ts";
import { type Guest, guestOf, isGuest, type Unwelcome, wishOf } from "./guest.ts";
import { OlderSessions } from "./older-sessions.ts";
import { rpcRefusal } from "./rpc-refusal.ts";
import { createServer } from "./server.ts";
import { watched } from "./stream.ts";

export function createRoom(parts: RoomParts): ServeRoom {
  const { door } = parts;
  const older = new OlderSessions(door);
  const newer = newerHandler(door, "auto");
  // A call may take minutes: its answer begins at once, so that nobody on the way takes it for dead.
  const calls = newerHandler(door, "sse");
  return async (request, visitor) => {
    if (new URL(request.url).pathname !== "/mcp") return rpcRefusal(404, -32_600, "not found");
    const guest = await entering(parts, request, visitor);
    if (guest instanceof Response) return guest;
    if (!methods.includes(request.method))
      return rpcRefusal(405, -32_000, "Method not allowed.", { allow: methods.join(", ") });
    visitor.keepOpen?.();
    const read = request.method === "POST" ? await bodyOf(request) : { value: undefined };
    if (read instanceof Response) return read;
    const body = read.value;
    if (await isLegacyRequest(request, body)) return older.serve(request, body, guest);
    const authInfo = { token: "", clientId: "mcp", scopes: [], extra: { guest } };
    const handler = isCall(body) ? calls : newer;
    return watched(door, await handler.fetch(request, { authInfo, parsedBody: body }), guest.caller.deviceId);
  };
}

async function entering(parts: RoomParts, request: Request, visitor: Visitor): Promise<Guest | Response> {
  const found = await login(parts.door, bearerOf(request.headers), visitor);
  if (found.type === "out") return turnedAway(found);
  const guest = guestOf(parts, found, wishOf(request.url, request.headers));
  return isGuest(guest) ? guest : unwelcome(guest);
}

const methods = ["POST", "GET", "DELETE"];

/** Streams of changes that may be open at once. */
const maxSubscriptions = 256;

function newerHandler(door: Door, responseMode: PerRequestResponseMode): McpHttpHandler {
  const handler = createMcpHandler(({ authInfo }) => createServer(authInfo?.extra?.guest as Guest), {
    ...{ legacy: "reject", bus: door.part(Changes), maxSubscriptions, responseMode },
    onerror: (error) => door.house.log.debug("mcp.request-refused", { error }),
  });
  door.life.addEventListener("abort", () => void handler.close(), { once: true });
  return handler;
}

function isCall(body: unknown): boolean {
  return typeof body === "object" && body !== null && "method" in body && body.method === "tools/call";
}

/** Source: RFC 6750, section 3.1, for the header. */
function unwelcome({ status, message }: Unwelcome): Response {
  if (status === 400) return rpcRefusal(status, -32_602, message);
  const challenge = 'Bearer error="insufficient_scope", scope="operator.read"';
  return rpcRefusal(status, -32_000, message, { "www-authenticate": challenge });
}

/** The message that was posted, or the answer to what is none. */
async function bodyOf(request: Request): Promise<{ readonly value: unknown } | Response> {
  if (!isJsonContentType(request.headers.get("content-type")))
    return rpcRefusal(415, -32_000, "Unsupported Media Type: Content-Type must be application/json");
  try {
    const read = await readRequestBody(request);
    if (read.tooLarge) return rpcRefusal(413, -32_000, `the body has more than ${DEFAULT_MAX_REQUEST_BODY_SIZE} bytes`);
    const value: unknown = JSON.parse(read.text);
    if (typeof value === "object" && value !== null) return { value };
  } catch {
    // No JSON, or a body that broke off: said below.
  }
  return rpcRefusal(400, -32_700, "Parse error: the body is no JSON-RPC message");
}

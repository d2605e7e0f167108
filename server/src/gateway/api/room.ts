// The door for what a page or a script wants without a socket: REST over the method table, any method by POST, the
// house's events as a stream, a login for browsers, and the document that describes it all.
import { toFault } from "@homarus/sdk";
import type { ErrorShape } from "@homarus/sdk/client";
import { isRateLimited } from "../call-limit.ts";
import type { Caller } from "../door.ts";
import { HttpRefusal, jsonBody, turnedAway } from "../http/answer.ts";
import { bearerOf, callerOf, excess, login } from "../http/login.ts";
import type { RoomParts, ServeRoom } from "../http/room.ts";
import { jsonOf } from "../ready-json.ts";
import { errorShape, Refusal } from "../refusal.ts";
import { agentStream, eventStream } from "./events.ts";
import { openApi } from "./open-api.ts";
import { type Route, routes } from "./routes.ts";
import { giveSession } from "./session.ts";

export function createRoom(parts: RoomParts): ServeRoom {
  return async (request, visitor) => {
    const { pathname } = new URL(request.url);
    try {
      if (pathname === "/api/login") return await giveSession(parts.door, request, visitor);
      if (pathname === "/api/openapi.json")
        return Response.json(await openApi(parts.dispatcher, parts.door.house.version));
      const found = await login(parts.door, bearerOf(request.headers), visitor);
      if (found.type === "out") return turnedAway(found);
      visitor.keepOpen?.();
      const caller = callerOf(found, { clientId: "api", mode: "backend" });
      const stream = streams[pathname];
      if (!stream) return await answer(parts, request, caller, pathname);
      const tooMuch = excess(parts.door, caller);
      return tooMuch ? turnedAway(tooMuch) : await stream(parts, request, caller);
    } catch (thrown) {
      return refused(parts, thrown);
    }
  };
}

const streams: Readonly<Record<string, typeof agentStream>> = { "/api/events": eventStream, "/api/agent": agentStream };

async function answer(parts: RoomParts, request: Request, caller: Caller, pathname: string): Promise<Response> {
  const named = /^\/api\/methods\/([\w.-]+)$/.exec(pathname)?.[1];
  if (named !== undefined) {
    if (request.method !== "POST") throw new HttpRefusal(405, "method_not_allowed", "call a method by POST");
    return json(await parts.dispatcher.ask(caller, named, await bodyOf(request)), 200);
  }
  const matching = routes.map((route) => ({ route, found: match(route, pathname) })).filter(({ found }) => found);
  const hit = matching.find(({ route }) => route.verb === request.method);
  if (!hit) {
    if (matching.length === 0) throw new HttpRefusal(404, "not_found", `There is no ${pathname} here.`);
    const allowed = matching.map(({ route }) => route.verb).join(", ");
    throw new HttpRefusal(405, "method_not_allowed", `${request.method} is not possible here; ${allowed} is.`);
  }
  const params = await paramsOf(hit.route, hit.found ?? {}, request);
  return json(await parts.dispatcher.ask(caller, hit.route.method, params), hit.route.status ?? 200);
}

function match({ path }: Route, pathname: string): Readonly<Record<string, string>> | undefined {
  const [wanted, given] = [path.split("/"), pathname.split("/")];
  if (wanted.length !== given.length) return undefined;
  const found: Record<string, string> = {};
  for (const [index, step] of wanted.entries()) {
    const value = given[index] ?? "";
    if (step.startsWith(":") && value !== "") found[step.slice(1)] = decoded(value);
    else if (step !== value) return undefined;
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new HttpRefusal(400, "invalid_path", `the path holds a broken escape: ${text}`);
  }
}

async function paramsOf(route: Route, path: Readonly<Record<string, string>>, request: Request): Promise<unknown> {
  const query = Object.fromEntries(
    [...new URL(request.url).searchParams].map(([key, value]) => [key, plainValue(value)]),
  );
  const body = request.method === "GET" || request.method === "DELETE" ? {} : await bodyOf(request);
  const key = request.headers.get("idempotency-key") ?? crypto.randomUUID();
  return {
    ...(route.keyed ? { idempotencyKey: key } : {}),
    ...query,
    ...(route.body === undefined ? body : { [route.body]: body }),
    ...route.fixed,
    ...path,
  };
}

/** A query is text; numbers and yes or no are what they look like. */
function plainValue(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d{1,15}$/.test(text) ? Number(text) : text;
}

async function bodyOf(request: Request): Promise<Readonly<Record<string, unknown>>> {
  return request.headers.get("content-length") === "0" || request.body === null ? {} : jsonBody(request);
}

function json(result: unknown, status: number): Response {
  const headers = { "content-type": "application/json" };
  return new Response(result === undefined ? "{}" : jsonOf(result), { status, headers });
}

function refused({ door }: RoomParts, thrown: unknown): Response {
  if (thrown instanceof HttpRefusal)
    return Response.json(
      { ok: false, error: { code: thrown.code, message: thrown.message } },
      { status: thrown.status },
    );
  if (!(thrown instanceof Refusal) && toFault(thrown).kind === "bug")
    door.house.log.error("http.api-failed", { error: thrown });
  const error = errorShape(thrown);
  const { retryAfterMs } = error;
  const headers =
    retryAfterMs === undefined ? {} : { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  return Response.json({ ok: false, error }, { status: statusOf(error), headers });
}

function statusOf(error: ErrorShape): number {
  const { code, message } = error;
  if (isRateLimited(error)) return 429;
  if (code === "FORBIDDEN") return 403;
  if (code === "UNAVAILABLE") return message === "internal error" ? 500 : 503;
  return /^unknown method|not found|^No session found|^unknown /.test(message) ? 404 : 400;
}

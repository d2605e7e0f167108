// A login for browsers: the owner's secret once, then a token that ends by itself.
import type { Door } from "../door.ts";
import { HttpRefusal, jsonBody, turnedAway } from "../http/answer.ts";
import { login } from "../http/login.ts";
import type { Visitor } from "../http/room.ts";
import { signSession } from "../http/session-token.ts";

/** Seconds. */
const lifetime = 12 * 3600;

/** POST /api/login {token | password, scopes?, ttlSeconds?}. Source of the token: RFC 7519. */
export async function giveSession(door: Door, request: Request, visitor: Visitor): Promise<Response> {
  if (request.method !== "POST") throw new HttpRefusal(405, "method_not_allowed", "log in by POST");
  const body = await jsonBody(request);
  const secret = [body.token, body.password].find((value) => typeof value === "string") ?? "";
  const found = await login(door, secret, visitor);
  if (found.type === "out") return turnedAway(found);
  // What it were exchanged for would outlive it.
  if (found.keyId !== undefined)
    throw new HttpRefusal(403, "forbidden", "a key is a login of its own: send it as the Bearer token of each request");
  const asked = Array.isArray(body.scopes) ? body.scopes : found.scopes;
  const scopes = found.scopes.filter((scope) => asked.includes(scope));
  const wished = typeof body.ttlSeconds === "number" && body.ttlSeconds > 0 ? body.ttlSeconds : lifetime;
  const now = Math.floor(door.clock.now() / 1000);
  const exp = now + Math.min(Math.floor(wished), lifetime);
  const token = await signSession(door, { iat: now, exp, scopes });
  return Response.json({ ok: true, token, tokenType: "Bearer", expiresAtMs: exp * 1000, scopes });
}

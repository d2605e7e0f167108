// The door for programs that speak the OpenAI API: chat completions, responses, models, embeddings.
import { toFault } from "@homarus/sdk";
import type { Door } from "../door.ts";
import { HttpRefusal, jsonBody, turnedAway } from "../http/answer.ts";
import { bearerOf, callerOf, excess, lacking, login } from "../http/login.ts";
import type { RoomParts, ServeRoom } from "../http/room.ts";
import { faultText } from "../runs/tell.ts";
import { chatCompletions } from "./chat.ts";
import { embeddings } from "./embeddings.ts";
import { responses } from "./responses.ts";

export function createRoom({ door }: RoomParts): ServeRoom {
  return async (request, visitor) => {
    const found = await login(door, bearerOf(request.headers), visitor);
    if (found.type === "out") {
      const refused = turnedAway(found);
      return Response.json(errorBody(found.message, "authentication_error", "invalid_api_key"), {
        status: found.status,
        headers: refused.headers,
      });
    }
    const caller = callerOf(found, { clientId: "openai", mode: "backend" });
    const lacks = lacking(door, caller, request.method === "GET" ? "operator.read" : "operator.write");
    if (lacks) return Response.json(errorBody(lacks.message, "permission_error", "missing_scope"), { status: 403 });
    const tooMuch = excess(door, caller);
    if (tooMuch)
      return Response.json(errorBody(tooMuch.message, "rate_limit_error", "rate_limit_exceeded"), {
        status: tooMuch.status,
        headers: turnedAway(tooMuch).headers,
      });
    visitor.keepOpen?.();
    try {
      return await serve(door, request, found.deviceId ?? "openai");
    } catch (thrown) {
      return refused(door, thrown);
    }
  };
}

async function serve(door: Door, request: Request, peerId: string): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (request.method === "GET" && pathname === "/v1/models") return models(door);
  const [, one] = /^\/v1\/models\/(.+)$/.exec(pathname) ?? [];
  if (request.method === "GET" && one !== undefined) return oneModel(door, decodeURIComponent(one));
  if (request.method !== "POST")
    throw new HttpRefusal(405, "method_not_allowed", `${request.method} ${pathname} is not served`);
  const body = await jsonBody(request);
  if (pathname === "/v1/chat/completions") return chatCompletions({ door, request, body, peerId });
  if (pathname === "/v1/responses") return responses({ door, request, body, peerId });
  if (pathname === "/v1/embeddings") return embeddings(door, request, body);
  throw new HttpRefusal(404, "not_found", `There is no ${pathname} here.`);
}

async function modelRows(door: Door) {
  const created = Math.floor(door.house.startedAt / 1000);
  const row = (id: string, owner: string) => ({ id, object: "model", created, owned_by: owner });
  const agents = door.house.agents().map((agent) => row(`homarus:${agent.id}`, "homarus"));
  const models = (await door.house.models("ask")).filter((model) => model.available);
  return [
    row("homarus", "homarus"),
    ...agents,
    ...models.map((model) => row(`${model.provider}/${model.id}`, model.provider)),
  ];
}

async function models(door: Door): Promise<Response> {
  return Response.json({ object: "list", data: await modelRows(door) });
}

async function oneModel(door: Door, id: string): Promise<Response> {
  const found = (await modelRows(door)).find((row) => row.id === id);
  if (!found) throw new HttpRefusal(404, "model_not_found", `The model ${id} does not exist here.`, "model");
  return Response.json(found);
}

function refused(door: Door, thrown: unknown): Response {
  if (thrown instanceof HttpRefusal) {
    const type = thrown.status < 500 ? "invalid_request_error" : "server_error";
    return Response.json(errorBody(thrown.message, type, thrown.code, thrown.param), { status: thrown.status });
  }
  const fault = toFault(thrown);
  if (fault.kind === "bug") door.house.log.error("http.openai-failed", { error: thrown });
  const status = fault.kind === "invalid" || fault.kind === "config" ? 400 : fault.kind === "limited" ? 429 : 503;
  return Response.json(errorBody(faultText(fault.toJSON()), "server_error", fault.code), { status });
}

/** Source: OpenAI API reference, "Error codes". */
function errorBody(message: string, type: string, code: string, param?: string) {
  return { error: { message, type, code, param: param ?? null } };
}

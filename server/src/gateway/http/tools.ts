// POST /tools/invoke: a program calls one tool, under the same rules as an agent.
// Source: HTTP surface of releases 2026.2.17 and 2026.5.7: `{tool, args, action?, sessionKey?, dryRun?}`.
import { type Json, textOf, toFault } from "@homarus/sdk";
import { defaultAgent } from "../default-agent.ts";
import type { Door } from "../door.ts";
import { faultText } from "../runs/tell.ts";
import { HttpRefusal, jsonBody, turnedAway } from "./answer.ts";
import { bearerOf, callerOf, excess, lacking, login } from "./login.ts";
import type { RoomParts, ServeRoom } from "./room.ts";

export function createRoom({ door }: RoomParts): ServeRoom {
  return async (request, visitor) => {
    const found = await login(door, bearerOf(request.headers), visitor);
    if (found.type === "out") return turnedAway(found);
    const caller = callerOf(found, { clientId: "tools", mode: "backend" });
    const tooMuch = excess(door, caller);
    if (tooMuch) return turnedAway(tooMuch);
    const lacks = lacking(door, caller, "operator.write");
    if (lacks) return turnedAway(lacks);
    if (request.method !== "POST") return failed(405, "method_not_allowed", "send the call by POST");
    if (new URL(request.url).pathname !== "/tools/invoke") return failed(404, "not_found", "not found");
    visitor.keepOpen?.();
    try {
      return Response.json(await invoke(door, await wishOf(door, request), request.signal));
    } catch (thrown) {
      return refused(door, thrown);
    }
  };
}

interface Wish {
  readonly tool: string;
  readonly input: Json;
  readonly agent: string;
  readonly sessionKey: string;
  readonly isDry: boolean;
}

async function wishOf(door: Door, request: Request): Promise<Wish> {
  const { tool, args, action, sessionKey, dryRun } = await jsonBody(request);
  if (typeof tool !== "string" || tool === "")
    throw new HttpRefusal(400, "invalid_request", "tools.invoke requires body.tool");
  const key = door.house.sessions.resolveKey(typeof sessionKey === "string" ? sessionKey : "main");
  const agent = /^agent:([^:]+):/.exec(key)?.[1] ?? defaultAgent(door.house.agents())?.id ?? "main";
  const given = typeof args === "object" && args !== null ? args : {};
  const input = { ...given, ...(action === undefined ? {} : { action }) } as Json;
  return { tool, input, agent, sessionKey: key, isDry: dryRun === true };
}

/** A tool that the rules forbid is not there, for whoever asks. */
async function invoke(door: Door, wish: Wish, signal: AbortSignal): Promise<unknown> {
  const { tool, input, agent, sessionKey, isDry } = wish;
  const listed = door.house.tools.list(agent).find((item) => item.name === tool);
  if (!listed?.isAllowed) throw new HttpRefusal(404, "not_found", `Tool not available: ${tool}`);
  if (isDry) return { ok: true, dryRun: true, tool, args: input };
  const { content } = await door.house.tools.invoke({ name: tool, input, agent, sessionKey, signal });
  return { ok: true, result: { content, text: textOf(content) } };
}

function refused(door: Door, thrown: unknown): Response {
  if (thrown instanceof HttpRefusal) return failed(thrown.status, thrown.code, thrown.message);
  const fault = toFault(thrown);
  if (fault.kind === "bug") door.house.log.error("http.tool-failed", { error: thrown });
  const status = fault.kind === "invalid" ? 400 : fault.kind === "denied" ? 403 : 500;
  return failed(status, fault.code, faultText(fault.toJSON()));
}

function failed(status: number, type: string, message: string): Response {
  return Response.json({ ok: false, error: { type, message } }, { status });
}

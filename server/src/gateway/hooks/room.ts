// Incoming webhooks: each is a Message of origin `hook` at the one door, admitted once however often it is delivered.
// `/hooks/<name>` are the owner's; `/hooks/wake` and `/hooks/agent` are the peer's, with the hooks' own token.
import type { InboundMessage } from "@homarus/sdk";
import { toFault } from "@homarus/sdk";
import type { Door } from "../door.ts";
import { HttpRefusal } from "../http/answer.ts";
import type { RoomParts, ServeRoom, Visitor } from "../http/room.ts";
import { cleanText, thinkingLevel } from "../runs/inbound.ts";
import { faultText } from "../runs/tell.ts";
import type { HookSettings } from "../settings.ts";
import { checkDelivery } from "./signature.ts";
import { hookWords } from "./words.ts";

export function createRoom({ door }: RoomParts): ServeRoom {
  return async (request, visitor) => {
    try {
      return await serve(door, request, visitor);
    } catch (thrown) {
      if (thrown instanceof HttpRefusal)
        return Response.json({ ok: false, error: thrown.message }, { status: thrown.status });
      const fault = toFault(thrown);
      if (fault.kind === "bug") door.house.log.error("hooks.failed", { error: thrown });
      const status = fault.kind === "invalid" ? 400 : 503;
      return Response.json({ ok: false, error: faultText(fault.toJSON()) }, { status });
    }
  };
}

async function serve(door: Door, request: Request, visitor: Visitor): Promise<Response> {
  const { pathname, searchParams } = new URL(request.url);
  const name = /^\/hooks\/([\w-]+)$/.exec(pathname)?.[1] ?? "";
  const hook = findHook(door, name);
  if (!hook) throw new HttpRefusal(404, "not_found", "there is no such hook");
  if (request.method !== "POST") throw new HttpRefusal(405, "method_not_allowed", "deliver a webhook by POST");
  if (searchParams.has("token"))
    throw new HttpRefusal(
      400,
      "query_token",
      "a token in the address ends up in logs: send it in the Authorization header",
    );
  // A hook's secret is guessed at like the gateway's, and the same lock holds.
  const now = door.clock.now();
  const { guesses } = door.keeper;
  if (guesses.waitMs("secret", visitor, now) > 0)
    throw new HttpRefusal(429, "locked", "too many failed authentication attempts");
  const body = await request.text();
  const verdict = checkDelivery(hook.scheme, hook.secret, { headers: request.headers, body, now });
  if (verdict.type === "bad") {
    guesses.failed("secret", visitor, now);
    throw new HttpRefusal(verdict.status, "unauthorized", verdict.message);
  }
  const message = hook.read(parsed(body), { door, name, id: verdict.id });
  const { isNew, ended } = await door.house.receive(message);
  ended.catch((error: unknown) => door.house.log.warn("hooks.run-failed", { hook: name, error }));
  const runId = message.options?.runId ?? message.id;
  return Response.json(
    { ok: true, runId, ...(isNew ? {} : { duplicate: true }) },
    { status: name === "wake" ? 200 : 202 },
  );
}

interface Heard {
  readonly door: Door;
  readonly name: string;
  readonly id: string;
}

interface Hook {
  readonly scheme: HookSettings["list"][number]["scheme"];
  readonly secret: string;
  read(body: unknown, heard: Heard): InboundMessage;
}

function findHook({ settings }: Door, name: string): Hook | undefined {
  const { hooks } = settings;
  if (!hooks) return undefined;
  const own = hooks.list.find((hook) => hook.name === name);
  if (own) return { ...own, read: (body, heard) => ownMessage(own, body, heard) };
  const read = name === "wake" ? wakeMessage : name === "agent" ? agentMessage : undefined;
  return read && hooks.token !== undefined ? { scheme: "token", secret: hooks.token, read } : undefined;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new HttpRefusal(400, "invalid_json", "the body is not JSON");
  }
}

function ownMessage(hook: HookSettings["list"][number], body: unknown, heard: Heard): InboundMessage {
  const session = heard.door.house.sessions.resolveKey(hook.session ?? `hook:${hook.name}`, hook.agent);
  return messageOf(heard, { session, text: hookWords(hook.name, hook.template, body) });
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new HttpRefusal(400, "invalid_json", "the body must be a JSON object");
  return body as Readonly<Record<string, unknown>>;
}

/** `{text, mode}`. Source: HTTP surface of release 2026.2.17. */
function wakeMessage(body: unknown, heard: Heard): InboundMessage {
  const { text } = fieldsOf(body);
  if (typeof text !== "string" || text.trim() === "") throw new HttpRefusal(400, "invalid_request", "text required");
  return messageOf(heard, { session: heard.door.house.sessions.resolveKey("main"), text: `System: ${text.trim()}` });
}

/** `{message, name?, agentId?, sessionKey?, model?, thinking?, timeoutSeconds?}`. */
function agentMessage(body: unknown, heard: Heard): InboundMessage {
  const { message, name, agentId, sessionKey, model, thinking, timeoutSeconds, deliver } = fieldsOf(body);
  if (typeof message !== "string" || message.trim() === "")
    throw new HttpRefusal(400, "invalid_request", "message required");
  if (deliver === true && heard.door.house.channels().length === 0)
    throw new HttpRefusal(400, "invalid_request", "deliver needs a channel, and none is configured");
  const { house } = heard.door;
  const agent = typeof agentId === "string" ? agentId : undefined;
  if (agent !== undefined && !house.agents().some((item) => item.id === agent))
    throw new HttpRefusal(400, "invalid_request", `unknown agent id "${agent}"`);
  const session = house.sessions.resolveKey(
    typeof sessionKey === "string" ? sessionKey : `hook:${crypto.randomUUID()}`,
    agent,
  );
  const level = thinkingLevel(typeof thinking === "string" ? thinking : undefined);
  return messageOf(heard, {
    ...{ session, text: cleanText(message), peerName: typeof name === "string" ? name : "hook" },
    options: {
      ...(typeof model === "string" ? { model } : {}),
      ...(level === undefined ? {} : { thinking: level }),
      ...(typeof timeoutSeconds === "number" && timeoutSeconds > 0 ? { timeoutMs: timeoutSeconds * 1000 } : {}),
    },
  });
}

interface Words {
  readonly session: string;
  readonly text: string;
  readonly peerName?: string;
  readonly options?: InboundMessage["options"];
}

/** The delivery's id is the message's: what is delivered twice, or played again, is one message. */
function messageOf({ door, name, id }: Heard, words: Words): InboundMessage {
  const own = `${name}:${id}`.slice(0, 300);
  return {
    ...{ id: own, channel: "hook", account: "default", origin: "hook", attachments: [], mentioned: true },
    ...{ peer: { id: name, name: words.peerName ?? name }, place: { id: name, type: "direct" } },
    ...{ text: words.text, session: words.session, sentAt: door.clock.now() },
    options: { ...words.options, runId: `hook-${own}` },
  };
}

// The house's events as server-sent events: all that a login may hear, or those of one run that the request asks for.
import type { Member } from "../audience.ts";
import type { Caller } from "../door.ts";
import { type EventStream, HttpRefusal, jsonBody, openEventStream, turnedAway } from "../http/answer.ts";
import { lacking } from "../http/login.ts";
import type { RoomParts } from "../http/room.ts";
import { runOver } from "../http/run.ts";
import { cleanText, inboundMessage, mediaBlocks, thinkingLevel } from "../runs/inbound.ts";
import type { Wire } from "../wire.ts";

/** One line of JSON for each event: its name, its number and its payload stand in the stream's own fields. */
const lines: Wire = {
  name: "events",
  protocol: 4,
  open: (event, payload) => `${event}\n${payload}`,
  end: (opened, seq) => `${seq ?? ""}\n${opened}`,
};

/** GET /api/events. */
export async function eventStream({ door }: RoomParts, request: Request, caller: Caller): Promise<Response> {
  if (request.method !== "GET") throw new HttpRefusal(405, "method_not_allowed", "read the events by GET");
  const lacks = lacking(door, caller, "operator.read");
  if (lacks) return turnedAway(lacks);
  const stream = openEventStream(() => door.audience.leave(member));
  const member: Member = {
    ...{ wire: lines, role: "operator", granted: caller.granted, isDirect: true },
    socket: {
      send: (frame) => sendFrame(stream, frame),
      close: () => stream.close(),
      bufferedBytes: stream.buffered,
      join: () => undefined,
      leave: () => undefined,
    },
  };
  door.audience.join(member);
  door.life.addEventListener("abort", () => stream.close(), { once: true });
  stream.send(JSON.stringify({ ts: door.clock.now() }), "open");
  return stream.response;
}

function sendFrame(stream: EventStream, frame: string): boolean {
  const [seq = "", event = "", ...payload] = frame.split("\n");
  return stream.send(payload.join("\n"), event, seq === "" ? undefined : Number(seq));
}

/** POST /api/agent: a run, and its events until it ends. Closing the stream leaves the run going. */
export async function agentStream({ door }: RoomParts, request: Request, caller: Caller): Promise<Response> {
  if (request.method !== "POST") throw new HttpRefusal(405, "method_not_allowed", "ask for a run by POST");
  const lacks = lacking(door, caller, "operator.write");
  if (lacks) return turnedAway(lacks);
  const body = await jsonBody(request);
  const { message: text, sessionKey, thinking, attachments, agentId, idempotencyKey } = body;
  if (typeof text !== "string" || text.trim() === "")
    throw new HttpRefusal(400, "invalid_request", "message is required");
  const agent = typeof agentId === "string" ? agentId : undefined;
  const key = door.house.sessions.resolveKey(typeof sessionKey === "string" ? sessionKey : "main", agent);
  const runId = typeof idempotencyKey === "string" && idempotencyKey !== "" ? idempotencyKey : crypto.randomUUID();
  const message = inboundMessage(caller, {
    ...{ key: runId, text: cleanText(text), sessionKey: key, sentAt: door.clock.now() },
    attachments: mediaBlocks(Array.isArray(attachments) ? attachments : undefined),
    thinking: thinkingLevel(typeof thinking === "string" ? thinking : undefined),
  });
  const stream = openEventStream(() => undefined);
  stream.send(JSON.stringify({ runId, sessionKey: key }), "accepted");
  runOver(door, message, { event: ({ type, ...rest }) => stream.send(JSON.stringify(rest), type) })
    .then(({ text: said, problem, usage, outcome }) => {
      const end = { runId, status: problem === undefined ? "ok" : "error", text: said, usage, outcome: outcome.type };
      stream.send(JSON.stringify(problem === undefined ? end : { ...end, error: problem }), "end");
    })
    .catch((thrown: unknown) => {
      door.house.log.warn("http.run-failed", { error: thrown });
      stream.send(JSON.stringify({ runId, status: "error", error: "the house could not take the message" }), "end");
    })
    .finally(() => stream.close());
  return stream.response;
}

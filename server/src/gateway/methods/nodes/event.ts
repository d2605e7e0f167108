// node.event: what a node tells by itself. Words become messages at the one door, with the node as the one who speaks;
// what its commands came to becomes a note in the session that asked for them. Events that nobody here knows do no harm.
import type { InboundMessage } from "@homarus/sdk";
import { invalid } from "../../refusal.ts";
import { startRun } from "../../runs/start.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { ChatFollowers } from "./followers.ts";
import { NodeNotes } from "./notes.ts";
import type * as params from "./shapes.ts";
import { asked, type Fields, heard, SpokenWords } from "./words.ts";

/** Undefined when the event was carried out; else why not. */
type React = (fields: Fields, call: Call) => Promise<string | undefined> | string | undefined;

/** Events that carry no attachments are short. */
const longestPayload = 1024 * 1024;

const reactions: Readonly<Record<string, React>> = {
  "voice.transcript": transcript,
  "agent.request": request,
  "chat.subscribe": subscribe,
  "chat.unsubscribe": unsubscribe,
  "exec.started": (fields, call) => call.door.part(NodeNotes).leave("started", fields, call),
  "exec.finished": (fields, call) => call.door.part(NodeNotes).leave("finished", fields, call),
  "exec.denied": (fields, call) => call.door.part(NodeNotes).leave("denied", fields, call),
  // There is no push sender; the app need not know.
  "push.apns.register": () => undefined,
};

async function event(input: ParamsOf<typeof params.event>, call: Call): Promise<unknown> {
  const react = Object.hasOwn(reactions, input.event) ? reactions[input.event] : undefined;
  if (!react) {
    call.door.house.log.debug("gateway.node-event-unknown", { event: input.event.slice(0, 100) });
    return { ok: true, event: input.event, handled: false, reason: "unknown_event" };
  }
  const reason = await react(fieldsOf(input), call);
  return { ok: true, event: input.event, handled: reason === undefined, ...(reason && { reason }) };
}

function fieldsOf({ event: name, payload, payloadJSON }: ParamsOf<typeof params.event>): Fields {
  if (typeof payloadJSON !== "string") return objectOf(payload ?? {});
  if (name !== "agent.request" && payloadJSON.length > longestPayload) throw invalid("payloadJSON is too long");
  let value: unknown;
  try {
    value = JSON.parse(payloadJSON);
  } catch {
    // The node is told; what was wrong in its text helps nobody else.
    throw invalid("payloadJSON is not JSON");
  }
  return objectOf(value);
}

function objectOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid("payload must be an object");
  return value as Fields;
}

async function transcript(fields: Fields, call: Call): Promise<string | undefined> {
  const message = heard(fields, call);
  if (!message) return "empty";
  if (!call.door.part(SpokenWords).isNew(message, fields)) return "duplicate";
  return receive(message, call);
}

async function request(fields: Fields, call: Call): Promise<string | undefined> {
  if (fields.deliver === true)
    call.door.house.log.warn("gateway.node-delivery", { node: call.caller.deviceId, channel: fields.channel });
  const message = asked(fields, call);
  return message ? receive(message, call) : "empty";
}

async function receive(message: InboundMessage, { door, caller }: Call): Promise<string | undefined> {
  if (door.runs.find(message.id)) return "duplicate";
  await startRun(door, caller, door.runs.open(message.id, message.session ?? ""), message);
  return undefined;
}

function subscribe(fields: Fields, { door, caller }: Call): string | undefined {
  const key = sessionIn(fields);
  if (key === undefined || !caller.member) return "no_session";
  const isTaken = door.part(ChatFollowers).follow(caller.member, door.house.sessions.resolveKey(key));
  return isTaken ? undefined : "too_many";
}

function unsubscribe(fields: Fields, { door, caller }: Call): string | undefined {
  const key = sessionIn(fields);
  if (key === undefined || !caller.member) return "no_session";
  door.part(ChatFollowers).leave(caller.member, door.house.sessions.resolveKey(key));
  return undefined;
}

function sessionIn({ sessionKey }: Fields): string | undefined {
  return typeof sessionKey === "string" && sessionKey.trim() !== "" ? sessionKey.trim() : undefined;
}

export const handlers: Group["handlers"] = { "node.event": event };

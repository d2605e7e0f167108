// sessions.subscribe and its kin: a client follows the list of sessions, or the messages of one.
import type { Member } from "../../audience.ts";
import { invalid } from "../../refusal.ts";
import { SessionsWatch } from "../../sessions-watch.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

function listener({ caller }: Call): Member {
  if (!caller.member) throw invalid("this needs a WebSocket: over HTTP nobody listens");
  return caller.member;
}

function subscribe(_input: unknown, call: Call): unknown {
  call.door.part(SessionsWatch).followList(listener(call));
  return { subscribed: true };
}

function unsubscribe(_input: unknown, call: Call): unknown {
  call.door.part(SessionsWatch).leaveList(listener(call));
  return { subscribed: false };
}

async function follow(input: ParamsOf<typeof params.sessionsFollow>, call: Call): Promise<unknown> {
  const key = call.door.house.sessions.resolveKey(input.key, input.agentId);
  await call.door.part(SessionsWatch).follow(listener(call), key);
  return { subscribed: true, key };
}

function leave(input: ParamsOf<typeof params.sessionsFollow>, call: Call): unknown {
  const key = call.door.house.sessions.resolveKey(input.key, input.agentId);
  call.door.part(SessionsWatch).leave(listener(call), key);
  return { subscribed: false, key };
}

export const handlers: Group["handlers"] = {
  "sessions.subscribe": subscribe,
  "sessions.unsubscribe": unsubscribe,
  "sessions.messages.subscribe": follow,
  "sessions.messages.unsubscribe": leave,
};

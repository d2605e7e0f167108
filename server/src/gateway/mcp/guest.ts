// Who is served here: a login with its rights, which it may narrow, and the agent that it deals with.
import { allows, type Scope, scopeBits } from "../caller.ts";
import { defaultAgent } from "../default-agent.ts";
import type { Caller, Door } from "../door.ts";
import { callerOf, type Login, lacking } from "../http/login.ts";
import type { RoomParts } from "../http/room.ts";
import type { Dispatcher } from "../methods/dispatch.ts";

export interface Guest {
  readonly door: Door;
  readonly dispatcher: Dispatcher;
  readonly caller: Caller;
  readonly agent: string;
}

/** What the address and the headers of a request ask for. */
export interface Wish {
  readonly agent: string | undefined;
  /** Rights that it wants to be held to; undefined takes all that the login has. */
  readonly scopes: readonly string[] | undefined;
}

export interface Unwelcome {
  readonly status: 400 | 403;
  readonly message: string;
}

export function wishOf(url: string, headers: Headers): Wish {
  const { searchParams } = new URL(url);
  const agent = headers.get("x-homarus-agent-id") ?? searchParams.get("agent") ?? undefined;
  return { agent, scopes: searchParams.get("scopes")?.split(/[\s,]+/) };
}

/** Whoever may not even read has nothing to do here. */
export function guestOf({ door, dispatcher }: RoomParts, login: Login, wish: Wish): Guest | Unwelcome {
  const agents = door.house.agents();
  const agent = wish.agent ?? defaultAgent(agents)?.id ?? "main";
  if (!agents.some((item) => item.id === agent)) return { status: 400, message: `there is no agent ${agent} here` };
  const all = callerOf(login, { clientId: "mcp", mode: "backend" });
  const caller = { ...all, granted: narrowed(all.granted, wish.scopes) };
  const lacks = lacking(door, caller, "operator.read");
  if (lacks) return { status: 403, message: lacks.message };
  return { door, dispatcher, caller, agent };
}

export function isGuest(found: Guest | Unwelcome): found is Guest {
  return "caller" in found;
}

function narrowed(granted: number, scopes: readonly string[] | undefined): number {
  if (scopes === undefined) return granted;
  return granted & scopeBits(scopes.filter((scope) => isScope(scope) && allows(granted, scope)));
}

function isScope(name: string): name is Scope {
  return scopeBits([name]) !== 0;
}

/** The same for two requests that may share a session. */
export function nameOf({ caller, agent }: Guest): string {
  return JSON.stringify([caller.deviceId ?? null, caller.keyId ?? null, caller.granted, agent]);
}

// secrets.*: names of secrets, putting values in, taking them out, and making anew what the house has made.
import type { Member } from "../../audience.ts";
import { closeCodes } from "../../settings.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  return { secrets: await door.house.secrets.list() };
}

async function set({ name, value, made }: ParamsOf<typeof params.set>, call: Call): Promise<unknown> {
  await call.door.house.secrets.set(name, value, { by: whoIs(call), isMade: made });
  return { name };
}

async function remove({ name }: ParamsOf<typeof params.one>, call: Call): Promise<unknown> {
  return { removed: await call.door.house.secrets.remove(name, whoIs(call)) };
}

async function moveIn({ dryRun = false }: ParamsOf<typeof params.importing>, call: Call): Promise<unknown> {
  return { moved: await call.door.house.secrets.moveIn(dryRun, whoIs(call)), dryRun };
}

/** Whoever came in by a login that no longer holds has to come in anew; the one who asked hears the answer first. */
async function rotate({ names, fresh }: ParamsOf<typeof params.rotating>, call: Call): Promise<unknown> {
  const { door, caller } = call;
  const wish = { names, fresh: fresh as Record<string, string> };
  // Also what fails half-way may have taken keys away.
  const rotated = await door.house.secrets.rotate(wish, whoIs(call)).finally(() => door.keeper.keys.reload());
  const ended = rotated.some(({ name }) => logins.has(name));
  if (ended) for (const member of door.audience.everyone()) if (member !== caller.member) sendAway(member);
  return { rotated };
}

const logins = new Set(["gateway-token", "session-key", "device-tokens"]);

function sendAway({ socket }: Member): void {
  socket.close(closeCodes.policy, "login no longer valid: log in again");
}

export const handlers: Group["handlers"] = {
  ...{ "secrets.list": list, "secrets.set": set, "secrets.remove": remove },
  ...{ "secrets.import": moveIn, "secrets.rotate": rotate },
};

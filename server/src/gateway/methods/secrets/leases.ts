// secrets.leases.*: the owner lets programs of his own read secrets for a while, sees who may, and ends it.
import { Fault } from "@homarus/sdk";
import type { LeaseFacts } from "../../secrets.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

async function create(wish: ParamsOf<typeof params.leasing>, { door, caller }: Call): Promise<unknown> {
  // A key may set secrets and see none; by a lease it could, and for longer than it lasts.
  if (caller.keyId !== undefined)
    throw new Fault("denied", "lease.by-key", "A key makes no leases.", {
      hint: "Make it on the machine itself: homarus secrets lease",
    });
  const { lease, socket } = await door.house.leases.make(wish, whoIs({ caller }));
  return { lease: rowOf(lease), socket };
}

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  return { leases: (await door.house.leases.list()).map(rowOf) };
}

async function end({ id }: ParamsOf<typeof params.ending>, { door, caller }: Call): Promise<unknown> {
  return { ended: await door.house.leases.end(id, whoIs({ caller })) };
}

function rowOf({ createdAt, endsAt, usedAt, endedAt, ...same }: LeaseFacts) {
  return {
    ...{ ...same, createdAtMs: createdAt, endsAtMs: endsAt },
    ...(usedAt === undefined ? {} : { lastUsedAtMs: usedAt }),
    ...(endedAt === undefined ? {} : { endedAtMs: endedAt }),
  };
}

export const leaseHandlers: Group["handlers"] = {
  ...{ "secrets.leases.create": create, "secrets.leases.list": list, "secrets.leases.end": end },
};

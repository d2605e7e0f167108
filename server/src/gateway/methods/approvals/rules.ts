// exec.approvals.get and set: the standing rules that node hosts and command lines keep with the gateway. This house's
// own tools do not read them.
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Json } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

type RulesFile = ParamsOf<typeof params.file>;

const space = "gateway";
const key = "exec-approvals";

async function kept(door: Door): Promise<RulesFile | undefined> {
  return (await door.house.store.values(space).get(key)) as unknown as RulesFile | undefined;
}

function hashOf(file: RulesFile | undefined): string {
  return createHash("sha256")
    .update(file === undefined ? "" : JSON.stringify(file))
    .digest("hex");
}

/** The token of the socket is for the program that made it, and is never told. */
function snapshot(door: Door, file: RulesFile | undefined) {
  const { socket, ...rest } = file ?? { version: 1 as const, defaults: {}, agents: {} };
  const path = socket?.path === undefined ? {} : { socket: { path: socket.path } };
  return {
    ...{ path: join(door.house.stateFolder, `state.db#${key}`), exists: file !== undefined, hash: hashOf(file) },
    file: { ...rest, ...path },
  };
}

async function get(_input: unknown, { door }: Call): Promise<unknown> {
  return snapshot(door, await kept(door));
}

async function set(input: ParamsOf<typeof params.fileSet>, { door }: Call): Promise<unknown> {
  const before = await kept(door);
  if (before !== undefined && input.baseHash === undefined)
    throw invalid("exec approvals base hash required; re-run exec.approvals.get and retry");
  if (before !== undefined && input.baseHash !== hashOf(before))
    throw invalid("exec approvals changed since last load; re-run exec.approvals.get and retry");
  const token = input.file.socket?.token ?? before?.socket?.token;
  const socket = { ...before?.socket, ...input.file.socket, ...(token === undefined ? {} : { token }) };
  const file = { ...input.file, ...(Object.keys(socket).length === 0 ? {} : { socket }) };
  await door.house.store.values(space).set(key, file as unknown as Json);
  return snapshot(door, file as RulesFile);
}

export const handlers: Group["handlers"] = { "exec.approvals.get": get, "exec.approvals.set": set };

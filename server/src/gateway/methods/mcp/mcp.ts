// mcp.*: how the servers are whose tools the agents use, and trying them now.
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

async function list(_input: unknown, { door }: Call): Promise<unknown> {
  return { servers: door.house.servers.list() };
}

async function test({ name }: ParamsOf<typeof params.testing>, { door }: Call): Promise<unknown> {
  const { servers } = door.house;
  const names = servers.list().map((server) => server.name);
  if (name !== undefined && !names.includes(name)) throw invalid(`there is no server ${name} under mcp.servers`);
  await Promise.all((name === undefined ? names : [name]).map((one) => servers.test(one)));
  return { servers: servers.list().filter((server) => name === undefined || server.name === name) };
}

export const handlers: Group["handlers"] = { "mcp.list": list, "mcp.test": test };

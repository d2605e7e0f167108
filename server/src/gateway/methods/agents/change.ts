// agents.create, update, delete and agents.files.*: the owner's agents, as the config and their workspaces have them.
import type { Json } from "@homarus/sdk";
import type { Door } from "../../door.ts";
import type { ConfigChange, WorkspaceText } from "../../house.ts";
import { invalid } from "../../refusal.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

interface AgentEntry {
  readonly id: string;
  readonly [key: string]: Json;
}

/** `agents.list` of the config file; an agent that only defaults make does not stand in it. */
async function listed(door: Door): Promise<readonly AgentEntry[]> {
  const { parsed } = await door.house.config.read();
  const list = (parsed as { readonly agents?: { readonly list?: readonly AgentEntry[] } }).agents?.list;
  return Array.isArray(list) ? list : [];
}

async function create(input: ParamsOf<typeof params.agentsCreate>, { door, caller }: Call): Promise<unknown> {
  const name = input.name.trim();
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  if (id === "") throw invalid(`agent name "${input.name}" has no letters or digits`);
  if (id === "main" || door.house.agents().some((agent) => agent.id === id))
    throw invalid(`agent "${id}" already exists`);
  // Where the house puts the workspace of an agent for which none is named.
  const workspace = input.workspace?.trim() || `${door.house.stateFolder}/agents/${id}`;
  if (!workspace.startsWith("/")) throw invalid("workspace must be an absolute path");
  const list = await listed(door);
  const entry = { id, name, workspace, ...(input.model === undefined ? {} : { model: input.model }) };
  // A first agent beside the one that defaults make must not take its place.
  const before = list.length === 0 ? [{ id: "main", default: true }] : list;
  await door.house.config.edit([{ path: ["agents", "list"], value: [...before, entry] }], undefined, whoIs({ caller }));
  return { ok: true, agentId: id, name, workspace, ...(input.model === undefined ? {} : { model: input.model }) };
}

async function update(input: ParamsOf<typeof params.agentsUpdate>, { door, caller }: Call): Promise<unknown> {
  const { agentId, name, workspace, model } = input;
  known(door, agentId);
  if (workspace !== undefined && !workspace.startsWith("/")) throw invalid("workspace must be an absolute path");
  const list = await listed(door);
  const index = list.findIndex((agent) => agent.id === agentId);
  const wishes = Object.entries({ name, workspace, model }).filter(([, value]) => value !== undefined);
  const changes: ConfigChange[] =
    index < 0
      ? [
          {
            path: ["agents", "list"],
            value: [{ id: agentId, default: true, ...Object.fromEntries(wishes) }, ...list] as Json,
          },
        ]
      : wishes.map(([key, value]) => ({ path: ["agents", "list", index, key], value }));
  if (wishes.length > 0) await door.house.config.edit(changes, undefined, whoIs({ caller }));
  return { ok: true, agentId };
}

/** Its files stay: what an agent wrote is never deleted by a click. */
async function remove(input: ParamsOf<typeof params.agentsDelete>, { door, caller }: Call): Promise<unknown> {
  const { agentId } = input;
  known(door, agentId);
  if (agentId === "main") throw invalid('"main" cannot be deleted');
  const list = await listed(door);
  const { parsed } = await door.house.config.read();
  const bindings = (parsed as { readonly bindings?: readonly AgentEntry[] }).bindings ?? [];
  const kept = bindings.filter((binding) => binding.agent !== agentId);
  const changes: ConfigChange[] = [{ path: ["agents", "list"], value: list.filter((agent) => agent.id !== agentId) }];
  if (kept.length < bindings.length) changes.push({ path: ["bindings"], value: kept });
  await door.house.config.edit(changes, undefined, whoIs({ caller }));
  return { ok: true, agentId, removedBindings: bindings.length - kept.length };
}

function known(door: Door, agentId: string) {
  const found = door.house.agents().find((agent) => agent.id === agentId);
  if (!found) throw invalid(`agent "${agentId}" not found`);
  return found;
}

function fileRow({ name, path, isMissing, size, updatedAt }: WorkspaceText) {
  return { name, path, missing: isMissing, ...(isMissing ? {} : { size, updatedAtMs: updatedAt }) };
}

async function files(input: ParamsOf<typeof params.agentsFiles>, { door }: Call): Promise<unknown> {
  const { workspace } = known(door, input.agentId);
  const list = await door.house.workspace.list(input.agentId);
  return { agentId: input.agentId, workspace, files: list.map(fileRow) };
}

async function file(input: ParamsOf<typeof params.agentsFile>, { door }: Call): Promise<unknown> {
  const { workspace } = known(door, input.agentId);
  const { text, ...facts } = await door.house.workspace.read(input.agentId, input.name);
  const row = { ...fileRow(facts), ...(facts.isMissing ? {} : { content: text }) };
  return { agentId: input.agentId, workspace, file: row };
}

async function writeFile(input: ParamsOf<typeof params.agentsFileSet>, { door }: Call): Promise<unknown> {
  const { workspace } = known(door, input.agentId);
  const facts = await door.house.workspace.write(input.agentId, input.name, input.content);
  return { ok: true, agentId: input.agentId, workspace, file: { ...fileRow(facts), content: input.content } };
}

export const handlers: Group["handlers"] = {
  ...{ "agents.create": create, "agents.update": update, "agents.delete": remove },
  ...{ "agents.files.list": files, "agents.files.get": file, "agents.files.set": writeFile },
};

// skills.*: the skills that stand in an agent's workspace. Fetching skills from a registry comes with skills as such;
// until then that is refused with what works today.
import { join } from "node:path";
import { defaultAgent } from "../../default-agent.ts";
import type { Door } from "../../door.ts";
import type { SkillFacts } from "../../house.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

function agentOf(door: Door, wanted: string | undefined) {
  const agents = door.house.agents();
  const found = wanted === undefined ? defaultAgent(agents) : agents.find((agent) => agent.id === wanted);
  if (!found) throw invalid(`unknown agent id "${wanted ?? ""}"`);
  return found;
}

async function status(input: ParamsOf<typeof params.agent>, { door }: Call): Promise<unknown> {
  const agent = agentOf(door, input.agentId);
  const skills = await door.house.workspace.skills(agent.id);
  return {
    workspaceDir: agent.workspace,
    managedSkillsDir: join(door.house.stateFolder, "skills"),
    skills: skills.map((skill) => statusRow(skill, agent.workspace)),
  };
}

const nothing = { bins: [], anyBins: [], env: [], config: [], os: [] };

function statusRow({ name, description, path }: SkillFacts, workspace: string) {
  const filePath = join(workspace, path);
  return {
    ...{ name, description, source: "openclaw-workspace", bundled: false, filePath, baseDir: join(filePath, "..") },
    ...{ skillKey: name, always: false, disabled: false, blockedByAllowlist: false, eligible: true },
    ...{ modelVisible: true, userInvocable: true, requirements: nothing, missing: nothing },
    ...{ configChecks: [], install: [] },
  };
}

/** Programs that skills name as needed; ours name none. */
const bins = () => ({ bins: [] });

function refuse(): never {
  const message =
    "skills cannot be fetched or changed from here yet: put a folder with SKILL.md into the workspace's skills folder";
  throw new Refusal({ code: "UNAVAILABLE", message });
}

async function search(input: ParamsOf<typeof params.search>, { door }: Call): Promise<unknown> {
  const words = (input.query ?? "").toLowerCase();
  const skills = await door.house.workspace.skills(agentOf(door, undefined).id);
  const found = skills.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(words));
  const results = found.map(({ name, description }) => ({
    score: 1,
    slug: name,
    displayName: name,
    summary: description,
  }));
  return { results: results.slice(0, input.limit ?? 100) };
}

/** There is no registry that would know of a skill by its slug. */
const detail = () => ({ skill: null });

async function list(input: ParamsOf<typeof params.agent>, { door }: Call): Promise<unknown> {
  return { skills: await door.house.workspace.skills(agentOf(door, input.agentId).id) };
}

async function get(input: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  const skills = await door.house.workspace.skills(agentOf(door, input.agentId).id);
  const found = skills.find((skill) => skill.name === input.name);
  if (!found) throw invalid(`unknown skill: ${input.name}`);
  return found;
}

export const handlers: Group["handlers"] = {
  ...{ "skills.status": status, "skills.bins": bins, "skills.install": refuse, "skills.update": refuse },
  ...{ "skills.search": search, "skills.detail": detail, "skills.list": list, "skills.get": get },
};

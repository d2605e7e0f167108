// The smaller rooms of the fake house: tools, workspace and speaking up, all in memory.
import { Fault, type Json, type OutboundMessage } from "@homarus/sdk";
import type { House, ToolListing, WorkspaceText } from "../house.ts";

export interface FakeRooms extends Pick<House, "tools" | "workspace" | "speak" | "commands"> {
  /** What was said unasked. */
  readonly spoken: OutboundMessage[];
}

const effects = { reads: true, writes: false, executes: false, network: false };
const fakeTool = (name: string, isAllowed: boolean): ToolListing => ({
  ...{ name, title: name, description: `Does ${name}.`, prompt: `Call ${name} to ${name}.`, effects, isAllowed },
  ...{ isIdempotent: true, inputSchema: { type: "object", properties: { text: { type: "string" } } } },
});
const tools = [fakeTool("echo", true), fakeTool("forbidden", false)];

export function createFakeRooms(): FakeRooms {
  const spoken: OutboundMessage[] = [];
  const said = new Set<string>();
  return {
    spoken,
    tools: { list: () => tools, invoke },
    workspace: openWorkspace(),
    async speak(message, id) {
      if (message.channel !== "telegram")
        throw new Fault("config", "channel.not-set-up", `The channel ${message.channel} is not set up.`);
      if (!said.has(id)) spoken.push(message);
      said.add(id);
      return [{ id: `sent-${id}`, at: 1 }];
    },
    commands: [{ name: "help", aliases: ["commands"], usage: "/help", help: "what I understand" }],
  };
}

const invoke: House["tools"]["invoke"] = async ({ name, input }) => {
  const tool = tools.find((item) => item.name === name);
  if (!tool) throw new Fault("invalid", "tool.unknown", `There is no tool ${name}.`);
  if (!tool.isAllowed) throw new Fault("denied", "tool.denied", `The owner does not allow the tool ${name} here.`);
  return { content: [{ type: "text", text: String((input as { readonly text?: Json }).text ?? "") }] };
};

function openWorkspace(): House["workspace"] {
  const texts = new Map([["AGENTS.md", "# How I work\n"]]);
  const names = ["AGENTS.md", "SOUL.md"];
  const factsOf = (name: string): WorkspaceText => {
    const text = texts.get(name);
    const path = `/state/workspace/${name}`;
    return text === undefined
      ? { name, path, isMissing: true }
      : { name, path, isMissing: false, size: text.length, updatedAt: 1 };
  };
  const known = (name: string): string => {
    if (names.includes(name)) return name;
    throw new Fault("invalid", "workspace.file", `unsupported file "${name}"`);
  };
  return {
    list: async () => names.map(factsOf),
    read: async (_agent, name) => ({ ...factsOf(known(name)), text: texts.get(name) ?? "" }),
    async write(_agent, name, text) {
      texts.set(known(name), text);
      return factsOf(name);
    },
    skills: async () => [weather],
    async skill(_agent, name) {
      if (name !== weather.name) throw new Fault("invalid", "skill.unknown", `There is no skill ${name}.`);
      return { ...weather, text: "Find out the weather in $city." };
    },
  };
}

const weather = {
  ...{ name: "weather", description: "Tells the weather.", path: "skills/weather/SKILL.md" },
  arguments: [{ name: "city", description: "Where.", isRequired: true, choices: ["Berlin", "Bern", "Oslo"] }],
};

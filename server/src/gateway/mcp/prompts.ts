// prompts/list and prompts/get: the skills of the guest's agent. What is filled in takes the place of `$name` in the
// skill's text, and of `$ARGUMENTS` where it is the only one; what has no place there is put below it.
import {
  type GetPromptResult,
  type ListPromptsResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { SkillArgument, SkillFacts } from "../house.ts";
import type { Guest } from "./guest.ts";
import { page } from "./page.ts";

export async function listPrompts({ door, agent }: Guest, cursor: string | undefined): Promise<ListPromptsResult> {
  const skills = await door.house.workspace.skills(agent);
  const named = new Map([...skills].reverse().map((skill) => [skill.name, { at: skill.name, item: promptOf(skill) }]));
  const { items, ...next } = page([...named.values()], cursor);
  return { prompts: items, ...next };
}

function promptOf({ name, description, arguments: list }: SkillFacts): Prompt {
  const told = list.map(({ name: argument, description: about, isRequired }) => ({
    ...{ name: argument, required: isRequired },
    ...(about === undefined ? {} : { description: about }),
  }));
  return { name, description, ...(told.length === 0 ? {} : { arguments: told }) };
}

export async function getPrompt(
  { door, agent }: Guest,
  name: string,
  filled: Readonly<Record<string, string>>,
): Promise<GetPromptResult> {
  const skills = await door.house.workspace.skills(agent);
  const found = skills.find((skill) => skill.name === name);
  if (!found) throw wrong(`Unknown prompt: ${name}`);
  const missing = found.arguments.filter((argument) => argument.isRequired && (filled[argument.name] ?? "") === "");
  if (missing.length > 0)
    throw wrong(`Missing required arguments: ${missing.map((argument) => argument.name).join(", ")}`);
  const { text } = await door.house.workspace.skill(agent, name);
  const words = filledIn(text, found.arguments, filled);
  return { description: found.description, messages: [{ role: "user", content: { type: "text", text: words } }] };
}

/** What was given as an argument is never read as a place for another one. */
export function filledIn(
  text: string,
  list: readonly SkillArgument[],
  filled: Readonly<Record<string, string>>,
): string {
  const places = new Set<string>();
  const only = list.length === 1 ? list[0]?.name : undefined;
  const words = text.replace(/\$([A-Za-z][\w-]*)/g, (written, place: string) => {
    const name = list.find((argument) => argument.name === place)?.name ?? (place === "ARGUMENTS" ? only : undefined);
    if (name === undefined) return written;
    places.add(name);
    return filled[name] ?? "";
  });
  const rest = list.filter(({ name }) => !places.has(name) && (filled[name] ?? "") !== "");
  return [words.trimEnd(), ...rest.map(({ name }) => `${name}: ${filled[name]}`)].join("\n\n");
}

function wrong(message: string): ProtocolError {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, message);
}

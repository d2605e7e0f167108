// completion/complete: what may stand for an argument of a prompt or of a resource template, by what was typed so far.
import {
  type CompleteRequest,
  type CompleteResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Guest } from "./guest.ts";
import { templates } from "./uri.ts";

/** Source: specification 2025-11-25, "Completion": at most so many values in an answer. */
const mostValues = 100;

export async function complete(guest: Guest, params: CompleteRequest["params"]): Promise<CompleteResult> {
  const { ref, argument, context } = params;
  const all =
    ref.type === "ref/prompt"
      ? await forPrompt(guest, ref.name, argument.name)
      : await forTemplate(guest, ref.uri, argument.name, context?.arguments ?? {});
  const typed = argument.value.toLowerCase();
  const fitting = [...new Set(all)].filter((value) => value.toLowerCase().startsWith(typed));
  const values = fitting.slice(0, mostValues);
  return { completion: { values, total: fitting.length, hasMore: fitting.length > values.length } };
}

async function forPrompt({ door, agent }: Guest, prompt: string, argument: string): Promise<readonly string[]> {
  const skills = await door.house.workspace.skills(agent);
  const found = skills.find(({ name }) => name === prompt);
  if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${prompt}`);
  return found.arguments.find(({ name }) => name === argument)?.choices ?? [];
}

async function forTemplate(
  { door, agent: own }: Guest,
  template: string,
  argument: string,
  filled: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  if (!Object.values<string>(templates).includes(template))
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown resource template: ${template}`);
  const { house } = door;
  if (argument === "key") return (await house.store.sessions()).map(({ key }) => key);
  if (argument === "agent") return house.agents().map(({ id }) => id);
  if (argument !== "name") return [];
  const agent = house.agents().find(({ id }) => id === (filled.agent ?? own))?.id ?? own;
  return (await house.workspace.list(agent)).filter(({ isMissing }) => !isMissing).map(({ name }) => name);
}

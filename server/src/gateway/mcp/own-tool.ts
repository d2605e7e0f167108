// How a tool of the house itself is made: words and shapes as data, and code that stands on a method of the table.
import type { CallToolResult, Tool } from "@modelcontextprotocol/server";
import { problems } from "../frames/check.ts";
import type { Of, Shape } from "../frames/shape.ts";
import { invalid } from "../refusal.ts";
import type { Arguments, OfferedTool, ToolUse } from "./tool.ts";

export interface OwnTool {
  readonly listing: Tool;
  /** The method it stands on: who may not call that is not offered this. */
  readonly method: string;
  readonly run: OfferedTool["run"];
}

interface Words {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly method: string;
  /** Reads, adds, or takes away. */
  readonly does: "read" | "add" | "remove";
  /** Reaches beyond the house. */
  readonly isOpenWorld?: true;
}

export function own<I extends Shape, O extends Shape>(
  words: Words,
  [input, output]: readonly [I, O],
  run: (input: Of<I>, use: ToolUse) => Promise<object>,
): OwnTool {
  const { name, title, description, method, does, isOpenWorld = false } = words;
  return {
    method,
    listing: {
      ...{ name, title, description },
      inputSchema: input as Tool["inputSchema"],
      outputSchema: output as NonNullable<Tool["outputSchema"]>,
      annotations: {
        ...{ title, readOnlyHint: does === "read", destructiveHint: does === "remove" },
        ...{ idempotentHint: does !== "add", openWorldHint: isOpenWorld },
      },
    },
    async run(given, use) {
      const problem = problems(input, given);
      if (problem !== undefined) throw invalid(`the arguments of ${name} do not fit: ${problem}`);
      return told(await run(given as Of<I>, use));
    },
  };
}

function told(result: object): CallToolResult {
  const text = "answer" in result && result.answer !== "" ? String(result.answer) : JSON.stringify(result, null, 2);
  return { content: [{ type: "text", text }], structuredContent: result as Record<string, unknown> };
}

/** Calls a method with the rights of the guest. What is undefined in the params is left out. */
export function call<Result>({ guest }: ToolUse, method: string, params: Arguments): Promise<Result> {
  const given = Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
  return guest.dispatcher.ask(guest.caller, method, given) as Promise<Result>;
}

export function keyOf({ guest }: ToolUse, session: string): string {
  return guest.door.house.sessions.resolveKey(session, guest.agent);
}

// What a server lists, read with distrust: pages without end, tools without a name, schemas that are none.
import type { JsonSchema, ToolsetHints, ToolsetTool } from "@homarus/sdk";

/** Of one server; the house takes fewer of them to a model. */
const mostTools = 10_000;
const mostPages = 200;

type Page = (cursor: string | undefined) => Promise<unknown>;

/** Every page, until there is no other, or there were too many. */
export async function listed(page: Page): Promise<readonly ToolsetTool[]> {
  const tools: ToolsetTool[] = [];
  const seen = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages && tools.length < mostTools; pages++) {
    const { tools: found, nextCursor } = fieldsOf(await page(cursor));
    if (Array.isArray(found)) tools.push(...found.flatMap((item) => toolIn(item) ?? []));
    if (typeof nextCursor !== "string" || nextCursor === "" || seen.has(nextCursor)) break;
    seen.add(nextCursor);
    cursor = nextCursor;
  }
  const once = new Map(tools.slice(0, mostTools).map((tool) => [tool.name, tool]));
  return [...once.values()];
}

function toolIn(item: unknown): ToolsetTool | undefined {
  const { name, title, description, inputSchema, annotations, execution } = fieldsOf(item);
  // Such a tool answers with a task that has to be asked for, which the house does not do.
  if (fieldsOf(execution).taskSupport === "required") return undefined;
  if (typeof name !== "string" || name === "" || name.length > 1_000) return undefined;
  const words = [title, description].find((text) => typeof text === "string" && text !== "");
  return {
    name,
    description: typeof description === "string" && description !== "" ? description : String(words ?? name),
    inputSchema: fieldsOf(inputSchema) as JsonSchema,
    hints: hintsIn(fieldsOf(annotations)),
  };
}

function hintsIn(annotations: Readonly<Record<string, unknown>>): ToolsetHints {
  const names = { readOnly: "readOnlyHint", destructive: "destructiveHint" } as const;
  const more = { idempotent: "idempotentHint", openWorld: "openWorldHint" } as const;
  const given = Object.entries({ ...names, ...more }).filter(([, hint]) => typeof annotations[hint] === "boolean");
  return Object.fromEntries(given.map(([name, hint]) => [name, annotations[hint]]));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

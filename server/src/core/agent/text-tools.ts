// Tool calls for models that have none of their own: the tools are described in the system prompt, a call is a fenced
// block of JSON in the answer, and its result comes back in words. Experimental by nature: such models misuse it.
import {
  type Json,
  type ModelRequest,
  type ModelTurn,
  type ProviderEvent,
  type StepBlock,
  type ToolCallBlock,
  type ToolSpec,
  textOf,
} from "@homarus/sdk";
import { createFenceFilter, type Segment } from "./text-fence.ts";

/** Mends JSON that a model wrote almost right; undefined where nothing sensible comes of it. */
export type RepairJson = (text: string) => Promise<Json | undefined>;

export interface TextTools {
  /** The request as such a model can read it. */
  readonly request: ModelRequest;
  /** Its answer, with the calls taken out of the text. */
  answer(events: AsyncIterable<ProviderEvent>): AsyncIterable<ProviderEvent>;
}

/** Weak models do better with few tools: these, of those that are there. */
export const leanTools = ["read", "write", "edit", "list", "grep", "exec", "web_fetch", "session_status"] as const;

export function asTextTools(request: ModelRequest, repair: RepairJson, newId: () => string): TextTools {
  const lean = request.tools.filter(({ name }) => (leanTools as readonly string[]).includes(name));
  const tools = lean.length > 0 ? lean : request.tools;
  const stable = [request.system.stable, instructions(tools)].filter(Boolean).join("\n\n");
  return {
    request: {
      ...request,
      ...{ tools: [], system: { ...request.system, stable }, turns: request.turns.map(inWords) },
    },
    answer: (events) => withCalls(events, { repair, newId, names: new Set(request.tools.map(({ name }) => name)) }),
  };
}

function instructions(tools: readonly ToolSpec[]): string {
  if (tools.length === 0) return "";
  return [
    "# Tools",
    "To use a tool, write nothing but one block like this, and stop:",
    "```tool",
    '{"tool": "<name>", "arguments": {…}}',
    "```",
    "You will be given the result and can then go on. Answer in plain words when you need no tool. The tools:",
    ...tools.map(({ name, description, inputSchema }) => `- ${name}${signature(inputSchema)}: ${gist(description)}`),
  ].join("\n");
}

/** `{path: string, limit?: integer}`: what a schema comes to for a model that reads no schemas. */
function signature(schema: ToolSpec["inputSchema"]): string {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, { readonly type?: unknown }>>;
  const required = new Set((schema.required ?? []) as readonly string[]);
  const fields = Object.entries(properties).map(
    ([name, { type }]) => `${name}${required.has(name) ? "" : "?"}: ${typeof type === "string" ? type : "any"}`,
  );
  return `{${fields.join(", ")}}`;
}

function gist(description: string): string {
  return (description.trim().split(/(?<=[.!?])\s/, 1)[0] ?? "").slice(0, 200);
}

function inWords(turn: ModelTurn): ModelTurn {
  if (turn.type === "user") return turn;
  if (turn.type === "tool") {
    const content = turn.results.flatMap((result) => [
      {
        type: "text" as const,
        text: `[${result.isError ? "Error" : "Result"} of ${result.name}]\n${textOf(result.content)}`,
      },
      ...result.content.filter((block) => block.type !== "text"),
    ]);
    return { type: "user", content };
  }
  const words = turn.content.flatMap((block) => {
    if (block.type === "text") return [block.text];
    return block.type === "tool-call" ? [callText(block)] : [];
  });
  return { ...turn, content: [{ type: "text", text: words.join("\n") }] };
}

function callText({ name, input, malformed }: ToolCallBlock): string {
  return `\`\`\`tool\n${malformed ?? JSON.stringify({ tool: name, arguments: input })}\n\`\`\``;
}

interface Reading {
  readonly repair: RepairJson;
  readonly newId: () => string;
  readonly names: ReadonlySet<string>;
}

async function* withCalls(events: AsyncIterable<ProviderEvent>, reading: Reading): AsyncGenerator<ProviderEvent> {
  const filter = createFenceFilter();
  const calls: ToolCallBlock[] = [];
  let text = "";
  async function* told(segments: readonly Segment[]): AsyncGenerator<ProviderEvent> {
    for (const segment of segments) {
      const { found, words } = await readSegment(segment, reading);
      calls.push(...found);
      text += words;
      if (words !== "") yield { type: "text-delta", text: words };
      for (const { id, name } of found) yield { type: "tool-call-start", id, name };
    }
  }
  for await (const event of events) {
    if (event.type === "text-delta") yield* told(filter.take(event.text));
    else if (event.type !== "step-end") yield event;
    else {
      yield* told(filter.end());
      yield { ...event, ...stepOf(event, text, calls) };
    }
  }
}

/** A block that is no call was meant for the person. */
async function readSegment(segment: Segment, reading: Reading) {
  if (!("inner" in segment)) return { found: [], words: segment.text };
  const found = await callsIn(segment.inner, reading);
  return { found, words: found.length > 0 ? "" : segment.raw };
}

function stepOf(
  { content, stopReason }: Extract<ProviderEvent, { type: "step-end" }>,
  text: string,
  calls: readonly ToolCallBlock[],
) {
  const words: readonly StepBlock[] = text.trim() === "" && calls.length > 0 ? [] : [{ type: "text", text }];
  return {
    content: [...content.filter((block) => block.type === "thinking"), ...words, ...calls],
    stopReason: calls.length > 0 ? ("tool-calls" as const) : stopReason,
  };
}

async function callsIn(block: string, reading: Reading): Promise<readonly ToolCallBlock[]> {
  const value = parsed(block) ?? (await reading.repair(block));
  return (Array.isArray(value) ? value : [value]).flatMap(
    (one) => callOf(one as Json | undefined, block, reading) ?? [],
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Almost right, perhaps: it is mended next.
    return undefined;
  }
}

/** Models know this in several spellings; the name tells a call from JSON that only happens to stand there. */
function callOf(value: Json | undefined, raw: string, { newId, names }: Reading): ToolCallBlock | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = value as Readonly<Record<string, Json>>;
  const inner = fields.function;
  const from = typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, Json>>) : fields;
  const name = [from.tool, from.name, from.tool_name, inner].find((one): one is string => typeof one === "string");
  if (name === undefined || !names.has(name)) return undefined;
  const given = from.arguments ?? from.parameters ?? from.input ?? from.args ?? {};
  const input = typeof given === "string" ? parsed(given) : given;
  const id = `text_${newId()}`;
  if (typeof input !== "object" || input === null || Array.isArray(input))
    return { type: "tool-call", id, name, input: {}, malformed: raw };
  return { type: "tool-call", id, name, input };
}

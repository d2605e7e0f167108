// Results of tools made shorter: to their head and tail, or to one line that says what stood there. The same result
// becomes the same text each time, so that the vendor's cache holds.
import type { Json, MediaBlock, TextBlock, ToolCallBlock, ToolResultBlock } from "@homarus/sdk";

export interface Ends {
  readonly headChars: number;
  readonly tailChars: number;
}

/** Head and tail of a text, with the size of what is missing between them. Characters are never torn apart. */
export function ends(text: string, { headChars, tailChars }: Ends, hint = ""): string {
  const left = text.length - headChars - tailChars;
  if (left <= 0) return text;
  const head = text.slice(0, wholeAt(text, headChars));
  const tail = text.slice(wholeAt(text, text.length - tailChars));
  return `${head}\n[... ${left} of ${text.length} characters left out here${hint ? `: ${hint}` : ""} ...]\n${tail}`;
}

function wholeAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

const tellingEnd = /\b(?:error|exception|traceback|fail(?:ed|ure)?|fatal|panic|summary|total|passed|exit(?:ed)?)\b/i;

/** What matters of logs, test runs and JSON stands at their end; of pages and files, at their beginning. */
export function endsFor(text: string, { headChars, tailChars }: Ends): Ends {
  const sum = headChars + tailChars;
  const isTelling = tellingEnd.test(text.slice(-2_000)) || /^\s*[[{]/.test(text);
  return isTelling ? { headChars: Math.floor(sum * 0.35), tailChars: Math.ceil(sum * 0.65) } : { headChars, tailChars };
}

export function softResult(result: ToolResultBlock, limits: Ends & { readonly maxChars: number }): ToolResultBlock {
  const content = result.content.map((block) => {
    if (block.type !== "text" || block.text.length <= limits.maxChars) return block;
    const text = ends(block.text, endsFor(block.text, limits), `call ${result.name} again for a part at a time`);
    return { ...block, text };
  });
  return content.every((block, index) => block === result.content[index]) ? result : { ...result, content };
}

/** A failure is told in its first words even then: what did not work is what must not be tried again blindly. */
export function clearedResult(result: ToolResultBlock): ToolResultBlock {
  const size = result.content.reduce((sum, block) => sum + (block.type === "text" ? block.text.length : 0), 0);
  const first = result.isError ? `${firstWords(result, 200)}\n` : "";
  const text = `${first}[The result of ${result.name}, ${size} characters, was cleared to make room. Call it again if you need it.]`;
  // What is shorter than the note about it stays.
  if (size <= text.length && result.content.every((block) => block.type === "text")) return result;
  return { ...result, content: [{ type: "text", text }] };
}

export function firstWords(result: ToolResultBlock, longest: number): string {
  const text = result.content.find((block) => block.type === "text")?.text.trim() ?? "";
  return text.length <= longest ? text : `${text.slice(0, wholeAt(text, longest))}…`;
}

const longestArgument = 300;

/** The long arguments of an old call (the text of a file it wrote) are named by their size. */
export function clearedCall(call: ToolCallBlock): ToolCallBlock {
  const input = shortened(call.input);
  const { malformed, ...rest } = call;
  const cut = malformed === undefined ? {} : { malformed: malformed.slice(0, longestArgument) };
  return input === call.input && malformed === cut.malformed ? call : { ...rest, ...cut, input };
}

function shortened(value: Json): Json {
  if (typeof value === "string" && value.length > longestArgument)
    return ends(value, { headChars: 100, tailChars: 50 });
  if (Array.isArray(value)) {
    const items = value.map(shortened);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map(([key, item]) => [key, item, shortened(item as Json)] as const);
  if (fields.every(([, before, after]) => before === after)) return value;
  return Object.fromEntries(fields.map(([key, , after]) => [key, after]));
}

/** What stands for a picture that has been looked at long ago. */
export function withoutMedia<Block extends TextBlock | MediaBlock>(
  blocks: readonly Block[],
): readonly (Block | TextBlock)[] {
  return blocks.map((block) => (block.type === "text" ? block : mediaMark(block as MediaBlock)));
}

function mediaMark({ type, mediaType, name }: MediaBlock): TextBlock {
  const what = type === "image" ? "A picture" : type === "audio" ? "A recording" : "A file";
  return { type: "text", text: `[${what}${name ? ` (${name})` : ""} of type ${mediaType} was shown here earlier.]` };
}

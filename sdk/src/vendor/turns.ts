// The history made fit for this vendor before it is put into its words: what another model left behind is dropped,
// ids get an alphabet that is taken, and calls and results stand in pairs.
import { type StepBlock, type ToolCallBlock, type ToolResultBlock, toolCallsOf, type UserBlock } from "../content.ts";
import type { ModelTurn } from "../ports/provider.ts";

export interface Reader {
  readonly provider: string;
  readonly model: string;
  readonly fitId: (id: string) => string;
}

type ToolTurn = Extract<ModelTurn, { type: "tool" }>;
type StepTurn = Extract<ModelTurn, { type: "step" }>;

/**
 * Thinking and vendor data survive only where the same provider and model wrote them. Not every vendor gives the calls of
 * a conversation ids of their own: one that is used again gets another, since some vendors refuse the second.
 */
export function fitTurns(turns: readonly ModelTurn[], reader: Reader): readonly ModelTurn[] {
  const fitted: ModelTurn[] = [];
  const used = new Set<string>();
  let open: readonly OpenCall[] = [];
  for (const turn of turns) {
    if (open.length > 0) fitted.push(answerAll(open, turn.type === "tool" ? turn.results : []));
    open = [];
    if (turn.type === "tool") continue;
    if (turn.type === "user") {
      fitted.push(...filled(turn));
      continue;
    }
    const kept = fitStep(turn, reader);
    const named = kept.content.map((block) => (block.type === "tool-call" ? newId(block, reader, used) : block));
    // Reasoning that leads to nothing is refused.
    const content = named.slice(0, named.findLastIndex((block) => block.type !== "thinking") + 1);
    if (content.length === 0) continue;
    fitted.push({ ...kept, content });
    const asked = toolCallsOf(kept.content);
    open = toolCallsOf(named).map((call, index) => ({ call, askedAs: asked[index]?.id ?? call.id }));
  }
  if (open.length > 0) fitted.push(answerAll(open, []));
  return fitted;
}

function filled(turn: Extract<ModelTurn, { type: "user" }>): readonly ModelTurn[] {
  const content = turn.content.filter(isFilled);
  return content.length > 0 ? [{ ...turn, content }] : [];
}

interface OpenCall {
  readonly call: ToolCallBlock;
  /** Its id in the log, which the result names. */
  readonly askedAs: string;
}

function newId(call: ToolCallBlock, { fitId: fit }: Reader, used: Set<string>): ToolCallBlock {
  let id = fit(call.id);
  for (let count = 2; used.has(id); count += 1) id = fit(`${call.id}#${count}`);
  used.add(id);
  return { ...call, id };
}

function isFilled(block: UserBlock | StepBlock): boolean {
  return block.type !== "text" || block.text.trim() !== "";
}

function fitStep(turn: StepTurn, reader: Reader): StepTurn {
  const isOwn = turn.provider === reader.provider && turn.model === reader.model;
  const content = turn.content.flatMap((block): StepBlock[] => {
    if (!isFilled(block) || (block.type === "thinking" && !isOwn)) return [];
    const { vendor, ...plain } = block;
    return [isOwn && vendor !== undefined ? { ...plain, vendor } : plain];
  });
  return { ...turn, content };
}

/** One result for each call, in the calls' order; what answers no call is dropped. */
function answerAll(calls: readonly OpenCall[], results: readonly ToolResultBlock[]): ToolTurn {
  const left = [...results];
  return {
    type: "tool",
    results: calls.map(({ call, askedAs }) => {
      const at = left.findIndex((result) => result.callId === askedAs);
      const [found] = at < 0 ? [] : left.splice(at, 1);
      return { ...(found ?? unanswered(call)), callId: call.id, name: call.name };
    }),
  };
}

function unanswered(call: ToolCallBlock): ToolResultBlock {
  const text = "No result of this call was recorded.";
  return { type: "tool-result", callId: call.id, name: call.name, content: [{ type: "text", text }], isError: true };
}

/** Thinking of earlier answers was written under another prompt, and is refused or paid for in vain; of this one it is asked for. */
export function withoutOldThinking(turns: readonly ModelTurn[], isThinking: boolean): readonly ModelTurn[] {
  // A message that steers stands right after a tool's result and does not begin a new answer.
  const begin = turns.findLastIndex((turn, index) => turn.type === "user" && turns[index - 1]?.type !== "tool");
  return turns.map((turn, index) => {
    if (turn.type !== "step" || (index > begin && isThinking)) return turn;
    return { ...turn, content: turn.content.filter((block) => block.type !== "thinking") };
  });
}

/** An id of letters, digits, `_` and `-`, the same for the same id each time; one that fits stays as it is. */
export function fitId(id: string, longest: number): string {
  const clean = id.replace(/[^a-zA-Z0-9_-]/g, "_");
  if (clean === id && id.length > 0 && id.length <= longest) return id;
  let hash = 2_166_136_261;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 16_777_619) >>> 0;
  return `${clean.slice(0, longest - 8)}_${hash.toString(36)}`;
}

/** The same value with each half of a surrogate pair that lost its other half replaced: vendors refuse such text. */
export function wellFormed<T>(value: T): T {
  if (typeof value === "string") return value.toWellFormed() as T;
  if (typeof value !== "object" || value === null || isWellFormed(value)) return value;
  if (Array.isArray(value)) return value.map(wellFormed) as T;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key.toWellFormed(), wellFormed(item)])) as T;
}

/** A long history is looked through before each call: what is in order, and nearly all is, is not copied. */
function isWellFormed(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value !== "object" || value === null) return true;
  if (Array.isArray(value)) return value.every(isWellFormed);
  for (const key in value)
    if (!key.isWellFormed() || !isWellFormed((value as Readonly<Record<string, unknown>>)[key])) return false;
  return true;
}

/** What stands in for bytes that the vendor does not take. */
export function mediaNote(block: { readonly mediaType: string; readonly name?: string }): string {
  return `[A file${block.name ? ` named ${block.name}` : ""} of type ${block.mediaType} was attached; this model cannot read it.]`;
}

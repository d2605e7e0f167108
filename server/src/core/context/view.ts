// What the model reads of a log: notes on its beginning, then its entries, old results of tools shortened. A pure
// function of the log, so that two requests in a row begin with the same bytes.
import {
  type Entry,
  type EntryBody,
  type ModelTurn,
  type ToolResultBlock,
  type Trim,
  toolCallsOf,
  type UserBlock,
} from "@homarus/sdk";
import { houseBlock, unmarked } from "./house-words.ts";
import { preface } from "./preface.ts";
import { type ContextSettings, mayTrim } from "./settings.ts";
import type { Standing } from "./standing.ts";
import { clearedCall, clearedResult, ends, firstWords, softResult, withoutMedia } from "./trim.ts";
import { turnsOf } from "./turns.ts";
import { addWeight, noWeight, type Weight, weighBlocks } from "./weigh.ts";

/** How results are cut, for one window. */
export interface Shape {
  readonly maxChars: number;
  readonly headChars: number;
  readonly tailChars: number;
  /** Characters of any one result or message, the newest too. */
  readonly cap: number;
  readonly tools: ContextSettings["tools"];
}

export interface View {
  readonly weight: Weight;
  readonly turns: () => readonly ModelTurn[];
}

/** An entry as it is shown. */
interface Shown {
  readonly body: EntryBody;
  readonly weight: Weight;
}

/** A window of this many tokens or more takes the settings as they are written; a smaller one takes its part of them. */
const fullSizeTokens = 50_000;
const leastEnds = 200;
/** Of the window, in characters: three of them are a token at the very least. */
const capShare = 0.3 * 3;

export function shapeOf(inputTokens: number, settings: ContextSettings): Shape {
  const scale = Math.min(1, inputTokens / fullSizeTokens);
  const scaled = (chars: number): number => Math.max(Math.min(chars, leastEnds), Math.floor(chars * scale));
  const headChars = scaled(settings.headChars);
  const tailChars = scaled(settings.tailChars);
  return {
    headChars,
    tailChars,
    maxChars: Math.max(scaled(settings.maxChars), headChars + tailChars + 100),
    cap: Math.max(1_000, Math.floor(inputTokens * capShare)),
    tools: settings.tools,
  };
}

/** Viewers of the shapes that were asked for last: houses have few windows, and many turns in each. */
const viewers = new Map<string, Viewer>();
const mostViewers = 8;

export function viewerFor(shape: Shape): Viewer {
  const name = JSON.stringify(shape);
  const viewer = viewers.get(name) ?? createViewer(shape);
  viewers.delete(name);
  viewers.set(name, viewer);
  const oldest = viewers.keys().next();
  if (viewers.size > mostViewers && !oldest.done) viewers.delete(oldest.value);
  return viewer;
}

/** Shows entries of a log and remembers how: the same entry comes up in each step of a run, and in each turn after it. */
function createViewer(shape: Shape) {
  const kept = new WeakMap<Entry, OfLevels>();
  const show = (entry: Entry, trim: Trim): Shown => {
    const level = levelOf(entry, trim);
    const { cap } = trim;
    const before = kept.get(entry);
    // What would be saved is asked again and again: each level is remembered beside the others.
    const levels: OfLevels = before?.cap === cap && before ? before : { cap };
    if (levels !== before) kept.set(entry, levels);
    levels[level] ??= shownAs(entry, level, { ...shape, cap: Math.min(shape.cap, cap ?? shape.cap) });
    return levels[level];
  };
  return {
    /** What one entry weighs when it is shown so. */
    weigh: (entry: Entry, trim: Trim): Weight => show(entry, trim).weight,
    /** The asked words of a run stand before its kept steps, even where they were said before the cut. */
    view(entries: readonly Entry[], standing: Standing, runId?: string): View {
      const { keptFrom, trim } = standing;
      const asked = runId === undefined ? [] : askedIn(entries, runId, keptFrom);
      const shown = entries.filter((entry) => entry.seq >= keptFrom).map((entry) => show(entry, trim));
      const opening: readonly UserBlock[] = [
        ...preface(standing),
        ...asked.flatMap((entry) => contentOf(show(entry, { ...trim, soft: 0, hard: 0 }).body)),
        ...(runId === undefined ? [] : doneSoFar(entries, runId, keptFrom)),
      ];
      const weight = shown.reduce(
        (sum, item) => (item.weight === noWeight ? sum : addWeight(sum, item.weight)),
        weighBlocks(opening),
      );
      const bodies = shown.map((item) => item.body);
      return {
        weight,
        turns: () => turnsOf(bodies, opening.length > 0 || isWordsFirst(bodies) ? opening : [leftOut]),
      };
    },
  };
}

export type Viewer = ReturnType<typeof createViewer>;

const leftOut = houseBlock("Earlier words were left out here.");

/** A log that was cut in the middle of a run has no words of a person before its first step. */
function isWordsFirst(bodies: readonly EntryBody[]): boolean {
  const first = bodies.find((body) => body.type === "user" || body.type === "step");
  return first?.type !== "step";
}

/** What the run answers, and what was brought back for it. */
function askedIn(entries: readonly Entry[], asked: string, keptFrom: number): readonly Entry[] {
  const before = entries.filter(({ seq }) => seq < keptFrom);
  const first = before.findIndex(({ runId, body }) => runId === asked && body.type === "user");
  if (first < 0) return [];
  return before.slice(first).filter(({ body }) => body.type === "user" || isRecall(body));
}

function isRecall(body: EntryBody): boolean {
  return body.type === "event" && body.note !== undefined;
}

const mostDone = 30;

/** What a run did before its steps fell out of view: a model that does not see its calls makes them again. */
function doneSoFar(entries: readonly Entry[], asked: string, keptFrom: number): readonly UserBlock[] {
  const own = entries.filter(({ seq, runId }) => seq < keptFrom && runId === asked);
  const results = new Map(
    own.flatMap(({ body }) => (body.type === "tool-result" ? [[body.result.callId, body.result] as const] : [])),
  );
  const lines = own.flatMap(({ body }) =>
    (body.type === "step" ? toolCallsOf(body.content) : []).map((call) => {
      const result = results.get(call.id);
      const how = result === undefined ? "no result" : result.isError ? `failed: ${firstWords(result, 120)}` : "done";
      return `- ${call.name} ${ends(JSON.stringify(call.input), { headChars: 100, tailChars: 40 })}: ${how}`;
    }),
  );
  if (lines.length === 0) return [];
  const left = lines.length > mostDone ? `(${lines.length - mostDone} earlier calls)\n` : "";
  return [houseBlock(`For this you have already called:\n${left}${lines.slice(-mostDone).join("\n")}`)];
}

function contentOf(body: EntryBody): readonly UserBlock[] {
  if (body.type === "event" && body.note !== undefined) return [houseBlock(body.note)];
  return body.type === "user" ? body.content : [];
}

type OfLevels = { readonly cap: number | undefined } & { [level in Level]?: Shown };

type Level = "whole" | "old" | "soft" | "hard";

function levelOf({ seq }: Entry, trim: Trim): Level {
  if (seq < trim.hard) return "hard";
  if (seq < trim.soft) return "soft";
  return seq < trim.media ? "old" : "whole";
}

function shownAs(entry: Entry, level: Level, shape: Shape): Shown {
  const body = bodyAs(entry.body, level, shape);
  if (body.type === "user" || body.type === "step") return { body, weight: weighBlocks(body.content) };
  if (body.type === "event" && body.note !== undefined) return { body, weight: weighBlocks([houseBlock(body.note)]) };
  return { body, weight: body.type === "tool-result" ? weighBlocks([body.result]) : noWeight };
}

function bodyAs(body: EntryBody, level: Level, shape: Shape): EntryBody {
  if (body.type === "user") {
    const note = body.note !== undefined && (level === "whole" || level === "old") ? [houseBlock(body.note)] : [];
    const content = level === "whole" ? body.content : withoutMedia(body.content);
    return { ...body, content: [...note, ...content.map((block) => plain(capped(block, shape.cap)))] };
  }
  if (body.type === "tool-result") {
    const result = resultAs(body.result, level, shape);
    return result === body.result ? body : { ...body, result };
  }
  if (isRecall(body) && level !== "whole" && level !== "old") return { type: "event", event: "recalled" };
  if (body.type !== "step" || level === "whole" || level === "old") return body;
  // Reasoning of long ago is read by no vendor.
  const spoken = body.content.filter((block) => block.type !== "thinking");
  const content =
    level === "hard" ? spoken.map((block) => (block.type === "tool-call" ? clearedCall(block) : block)) : spoken;
  return { ...body, content };
}

function resultAs(result: ToolResultBlock, level: Level, shape: Shape): ToolResultBlock {
  const fits = { ...result, content: result.content.map((block) => capped(block, shape.cap)) };
  const seen = level === "whole" ? fits : { ...fits, content: withoutMedia(fits.content) };
  if (!mayTrim(result.name, shape.tools)) return seen;
  return level === "hard" ? clearedResult(seen) : level === "soft" ? softResult(seen, shape) : seen;
}

function capped<Block extends UserBlock>(block: Block, cap: number): Block {
  if (block.type !== "text" || block.text.length <= cap) return block;
  const half = { headChars: Math.floor(cap * 0.6), tailChars: Math.floor(cap * 0.4) };
  return { ...block, text: ends(block.text, half, "too long for the window of this model") };
}

/** Nobody else speaks in the house's name. */
function plain(block: UserBlock): UserBlock {
  return block.type === "text" ? { ...block, text: unmarked(block.text) } : block;
}

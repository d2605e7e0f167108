// When results of tools are shortened, and up to where. In coarse jumps: each jump makes the vendor read anew what
// follows it, so it is made only where it frees a good part of the window, and then as far as it may go.
import type { Entry, Trim } from "@homarus/sdk";
import type { ContextSettings } from "./settings.ts";
import type { Viewer } from "./view.ts";
import { addWeight, noWeight, type Weight } from "./weigh.ts";

/** Of the window: less is not worth a jump. */
const worthShare = 0.1;
/** Pictures are shown until so many messages of people have followed. */
const mediaTurns = 3;

export interface Pruning {
  readonly entries: readonly Entry[];
  readonly trim: Trim;
  readonly viewer: Viewer;
  /** How full the window is, 1 being all of it. */
  readonly fullness: number;
  /** Tokens of a weight, and of the window. */
  readonly tokensOf: (weight: Weight) => number;
  readonly windowTokens: number;
  readonly settings: ContextSettings;
}

/** The next trim; undefined where there is nothing to do, or nothing worth its price. */
export function nextTrim(pruning: Pruning): Trim | undefined {
  const { entries, trim, fullness, settings } = pruning;
  const media = oldMedia(entries, trim);
  const begin = media === trim.media ? trim : { ...trim, media };
  const edge = protectedFrom(entries, settings.keepLastAssistants);
  const soft = { ...begin, soft: Math.max(begin.soft, edge), media: Math.max(begin.media, edge) };
  const hard = { ...soft, hard: Math.max(soft.hard, edge) };
  if (fullness > settings.softTrimRatio) {
    const freed = saving(begin, soft, pruning);
    const isWorthIt = freed >= worthShare;
    // What is still too full after the soft trim is cleared in the same jump.
    const wantsHard = fullness - (isWorthIt ? freed : 0) > settings.hardClearRatio;
    if (wantsHard && saving(begin, hard, pruning) >= worthShare) return hard;
    if (isWorthIt) return soft;
  }
  return begin === trim ? undefined : begin;
}

/** Everything before the last step is cleared, and even its own results are cut. */
export function squeezed(entries: readonly Entry[], trim: Trim, cap: number): Trim {
  const edge = protectedFrom(entries, 1);
  return {
    soft: Math.max(trim.soft, edge),
    hard: Math.max(trim.hard, edge),
    media: Math.max(trim.media, edge),
    cap: Math.min(trim.cap ?? cap, cap),
  };
}

/** Seq of the step that begins the protected end. */
function protectedFrom(entries: readonly Entry[], steps: number): number {
  const own = entries.filter(({ body }) => body.type === "step");
  return own.at(-Math.max(1, steps))?.seq ?? 0;
}

function saving(before: Trim, after: Trim, { entries, viewer, tokensOf, windowTokens }: Pruning): number {
  const from = Math.min(before.soft, before.hard, before.media);
  const to = Math.max(after.soft, after.hard, after.media);
  const concerned = entries.filter(({ seq }) => seq >= from && seq < to);
  const weigh = (trim: Trim): number =>
    tokensOf(concerned.reduce((sum, entry) => addWeight(sum, viewer.weigh(entry, trim)), noWeight));
  return (weigh(before) - weigh(after)) / windowTokens;
}

function oldMedia(entries: readonly Entry[], trim: Trim): number {
  const heard = entries.filter(({ body }) => body.type === "user");
  const edge = heard.at(-mediaTurns)?.seq ?? 0;
  const isOld = entries.some(({ seq, body }) => seq >= trim.media && seq < edge && holdsMedia(body));
  return isOld ? edge : trim.media;
}

function holdsMedia(body: Entry["body"]): boolean {
  const content = body.type === "user" ? body.content : body.type === "tool-result" ? body.result.content : [];
  return content.some((block) => block.type !== "text");
}

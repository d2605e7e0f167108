// The beginning of what the model reads becomes notes: where it is cut, what is copied word for word, what is written by
// a model, and what goes to the agent's memory first. The log itself is not touched: an event says how it is read now.
import { type Entry, type EntryBody, type KeptNote, toFault } from "@homarus/sdk";
import { mergeNotes, notesOf, openAsk } from "./notes.ts";
import { groupsOf, piecesOf } from "./record.ts";
import type { Standing } from "./standing.ts";
import { type SummaryParts, summarise } from "./summary.ts";
import { ends } from "./trim.ts";
import type { Viewer } from "./view.ts";
import { addWeight, noWeight, type Weight } from "./weigh.ts";

export interface CompactionParts extends Omit<SummaryParts, "chars"> {
  readonly entries: readonly Entry[];
  /** Entries that are not at hand, oldest first, after a seq. */
  readonly older: (after: number, first: number) => Promise<readonly Entry[]>;
  readonly standing: Standing;
  readonly viewer: Viewer;
  readonly tokensOf: (weight: Weight) => number;
  /** Tokens that stay word for word, that the notes may take, and that a model can read of the record at once. */
  readonly keepTokens: number;
  readonly summaryTokens: number;
  readonly pieceTokens: number;
  readonly tokensPerUnit: number;
  /** Writes what matters to the agent's memory; absent where there is none to write to. */
  readonly remember?: ((lines: readonly MemoryLine[]) => Promise<void>) | undefined;
}

/** A line for the agent's memory. */
export interface MemoryLine {
  readonly text: string;
  /** A person of the conversation said it; else it is what the agent or a tool said. */
  readonly isSaid: boolean;
}

/** Of the notes' room, what is copied; the rest is the model's. */
const copiedShare = 0.55;
/** Pieces that are worth a call each; what is older than these is kept by its notes and found by searching. */
const mostPieces = 12;
const pageEntries = 500;
/** A beginning of less than this part of the kept end is not worth a model's time. */
const worthAsking = 0.25;

/** The event that says how the log is read from now on; undefined when there is nothing that could be left out. */
export async function compact(parts: CompactionParts): Promise<EntryBody | undefined> {
  const { standing, entries, keepTokens, summaryTokens, tokensPerUnit } = parts;
  const keptFrom = cutSeq(parts);
  const range = keptFrom === undefined ? [] : await rangeBefore(keptFrom, parts);
  const chars = Math.floor(summaryTokens / tokensPerUnit);
  const isTooLong = sizeOf(standing) > chars;
  if (range.length === 0 && !isTooLong) return undefined;
  const fresh = [...notesOf(range), ...focusNotes(range, parts.focus)];
  const open = openAsk(range);
  const earlier = standing.notes.filter((note) => note.about !== "ask" || !isAnswered(note, range));
  const copied = Math.floor(chars * copiedShare);
  const notes = mergeNotes(earlier, open ? [...fresh, open] : fresh, copied);
  const taken = notes.reduce((sum, note) => sum + note.text.length + 30, 0);
  await toMemory(fresh, parts);
  const text = await textOfRange(range, Math.max(400, chars - taken), {
    ...parts,
    ...(tokensOfRange(range, parts) < keepTokens * worthAsking && { ask: undefined }),
  });
  const from = keptFrom ?? Math.max(standing.keptFrom, entries[0]?.seq ?? 1);
  return { type: "event", event: "compaction", summary: text, keptFrom: from, notes };
}

/** Where the kept end begins: as much as may stay, in whole groups, at a person's words where that costs little. */
function cutSeq({ entries, standing, viewer, tokensOf, keepTokens }: CompactionParts): number | undefined {
  const groups = groupsOf(entries.filter(({ seq }) => seq >= standing.keptFrom));
  let weight = noWeight;
  let cut = groups.length - 1;
  let words: number | undefined;
  for (let at = groups.length - 1; at >= 0; at -= 1) {
    const group = groups[at] as readonly Entry[];
    weight = group.reduce((sum, entry) => addWeight(sum, viewer.weigh(entry, standing.trim)), weight);
    if (at < groups.length - 1 && tokensOf(weight) > keepTokens) break;
    cut = at;
    if (group[0]?.body.type === "user" && tokensOf(weight) >= keepTokens / 2) words = at;
  }
  return groups[words ?? cut]?.[0]?.seq;
}

async function rangeBefore(keptFrom: number, { entries, standing, older }: CompactionParts): Promise<readonly Entry[]> {
  const range: Entry[] = [];
  const begun = entries[0]?.seq ?? keptFrom;
  let after = standing.keptFrom - 1;
  while (after + 1 < begun) {
    const page = (await older(after, pageEntries)).filter(({ seq }) => seq < begun);
    const last = page.at(-1);
    if (!last) break;
    range.push(...page);
    after = last.seq;
  }
  return [...range, ...entries.filter(({ seq }) => seq >= standing.keptFrom && seq < keptFrom)];
}

async function textOfRange(range: readonly Entry[], chars: number, parts: CompactionParts): Promise<string> {
  const { standing, pieceTokens, tokensPerUnit } = parts;
  const { summary = "" } = standing;
  const half = Math.floor(chars * 0.45);
  const earlier = summary.length > chars ? ends(summary, { headChars: half, tailChars: half }) : summary;
  const pieces = piecesOf(range, pieceTokens / tokensPerUnit);
  return summarise(pieces.slice(-mostPieces), earlier || undefined, { ...parts, chars });
}

function tokensOfRange(range: readonly Entry[], { viewer, tokensOf, standing }: CompactionParts): number {
  return tokensOf(range.reduce((sum, entry) => addWeight(sum, viewer.weigh(entry, standing.trim)), noWeight));
}

function sizeOf({ summary = "", notes }: Standing): number {
  return notes.reduce((sum, note) => sum + note.text.length + 30, summary.length);
}

/** A question that was open is answered when a step has ended after it. */
function isAnswered({ seq }: KeptNote, range: readonly Entry[]): boolean {
  return range.some((entry) => entry.seq > seq && entry.body.type === "step" && entry.body.stopReason === "end");
}

/** Sentences about what the person asked to keep. */
function focusNotes(range: readonly Entry[], focus: string | undefined): readonly KeptNote[] {
  const terms = (focus?.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).slice(0, 12);
  if (terms.length === 0) return [];
  return range.flatMap(({ seq, at, body }): KeptNote[] => {
    if (body.type !== "user" && body.type !== "step") return [];
    const text = body.content.flatMap((block) => (block.type === "text" ? [block.text] : [])).join("\n");
    const sentences = text.split(/\n+|(?<=[.!?])\s+/u).filter((line) => line.length < 400);
    return sentences
      .filter((line) => terms.some((term) => line.toLowerCase().includes(term)))
      .map((line) => ({ about: "decision", text: line.trim(), seq, at }));
  });
}

async function toMemory(fresh: readonly KeptNote[], { remember, failed }: CompactionParts): Promise<void> {
  const worth = fresh.filter(({ about }) => about === "instruction" || about === "decision");
  if (!remember || worth.length === 0) return;
  const lines = new Map<string, MemoryLine>();
  for (const { about, text, at, by } of worth) {
    const when = new Date(at).toISOString().slice(0, 16).replace("T", " ");
    const head = about === "instruction" ? "Asked to hold" : "Decided";
    const line = `- ${head} (${[by, when].filter(Boolean).join(", ")}): “${text}”`;
    lines.set(line, { text: line, isSaid: by !== undefined });
  }
  try {
    await remember([...lines.values()]);
  } catch (thrown) {
    // The notes in the log hold the same; a workspace that cannot be written to must not stop the answer.
    failed(toFault(thrown));
  }
}

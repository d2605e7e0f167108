// A part of a log as a record that a model can make notes of, in pieces that fit it. A step and the results of its calls
// are one entry of the record and never stand in two pieces.
import { type Entry, type EntryBody, peerName, textOf } from "@homarus/sdk";
import { ends } from "./trim.ts";
import { weighText } from "./weigh.ts";

const longestWords = { headChars: 2_000, tailChars: 1_000 };
const longestResult = { headChars: 500, tailChars: 400 };
const longestCall = { headChars: 200, tailChars: 100 };

export interface RecordPiece {
  readonly text: string;
  readonly entries: readonly Entry[];
}

/** Pieces of at most `units` each; an entry that alone is larger is cut in its middle. */
export function piecesOf(entries: readonly Entry[], units: number): readonly RecordPiece[] {
  const pieces: { lines: string[]; entries: Entry[]; units: number }[] = [];
  for (const group of groupsOf(entries)) {
    const text = fitting(group.map(lineOf).filter(Boolean).join("\n"), units);
    if (text === "") continue;
    const weight = weighText(text).units;
    const last = pieces.at(-1);
    if (last && last.units + weight <= units) {
      last.lines.push(text);
      last.entries.push(...group);
      last.units += weight;
    } else pieces.push({ lines: [text], entries: [...group], units: weight });
  }
  return pieces.map((piece) => ({ text: piece.lines.join("\n"), entries: piece.entries }));
}

/** What may not be parted: words of a person, or a step with all that its calls led to. */
export function groupsOf(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const begins = entry.body.type === "user" || entry.body.type === "step" || groups.length === 0;
    if (begins) groups.push([entry]);
    else groups.at(-1)?.push(entry);
  }
  return groups;
}

function fitting(text: string, units: number): string {
  const weight = weighText(text).units;
  if (weight <= units) return text;
  const chars = Math.floor((text.length * units) / weight / 2) - 40;
  return ends(text, { headChars: Math.max(50, chars), tailChars: Math.max(50, chars) });
}

function lineOf({ seq, body }: Entry): string {
  if (body.type === "user") return `[${seq} ${speakerOf(body)}] ${ends(textOf(body.content), longestWords)}`;
  if (body.type === "tool-result") {
    const { name, isError, content } = body.result;
    const media = content.filter((block) => block.type !== "text").map((block) => ` [${block.type}]`);
    return `[${seq} ${isError ? "failure" : "result"} of ${name}] ${ends(textOf(content), longestResult)}${media.join("")}`;
  }
  if (body.type !== "step") return "";
  return body.content
    .flatMap((block) => {
      if (block.type === "text" && block.text.trim()) return [`[${seq} agent] ${ends(block.text, longestWords)}`];
      if (block.type !== "tool-call") return [];
      return [`[${seq} agent calls ${block.name}] ${ends(JSON.stringify(block.input), longestCall)}`];
    })
    .join("\n");
}

function speakerOf(body: Extract<EntryBody, { type: "user" }>): string {
  const { from } = body;
  return from ? peerName(from.peer) : "house";
}

/** What stands in for notes when no model could write them: the beginning of what each said, the newest first to stay. */
export function extractOf(entries: readonly Entry[], budgetChars: number): string {
  const lines: string[] = [];
  let left = budgetChars;
  for (const entry of [...entries].reverse()) {
    if (entry.body.type !== "user" && entry.body.type !== "step") continue;
    const text = textOf(entry.body.content).replace(/\s+/g, " ").trim();
    if (text === "") continue;
    const who = entry.body.type === "user" ? speakerOf(entry.body) : "agent";
    const line = `- ${who}: ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`;
    if (line.length > left) break;
    left -= line.length + 1;
    lines.unshift(line);
  }
  return lines.join("\n");
}

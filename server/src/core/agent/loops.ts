// Notices a run that turns in a circle: the same call with the same result again and again, or a few calls in rotation.
import type { Entry, Json } from "@homarus/sdk";

export interface Circle {
  /** Tools that are called in it. */
  readonly tools: readonly string[];
  readonly rounds: number;
}

/** Longest rotation that is looked for. */
const longest = 3;
/** So many of the newest entries are looked at: enough for every round that matters. */
const lookedAt = 80;

/**
 * The circle that the newest calls of a run make, or undefined. A call counts as the same with the same name, arguments
 * and result: waiting for something to change is no circle once it changes.
 */
export function circleIn(own: readonly Entry[]): Circle | undefined {
  const marks = marksOf(own.slice(-lookedAt));
  for (let length = 1; length <= longest; length += 1) {
    const rounds = roundsOf(marks, length);
    if (rounds >= 2) return { tools: [...new Set(marks.slice(-length).map(({ name }) => name))], rounds };
  }
  return undefined;
}

interface CallMark {
  readonly name: string;
  readonly text: string;
}

function marksOf(own: readonly Entry[]): readonly CallMark[] {
  const inputs = new Map<string, string>();
  const marks: CallMark[] = [];
  for (const { body } of own) {
    // What a person says begins a new count.
    if (body.type === "user") marks.length = 0;
    if (body.type === "step")
      for (const block of body.content)
        if (block.type === "tool-call") inputs.set(block.id, block.malformed ?? canonical(block.input));
    if (body.type !== "tool-result") continue;
    const { name, callId, content } = body.result;
    marks.push({ name, text: `${name} ${inputs.get(callId)} ${JSON.stringify(content)}` });
  }
  return marks;
}

function roundsOf(marks: readonly CallMark[], length: number): number {
  const round = (index: number): string =>
    marks
      .slice(marks.length - (index + 1) * length, marks.length - index * length)
      .map(({ text }) => text)
      .join("\n");
  const last = round(0);
  let rounds = 0;
  while ((rounds + 1) * length <= marks.length && round(rounds) === last) rounds += 1;
  return rounds;
}

/** The same whatever the order of its fields. */
function canonical(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === "object" && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

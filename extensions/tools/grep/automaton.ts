// Tries a pattern on a line in time that grows with the line and never explodes: all ways to match are followed at
// once, none is tried after another (Thompson's construction). It tells whether a line fits, not where. Pure.
import { Fault } from "@homarus/sdk";
import type { Pattern, Place } from "./pattern.ts";

type Step =
  | { readonly type: "one"; readonly test: (character: string) => boolean }
  | { readonly type: "place"; readonly place: Place }
  | { readonly type: "fork"; readonly to: readonly number[] }
  | { readonly type: "found" };

/** Counted repetitions are written out, so `(a{100}){100}` would be ten thousand steps. */
const mostSteps = 1000;

/** Throws an `invalid` Fault when the pattern is too large. */
export function createMatcher(pattern: Pattern): (line: string) => boolean {
  const steps: Step[] = [];
  write(pattern, steps);
  steps.push({ type: "found" });
  return (line) => isFound(steps, [...line]);
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= mostSteps)
    throw new Fault("invalid", "grep.pattern-size", "The pattern is too large.", { hint: "Use smaller counts in {}." });
  return steps.push(step) - 1;
}

/** Each step goes on to the one after it, save a fork, which names where it goes. */
function write(pattern: Pattern, steps: Step[]): void {
  if (pattern.type === "one" || pattern.type === "place") push(steps, pattern);
  if (pattern.type === "sequence") for (const item of pattern.items) write(item, steps);
  if (pattern.type === "choice") writeChoice(pattern.items, steps);
  if (pattern.type === "repeat") writeRepeat(pattern, steps);
}

function writeChoice(items: readonly Pattern[], steps: Step[]): void {
  const fork = push(steps, { type: "fork", to: [] });
  const begins: number[] = [];
  const ends: number[] = [];
  for (const item of items) {
    begins.push(steps.length);
    write(item, steps);
    ends.push(push(steps, { type: "fork", to: [] }));
  }
  steps[fork] = { type: "fork", to: begins };
  for (const end of ends) steps[end] = { type: "fork", to: [steps.length] };
}

function writeRepeat({ item, min, max }: Pattern & { type: "repeat" }, steps: Step[]): void {
  for (let count = 0; count < min; count++) write(item, steps);
  if (max === Number.POSITIVE_INFINITY) {
    const fork = push(steps, { type: "fork", to: [] });
    write(item, steps);
    push(steps, { type: "fork", to: [fork] });
    steps[fork] = { type: "fork", to: [fork + 1, steps.length] };
    return;
  }
  const forks: number[] = [];
  for (let count = min; count < max; count++) {
    forks.push(push(steps, { type: "fork", to: [] }));
    write(item, steps);
  }
  for (const fork of forks) steps[fork] = { type: "fork", to: [fork + 1, steps.length] };
}

function isFound(steps: readonly Step[], line: readonly string[]): boolean {
  const marks = new Int32Array(steps.length).fill(-1);
  let present: number[] = [];
  for (let at = 0; at <= line.length; at++) {
    // A match may begin at every place.
    const reached = reach(steps, [...present, 0], { line, at, marks });
    if (reached === "found") return true;
    const character = line[at];
    if (character === undefined) return false;
    present = reached
      .filter((index) => (steps[index] as Step & { type: "one" }).test(character))
      .map((index) => index + 1);
  }
  return false;
}

interface Moment {
  readonly line: readonly string[];
  readonly at: number;
  /** At which place a step was last reached, so that none is followed twice there. */
  readonly marks: Int32Array;
}

/** The steps that take a character, reached from the given ones without taking any. */
function reach(steps: readonly Step[], from: number[], moment: Moment): number[] | "found" {
  const taking: number[] = [];
  for (let index = from.pop(); index !== undefined; index = from.pop()) {
    if (moment.marks[index] === moment.at) continue;
    moment.marks[index] = moment.at;
    const step = steps[index];
    if (step?.type === "found") return "found";
    if (step?.type === "one") taking.push(index);
    if (step?.type === "fork") from.push(...step.to);
    if (step?.type === "place" && isAt(step.place, moment)) from.push(index + 1);
  }
  return taking;
}

function isAt(place: Place, { line, at }: Moment): boolean {
  if (place === "begin") return at === 0;
  if (place === "end") return at === line.length;
  const isEdge = isWord(line[at - 1]) !== isWord(line[at]);
  return place === "word-edge" ? isEdge : !isEdge;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character);
}

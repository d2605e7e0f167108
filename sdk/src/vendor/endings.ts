// How a stream can end that brought no answer: broken off, empty, or refused without a word.
import type { TextBlock } from "../content.ts";
import { Fault } from "../errors.ts";

export function brokenOff(): Fault {
  return new Fault("unavailable", "provider.cut", "The model server broke off in the middle of its answer.");
}

export function emptyAnswer(): Fault {
  return new Fault("unavailable", "provider.empty", "The model gave an empty answer.");
}

/** The vendor's own word that what came out is no answer: another try may well succeed. */
export function malformedAnswer(reason: string): Fault {
  return new Fault("unavailable", "provider.malformed", `The model's answer came out spoiled: ${reason}`);
}

/** A refused step still needs something to show. */
export function refusalNote(reason: string): TextBlock {
  return { type: "text", text: reason.trim() || "The model declined to answer this." };
}

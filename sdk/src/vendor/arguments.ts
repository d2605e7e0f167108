// A tool call's arguments as the model wrote them: an object, or none and the raw text kept for the model to see.
import type { Json } from "../content.ts";

/** `isCut`: the tokens ran out here. Then no arguments are not a call without any, but one whose arguments never came. */
export function parsedArguments(raw: string, isCut = false): { readonly input: Json; readonly malformed?: string } {
  if (raw.trim() === "") return isCut ? { input: {}, malformed: raw } : { input: {} };
  try {
    const value = JSON.parse(raw) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { input: value };
  } catch {
    // Not JSON: models do that, and the answer to it is the same as to JSON that is no object.
  }
  return { input: {}, malformed: raw };
}

// A tool call's arguments as the model wrote them: an object, or none and the raw text kept for the model to see.
import type { Json } from "../content.ts";

export function parsedArguments(raw: string): { readonly input: Json; readonly malformed?: string } {
  if (raw.trim() === "") return { input: {} };
  try {
    const value = JSON.parse(raw) as Json;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { input: value };
  } catch {
    // Not JSON: models do that, and the answer to it is the same as to JSON that is no object.
  }
  return { input: {}, malformed: raw };
}

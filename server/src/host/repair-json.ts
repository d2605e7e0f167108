// Mends JSON that was written almost right: quotes, commas, comments, words for true and false.
import type { Json } from "@homarus/sdk";
import { jsonrepair } from "jsonrepair";

/** Undefined where nothing sensible comes of it. */
export function repairJson(text: string): Json | undefined {
  try {
    return JSON.parse(jsonrepair(text)) as Json;
  } catch {
    // Not JSON by any reading: the caller takes it for words.
    return undefined;
  }
}

// What the house itself says to the model stands between marks, and nobody else's words can carry them.
import type { TextBlock } from "@homarus/sdk";

export function houseBlock(text: string): TextBlock {
  return { type: "text", text: `<house>\n${unmarked(text)}\n</house>`, house: true };
}

/** The same text, its marks made harmless. */
export function unmarked(text: string): string {
  return text.replace(/<(\/?)(house)\b/gi, "<$1_$2");
}

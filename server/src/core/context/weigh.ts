// What text weighs before a model has counted it: units in which one letter of plain English is one. Scripts that cost
// more tokens a character weigh more, so that one learnt number serves them all. Media cost tokens of their own.
import type { MediaBlock, StepBlock, ToolResultBlock, UserBlock } from "@homarus/sdk";

export interface Weight {
  readonly units: number;
  /** Characters, as an owner counts them. */
  readonly chars: number;
  /** Tokens of pictures and the like. */
  readonly media: number;
}

export const noWeight: Weight = { units: 0, chars: 0, media: 0 };

export function addWeight(a: Weight, b: Weight): Weight {
  return { units: a.units + b.units, chars: a.chars + b.chars, media: a.media + b.media };
}

/** Tokens, on the large side of what vendors document: a picture of a megapixel, a minute of speech, a short document. */
const mediaTokens: Readonly<Record<MediaBlock["type"], number>> = { image: 1_600, audio: 2_000, file: 8_000 };

/** What a block costs around its text. */
const frame = 12;

export function weighText(text: string): Weight {
  return { units: unitsOf(text), chars: text.length, media: 0 };
}

export function weighBlocks(blocks: readonly (UserBlock | StepBlock | ToolResultBlock)[]): Weight {
  return blocks.reduce((sum, block) => addWeight(sum, weighBlock(block)), noWeight);
}

function weighBlock(block: UserBlock | StepBlock | ToolResultBlock): Weight {
  switch (block.type) {
    case "text":
      return framed(weighText(block.text));
    case "thinking":
      // A signature is as long as it is, and vendors count the reasoning behind it.
      return framed(
        weighText(block.text.length > (block.signature?.length ?? 0) ? block.text : (block.signature ?? "")),
      );
    case "tool-call":
      return framed(weighText(`${block.name}${block.malformed ?? JSON.stringify(block.input)}`));
    case "tool-result":
      return framed(weighBlocks(block.content));
    default:
      return { units: frame, chars: frame, media: mediaTokens[block.type] };
  }
}

function framed(weight: Weight): Weight {
  return { ...weight, units: weight.units + frame };
}

/** A run of letters and digits this long is no word: keys, hashes and base64 make a token of two characters. */
const longRun = 32;
const longRunExtra = 1.2;

function unitsOf(text: string): number {
  let units = 0;
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isWordPart(code)) run += 1;
    else {
      if (run >= longRun) units += run * longRunExtra;
      run = 0;
    }
    units += unitOf(code);
  }
  return run >= longRun ? units + run * longRunExtra : units;
}

function isWordPart(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 65 && code <= 90) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 47
  );
}

function unitOf(code: number): number {
  if (code < 0x80) return code >= 48 && code <= 57 ? 1.5 : 1;
  if (code < 0x250) return 1.6;
  if (code < 0x2000) return 2;
  if (code < 0x2e80) return 2.5;
  // Scripts of East Asia, and the halves of pairs that emoji and rare signs are written with.
  return 3.6;
}

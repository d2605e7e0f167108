// What a message or a model's step is made of: typed blocks, the same for each channel and each provider.

/** Anything JSON can carry. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  /** A provider's own data for this block, replayed only to the same provider and model. */
  readonly vendor?: Json;
  /** The house says this, and not the person in whose turn it stands. */
  readonly house?: true;
}

/** Bytes that travel with a message. `data` is base64 without a prefix. */
export interface MediaBlock {
  readonly type: "image" | "audio" | "file";
  /** RFC 6838 media type, for example `image/png`. */
  readonly mediaType: string;
  readonly data: string;
  readonly name?: string;
}

/** A model's reasoning. Kept with its signature because vendors refuse a tool turn whose reasoning was altered. */
export interface ThinkingBlock {
  readonly type: "thinking";
  /** May be empty where the vendor hides the reasoning. */
  readonly text: string;
  readonly signature?: string;
  readonly vendor?: Json;
}

/** The model asks for a tool. `id` is unique within the session. */
export interface ToolCallBlock {
  readonly type: "tool-call";
  readonly id: string;
  readonly name: string;
  /** Parsed arguments; `{}` where they were not valid JSON, and then `malformed` holds the raw text. */
  readonly input: Json;
  readonly malformed?: string;
  readonly vendor?: Json;
}

export interface ToolResultBlock {
  readonly type: "tool-result";
  readonly callId: string;
  readonly name: string;
  readonly content: readonly (TextBlock | MediaBlock)[];
  readonly isError: boolean;
  /** The house's proof that the call was made and gave this. */
  readonly receipt?: CallReceipt;
}

export interface CallReceipt {
  /** Which key it was made with. */
  readonly key: string;
  /** HMAC-SHA256 over the call, its arguments and its result, hex. */
  readonly mac: string;
}

export type UserBlock = TextBlock | MediaBlock;
export type StepBlock = TextBlock | ThinkingBlock | ToolCallBlock;

/** The text of blocks, joined; everything else is left out. */
export function textOf(blocks: readonly { readonly type: string }[]): string {
  let text = "";
  for (const block of blocks) if (block.type === "text") text += (block as TextBlock).text;
  return text;
}

/** The tool calls among blocks, in order. */
export function toolCallsOf(blocks: readonly StepBlock[]): readonly ToolCallBlock[] {
  return blocks.filter((block): block is ToolCallBlock => block.type === "tool-call");
}

// What a message holds, in parts of Chat Completions: what the model does not take is told in words.
import { type MediaBlock, type ModelInfo, mediaNote, type TextBlock } from "@homarus/sdk";
import type OpenAI from "openai";

type Part = OpenAI.Chat.ChatCompletionContentPart;

/** Whether the model is shown the block itself; never true of text. */
export type Takes = (block: TextBlock | MediaBlock) => boolean;

const pictures = /^image\/(?:png|jpe?g|gif|webp)$/;
/** The two formats of sound that this API has names for. */
const sounds: Readonly<Record<string, "mp3" | "wav">> = {
  ...{ "audio/mpeg": "mp3", "audio/mp3": "mp3" },
  ...{ "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav" },
};

/** By what is known of the model; one that nobody knows is shown pictures, and told of the rest. */
export function takenBy(model: string, known: readonly ModelInfo[]): Takes {
  const input = known.find((item) => item.id === model)?.input ?? ["text", "image"];
  return (block) => {
    if (block.type === "text" || !input.includes(block.type)) return false;
    if (block.type === "image") return pictures.test(block.mediaType);
    return block.type === "audio" ? block.mediaType in sounds : block.mediaType === "application/pdf";
  };
}

/** Plain text where there is nothing else: not every server takes parts. */
export function contentOf(content: readonly (TextBlock | MediaBlock)[], takes: Takes): string | Part[] {
  if (content.some(takes)) return content.map((block) => partOf(block, takes));
  return content.map((block) => (block.type === "text" ? block.text : mediaNote(block))).join("\n\n");
}

/** In a tool's result; what is shown follows in the next message. */
export function resultText(block: TextBlock | MediaBlock, takes: Takes): string {
  if (block.type === "text") return block.text;
  if (!takes(block)) return mediaNote(block);
  return block.type === "image" ? "[The picture follows in the next message.]" : "[It follows in the next message.]";
}

function partOf(block: TextBlock | MediaBlock, takes: Takes): Part {
  if (block.type === "text") return { type: "text", text: block.text };
  if (!takes(block)) return { type: "text", text: mediaNote(block) };
  if (block.type === "audio")
    return { type: "input_audio", input_audio: { data: block.data, format: sounds[block.mediaType] ?? "wav" } };
  const url = `data:${block.mediaType};base64,${block.data}`;
  if (block.type === "image") return { type: "image_url", image_url: { url } };
  return { type: "file", file: { filename: block.name ?? "document.pdf", file_data: url } };
}

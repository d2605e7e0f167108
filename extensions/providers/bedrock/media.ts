// What a message holds besides text, in blocks of the Converse API: pictures and documents by the names it has for them;
// what it has no name for is told in words.
import type { ToolResultContentBlock } from "@aws-sdk/client-bedrock-runtime";
import { type MediaBlock, type ModelInfo, mediaNote, type TextBlock } from "@homarus/sdk";

export const placeholder = "[A document is attached.]";

/** The blocks that a message and a tool's result have in common. */
type Shown = Pick<ToolResultContentBlock.TextMember, "text"> | ToolResultContentBlock;

const pictures = { "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp" } as const;

const documents = {
  ...({ "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt" } as const),
  ...({ "text/markdown": "md", "application/msword": "doc", "application/vnd.ms-excel": "xls" } as const),
  ...({
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
  } as const),
};

/** A model that nobody knows is shown pictures, and told of the rest. */
export function mediaOf(block: TextBlock | MediaBlock, index: number, known: ModelInfo | undefined): Shown {
  if (block.type === "text") return { text: block.text };
  const input = known?.input ?? ["text", "image"];
  const picture = input.includes("image") ? pictures[block.mediaType as keyof typeof pictures] : undefined;
  if (picture) return { image: { format: picture, source: { bytes: bytesOf(block) } } };
  const document = input.includes("file") ? documents[block.mediaType as keyof typeof documents] : undefined;
  if (!document) return { text: mediaNote(block) };
  return { document: { format: document, name: nameOf(block, index), source: { bytes: bytesOf(block) } } };
}

function bytesOf({ data }: MediaBlock): Uint8Array {
  return Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
}

/** Letters, digits, single spaces, dashes and brackets; anything else is refused. No two of a message are the same. */
function nameOf({ name = "document" }: MediaBlock, index: number): string {
  const plain = name.replace(/\.[a-z0-9]+$/i, "").replace(/[^a-zA-Z0-9()[\]-]+/g, " ");
  return `${plain.trim().slice(0, 100) || "document"} ${index + 1}`;
}

// A server's answer as what the house keeps: text and media, each within bounds.
import type { MediaBlock, TextBlock, ToolOutput } from "@homarus/sdk";
import type { CallToolResult } from "@modelcontextprotocol/client";

const mostTextCharacters = 100_000;
const mostMediaCharacters = 8_000_000;
const mostBlocks = 100;

type Block = TextBlock | MediaBlock;
type Item = CallToolResult["content"][number];

export function outputOf(result: CallToolResult): ToolOutput {
  const items = result.content ?? [];
  const blocks = items.slice(0, mostBlocks).map(blockOf);
  const left = items.length - blocks.length;
  const structured = result.structuredContent;
  // Servers are to say the same as text; where one does not, the structure is all there is.
  if (structured !== undefined && !blocks.some(({ type }) => type === "text"))
    blocks.push(text(JSON.stringify(structured)));
  if (left > 0) blocks.push(text(`[${left} more parts were left out]`));
  if (blocks.length === 0) blocks.push(text("(no content)"));
  return { content: bounded(blocks), ...(result.isError === true && { isError: true }) };
}

function blockOf(item: Item): Block {
  switch (item.type) {
    case "text":
      return text(item.text);
    case "image":
    case "audio":
      return { type: item.type, mediaType: item.mimeType, data: item.data };
    case "resource_link":
      return text(`[${item.name}: ${item.uri}${item.description ? `, ${item.description}` : ""}]`);
    case "resource":
      return resourceOf(item.resource);
    default:
      return text(`[a part of the kind ${JSON.stringify((item as { type?: unknown }).type)} cannot be shown]`);
  }
}

function resourceOf(resource: Extract<Item, { type: "resource" }>["resource"]): Block {
  if ("text" in resource) return text(`[${resource.uri}]\n${resource.text}`);
  const mediaType = resource.mimeType ?? "application/octet-stream";
  const type = mediaType.startsWith("image/") ? "image" : mediaType.startsWith("audio/") ? "audio" : "file";
  return { type, mediaType, data: resource.blob, name: nameOf(resource.uri) };
}

const nameOf = (uri: string): string => uri.split(/[?#]/)[0]?.split("/").pop()?.slice(0, 100) || "resource";

const text = (words: string): TextBlock => ({ type: "text", text: words });

/** All texts together and all media together stay within their bounds; what does not is named. */
function bounded(blocks: readonly Block[]): readonly Block[] {
  let characters = mostTextCharacters;
  let media = mostMediaCharacters;
  return blocks.map((block) => {
    if (block.type === "text") {
      const kept = block.text.slice(0, characters);
      characters -= kept.length;
      if (kept.length === block.text.length) return block;
      return text(`${kept}\n[${block.text.length - kept.length} characters left out]`);
    }
    if (block.data.length > media) return text(`[${block.mediaType} of ${block.data.length} characters left out]`);
    media -= block.data.length;
    return block;
  });
}

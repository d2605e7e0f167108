// The house's blocks as blocks of the protocol. Pure.
import type { MediaBlock, TextBlock } from "@homarus/sdk";
import type { ContentBlock } from "@modelcontextprotocol/server";

export function contentOf(blocks: readonly (TextBlock | MediaBlock)[]): ContentBlock[] {
  return blocks.map(blockOf);
}

function blockOf(block: TextBlock | MediaBlock, index: number): ContentBlock {
  if (block.type === "text") return { type: "text", text: block.text };
  const { mediaType: mimeType, data, name = `file-${index + 1}` } = block;
  if (block.type !== "file") return { type: block.type, data, mimeType };
  return { type: "resource", resource: { uri: `homarus://result/${encodeURIComponent(name)}`, mimeType, blob: data } };
}

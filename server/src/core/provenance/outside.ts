// Text of strangers on its way to the model: framed, so that it can be told from what the owner and the house say. The
// system prompt says what the frames mean.
import type { MediaBlock, TextBlock } from "@homarus/sdk";

/** Frames the texts of a result. `id` must be new for each result: what is inside cannot know it. */
export function framed(
  content: readonly (TextBlock | MediaBlock)[],
  what: string,
  id: string,
): readonly (TextBlock | MediaBlock)[] {
  const short = id.replaceAll(/[^a-z0-9]/gi, "").slice(0, 12);
  return content.map((block) =>
    block.type === "text" && block.text.trim() !== ""
      ? {
          ...block,
          text: `[outside text from ${oneLine(what)}, ${short}]\n${defused(block.text)}\n[end of outside text ${short}]`,
        }
      : block,
  );
}

/** Frames that a stranger wrote are no frames. */
function defused(text: string): string {
  return text.replaceAll(/\[(\s*(?:end\s+of\s+)?outside\s+text)/gi, "($1");
}

function oneLine(text: string): string {
  return text.replaceAll(/[\s[\]]+/g, " ").slice(0, 120);
}

// Closes what a text that is still streaming has left open, so that half a word of Markdown does not flicker. Works on
// the last block only; an open code block needs nothing, as the parser takes it to the end.

/** The text with half-written marks of its last block closed, and half a link shown as its words. */
export function heal(partial: string): string {
  if (isInFence(partial)) return partial;
  const start = partial.lastIndexOf("\n\n") + 1;
  return partial.slice(0, start) + closeMarks(withoutHalfLink(partial.slice(start)));
}

function isInFence(text: string): boolean {
  let open: string | undefined;
  for (const [, mark = ""] of text.matchAll(/^ {0,3}(?:>\s?|[-*+]\s+|\d+[.)]\s+)*(`{3,}|~{3,})/gm)) {
    if (open === undefined) open = mark;
    else if (mark.startsWith(open)) open = undefined;
  }
  return open !== undefined;
}

function withoutHalfLink(block: string): string {
  return block.replace(/!?\[([^[\]]*)\]\([^()\s]*$/, "$1").replace(/!\[[^[\]]*$/, "");
}

/** Code spans, then the marks of emphasis; an escaped sign is none. */
const marks = /\\[\s\S]|`+|\*{1,3}|_{1,3}|~~/g;

function closeMarks(block: string): string {
  const open: string[] = [];
  for (const { 0: mark, index } of block.matchAll(marks)) {
    const top = open.at(-1);
    if (mark === top) open.pop();
    else if (!top?.startsWith("`") && opens(block, mark, index)) open.push(mark);
  }
  const last = open.at(-1);
  if (last !== undefined && block.endsWith(last)) return closeMarks(block.slice(0, -last.length));
  return block.trimEnd() + open.reverse().join("") + block.slice(block.trimEnd().length);
}

/** A mark with a space behind it is a bullet or a plain sign; a low line inside a word belongs to the word. */
function opens(block: string, mark: string, index: number): boolean {
  if (mark.startsWith("\\")) return false;
  if (mark.startsWith("`")) return true;
  const [before, after] = [block[index - 1] ?? " ", block[index + mark.length]];
  if (after !== undefined && /\s/.test(after)) return false;
  return !(mark.startsWith("_") && /\w/.test(before));
}

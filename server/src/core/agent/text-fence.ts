// Splits a streamed text into words for the person and blocks that hold a tool call: a fence (```tool, ```json), a pair
// of <tool_call> tags, or an answer that is JSON from its first character on. What may become a block is held back.

/** Words for the person, or a whole block: `inner` is what stands between its marks, `raw` includes them. */
export type Segment = { readonly text: string } | { readonly inner: string; readonly raw: string };

export interface FenceFilter {
  /** What is certain by now, in order. */
  take(text: string): readonly Segment[];
  /** The rest; call once. A block that was never closed was cut off, and is words. */
  end(): readonly Segment[];
}

interface Mark {
  readonly open: RegExp;
  readonly close: string;
}

const marks: readonly Mark[] = [
  { open: /```(?:tool|tool_call|json)[ \t]*\n/, close: "```" },
  { open: /<tool_call>/, close: "</tool_call>" },
];

/** What could still become an opening mark at the end of the text so far. */
const beginning = /(?:`{1,3}[a-z_]{0,9}[ \t]*|<(?:t(?:o(?:o(?:l(?:_(?:c(?:a(?:l(?:l)?)?)?)?)?)?)?)?)?)$/;

export function createFenceFilter(): FenceFilter {
  let pending = "";
  let opened: { readonly mark: Mark; readonly sign: string } | undefined;
  let isBare: boolean | undefined;

  const closed = (): Segment | undefined => {
    const { mark, sign } = opened as { mark: Mark; sign: string };
    const end = pending.indexOf(mark.close);
    if (end < 0) return undefined;
    const inner = pending.slice(0, end);
    pending = pending.slice(end + mark.close.length);
    opened = undefined;
    return { inner: inner.trim(), raw: `${sign}${inner}${mark.close}` };
  };
  const next = (): Segment | undefined => {
    if (opened) return closed();
    const first = firstMark(pending);
    const end = first?.at ?? beginning.exec(pending)?.index ?? pending.length;
    const text = pending.slice(0, end);
    if (first) opened = first;
    pending = pending.slice(end + (first?.sign.length ?? 0));
    return text === "" && !first ? undefined : { text };
  };

  return {
    take(text) {
      pending += text;
      if (pending.trim() !== "") isBare ??= /^\s*[{[]/.test(pending);
      // Bare JSON is judged once it is whole.
      if (isBare !== false) return [];
      const segments: Segment[] = [];
      for (let segment = next(); segment; segment = next()) segments.push(segment);
      return segments;
    },
    end() {
      const rest = (opened?.sign ?? "") + pending;
      return isBare && !opened ? [{ inner: rest.trim(), raw: rest }] : [{ text: rest }];
    },
  };
}

function firstMark(text: string): { readonly mark: Mark; readonly at: number; readonly sign: string } | undefined {
  const found = marks.flatMap((mark) => {
    const match = mark.open.exec(text);
    return match ? [{ mark, at: match.index, sign: match[0] }] : [];
  });
  return found.sort((a, b) => a.at - b.at)[0];
}

// Lines of a stream of bytes. One that is too long is given as far as it was kept, so that its end is found and the next
// one is read.

export interface Line {
  readonly text: string;
  readonly isCut: boolean;
}

export async function* linesOf(input: AsyncIterable<Uint8Array>, longest: number): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let text = "";
  let isCut = false;
  for await (const bytes of input) {
    const [first = "", ...more] = decoder.decode(bytes, { stream: true }).split("\n");
    for (const part of [first, ...more.map((line) => `\n${line}`)]) {
      if (part.startsWith("\n")) {
        yield { text: text.replace(/\r$/, ""), isCut };
        text = "";
        isCut = false;
      }
      const fresh = part.replace(/^\n/, "");
      isCut ||= text.length + fresh.length > longest;
      if (!isCut) text += fresh;
    }
  }
  if (text.trim() !== "") yield { text, isCut };
}

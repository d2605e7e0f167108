// Holds a stream of JSON lines to its format. The library prints a line it cannot read to the console, with what the person
// or the model said in it, and goes on as if nothing had been lost.
import type { Fetch } from "@homarus/sdk";

/** As the given fetch; the body of a stream of lines breaks at the first that is not JSON, with a SyntaxError. */
export function readableLines(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isPlain = /application\/json/i.test(response.headers.get("content-type") ?? "");
    if (!response.body || isPlain || new URL(response.url || String(input)).pathname !== "/api/chat") return response;
    const { status, headers } = response;
    return new Response(response.body.pipeThrough(lineCheck()), { status, headers });
  };
}

/** Passes whole lines on, and drops those that are empty. */
function lineCheck(): TransformStream<Uint8Array, Uint8Array> {
  const [decoder, encoder] = [new TextDecoder(), new TextEncoder()];
  let rest = "";
  const pass = (line: string, to: TransformStreamDefaultController<Uint8Array>) => {
    if (line.trim() === "") return;
    try {
      JSON.parse(line);
    } catch {
      // The line itself is not told: it holds the conversation.
      throw new SyntaxError("a line of its answer is not JSON");
    }
    to.enqueue(encoder.encode(`${line}\n`));
  };
  return new TransformStream({
    transform(chunk, to) {
      const lines = `${rest}${decoder.decode(chunk, { stream: true })}`.split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) pass(line, to);
    },
    flush: (to) => pass(rest, to),
  });
}

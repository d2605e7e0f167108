// A remote model (OpenAI's chat completions, streamed) that can be held after the first word of its answer until the
// test lets it go on: no clock decides what a client sees of it.

export interface HeldModel extends AsyncDisposable {
  readonly url: string;
  /** Answers that begin from now on stop after their first word, until `release`. */
  hold(): void;
  release(): void;
}

export const heldReply = "These words are the whole answer.";

export function openHeldModel(): HeldModel {
  let gate: PromiseWithResolvers<void> | undefined;
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1", idleTimeout: 120 },
    fetch(request) {
      if (request.method === "GET") return Response.json({ object: "list", data: [{ id: "held", object: "model" }] });
      const held = gate?.promise;
      return new Response(
        streamed(async () => held, request.signal),
        {
          headers: { "content-type": "text/event-stream" },
        },
      );
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    hold() {
      gate = Promise.withResolvers();
    },
    release() {
      gate?.resolve();
      gate = undefined;
    },
    async [Symbol.asyncDispose]() {
      gate?.resolve();
      await server.stop(true);
    },
  };
}

const frame = { id: "x", object: "chat.completion.chunk", created: 1, model: "held" };
const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };

function streamed(gate: () => Promise<void>, signal: AbortSignal): ReadableStream<Uint8Array> {
  const encode = (part: object) => new TextEncoder().encode(`data: ${JSON.stringify({ ...frame, ...part })}\n\n`);
  const says = (content: string) => encode({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  const [first = "", ...rest] = heldReply.split(/(?<= )/);
  return new ReadableStream({
    async start(controller) {
      controller.enqueue(says(first));
      await gate();
      if (signal.aborted) return;
      for (const word of rest) controller.enqueue(says(word));
      controller.enqueue(encode({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
      controller.enqueue(encode({ choices: [], usage }));
      controller.enqueue(new TextEncoder().encode("data: [DONE]\n\n"));
      controller.close();
    },
  });
}

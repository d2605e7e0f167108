// A remote model server (OpenAI's chat completions, streamed). What it says follows from the messages it is sent.

export interface RemoteModel extends AsyncDisposable {
  readonly url: string;
  requests(): number;
  /** Ms between two pieces of a stream. */
  paceMs: number;
  /** Streams stop before their last piece until `release`: a run that lasts as long as a test needs it. */
  hold(): void;
  release(): void;
}

export interface WireMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string }[];
}

export interface Step {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

export function textOf(message: WireMessage): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => part.text ?? "").join("\n");
}

/** `piecesOf`: how its words come; by default one at a time. */
export function openChatServer(
  nextStep: (messages: readonly WireMessage[]) => Step,
  piecesOf: (text: string) => readonly string[] = (text) => text.split(/(?<= )/),
): RemoteModel {
  let count = 0;
  const model = { paceMs: 3 };
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path.endsWith("/models"))
        return Response.json({ object: "list", data: [{ id: "scripted", object: "model" }] });
      count += 1;
      const { messages, stream } = (await request.json()) as { messages: readonly WireMessage[]; stream?: boolean };
      const step = nextStep(messages);
      if (!stream) return Response.json(whole(step));
      return new Response(
        streamed(step, { piecesOf, pace: () => model.paceMs, gate: gate.promise, signal: request.signal }),
        {
          headers: { "content-type": "text/event-stream" },
        },
      );
    },
  });
  return Object.assign(model, {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests: () => count,
    hold() {
      gate = Promise.withResolvers();
    },
    release: () => gate.resolve(),
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  });
}

const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 };

function whole(step: Step) {
  const calls = step.calls.map((call) => ({
    id: call.id,
    type: "function",
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = { role: "assistant", content: step.text, ...(calls.length ? { tool_calls: calls } : {}) };
  return {
    id: "x",
    object: "chat.completion",
    created: 1,
    model: "scripted",
    choices: [{ index: 0, message, finish_reason: calls.length ? "tool_calls" : "stop" }],
    usage,
  };
}

interface Pacing {
  piecesOf(text: string): readonly string[];
  pace(): number;
  readonly gate: Promise<void>;
  readonly signal: AbortSignal;
}

function streamed(step: Step, { piecesOf, pace, gate, signal }: Pacing): ReadableStream<Uint8Array> {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const pieces = [
    chunk({ role: "assistant", content: "" }),
    ...piecesOf(step.text).map((word) => chunk({ content: word })),
    ...step.calls.flatMap((call, index) => [
      chunk({ tool_calls: [{ index, id: call.id, type: "function", function: { name: call.name, arguments: "" } }] }),
      ...(call.arguments.match(/.{1,12}/gs) ?? []).map((part) =>
        chunk({ tool_calls: [{ index, function: { arguments: part } }] }),
      ),
    ]),
    chunk({}, step.calls.length ? "tool_calls" : "stop"),
    `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [], usage })}\n\n`,
    "data: [DONE]\n\n",
  ];
  const encoder = new TextEncoder();
  return new ReadableStream({
    async start(controller) {
      for (const [index, piece] of pieces.entries()) {
        if (index === pieces.length - 3) await gate;
        if (signal.aborted) return;
        controller.enqueue(encoder.encode(piece));
        if (pace() > 0) await new Promise((resolve) => setTimeout(resolve, pace()));
      }
      controller.close();
    },
  });
}

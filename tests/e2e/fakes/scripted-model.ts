// A remote model server (OpenAI's chat completions, streamed) that works through jobs named in the conversation.
// "job 7 needs 3" makes it call a tool three times, then say "done 7"; "job 7 needs 0 says 90" adds ninety words to that.
// It knows nothing but what the request tells it.

export interface ScriptedModel extends AsyncDisposable {
  readonly url: string;
  requests(): number;
  /** Ms between two pieces of a stream. */
  paceMs: number;
}

interface WireMessage {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id: string }[];
}

interface Job {
  readonly id: string;
  readonly needs: number;
  readonly says: number;
}

export function openScriptedModel(): ScriptedModel {
  let count = 0;
  const model = { paceMs: 3 };
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
        streamed(step, () => model.paceMs, request.signal),
        { headers: { "content-type": "text/event-stream" } },
      );
    },
  });
  return Object.assign(model, {
    url: `http://127.0.0.1:${server.port}/v1`,
    requests: () => count,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
    },
  });
}

interface Step {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
}

function textOf(message: WireMessage): string {
  if (typeof message.content === "string") return message.content;
  return (message.content ?? []).map((part) => part.text ?? "").join("\n");
}

/** Jobs since the model last said that it is done, and the first call of theirs that has no answer yet. */
function nextStep(messages: readonly WireMessage[]): Step {
  const since = messages.findLastIndex((message) => message.role === "assistant" && !message.tool_calls?.length);
  const recent = messages.slice(since + 1);
  const jobs = recent.filter((message) => message.role === "user").flatMap((message) => jobsIn(textOf(message)));
  const answered = new Set(messages.map((message) => message.tool_call_id));
  for (const job of jobs) {
    const missing = Array.from({ length: job.needs }, (_, index) => `call-${job.id}-${index}`).filter(
      (id) => !answered.has(id),
    );
    // Two at a time where there are two, so that calls that stand side by side are tried too.
    if (missing.length > 0) return { text: `Working on ${job.id}. `, calls: missing.slice(0, 2).map(callOf) };
  }
  const says = jobs.reduce((sum, job) => sum + job.says, 0);
  const talk = Array.from({ length: says }, (_, index) => ` word${index}`).join("");
  return { text: jobs.length > 0 ? `done ${jobs.map((job) => job.id).join(" ")}${talk}` : "nothing to do", calls: [] };
}

function jobsIn(text: string): Job[] {
  return [...text.matchAll(/job (\w+) needs (\d+)(?: says (\d+))?/g)].map(([, id = "", needs = "0", says = "0"]) => ({
    ...{ id, needs: Number(needs), says: Number(says) },
  }));
}

/** The tool counts its own runs: a line in a file of the workspace for each. */
function callOf(id: string): Step["calls"][number] {
  const isCommand = id.endsWith("1");
  const input = isCommand
    ? { command: `echo run >> ran-${id}` }
    : { path: `ran-${id}`, content: "run\n", append: true };
  return { id, name: isCommand ? "exec" : "write", arguments: JSON.stringify(input) };
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

function streamed(step: Step, pace: () => number, signal: AbortSignal): ReadableStream<Uint8Array> {
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: "x", object: "chat.completion.chunk", created: 1, model: "scripted", choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const pieces = [
    chunk({ role: "assistant", content: "" }),
    ...step.text.split(/(?<= )/).map((word) => chunk({ content: word })),
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
      for (const piece of pieces) {
        if (signal.aborted) return;
        controller.enqueue(encoder.encode(piece));
        if (pace() > 0) await new Promise((resolve) => setTimeout(resolve, pace()));
      }
      controller.close();
    },
  });
}

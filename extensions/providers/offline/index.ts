// The offline demonstration: streams, reasons and calls real tools for a few plain requests. It is no language model.
import {
  type Activate,
  type Clock,
  Fault,
  type ModelRequest,
  type ModelTurn,
  type Provider,
  type ProviderEvent,
  type StepBlock,
  textOf,
  type Usage,
} from "@homarus/sdk";
import type manifest from "./manifest.ts";
import { introduction, label, type Plan, planFor } from "./requests.ts";

export const activate: Activate<typeof manifest> = ({ config, clock }): Provider => ({
  async *stream(request, signal) {
    try {
      yield* answer(request, (text) => paced(text, { clock, paceMs: config.paceMs, signal }));
    } catch {
      // The only thing that can fail here is the wait between two words, and only by being stopped.
      yield { type: "fault", fault: new Fault("aborted", "offline.aborted", "The answer was stopped.").toJSON() };
    }
  },
});

type Pacing = { readonly clock: Clock; readonly paceMs: number; readonly signal: AbortSignal };

async function* paced(text: string, pacing: Pacing): AsyncGenerator<string> {
  for (const word of text.split(/(?<=\s)/)) {
    if (pacing.signal.aborted || pacing.paceMs > 0)
      await pacing.clock.sleep(pacing.clock.now() + pacing.paceMs, pacing.signal);
    yield word;
  }
}

type Say = (text: string) => AsyncGenerator<string>;

async function* answer(request: ModelRequest, say: Say): AsyncGenerator<ProviderEvent> {
  const last = request.turns.at(-1);
  // What the house adds to a message is for models that can read.
  const said = last?.type === "user" ? last.content.filter((block) => block.type !== "text" || !block.house) : [];
  const asked = textOf(said);
  const plan = last?.type === "user" ? planFor(asked) : undefined;
  if (plan && request.tools.some((tool) => tool.name === plan.tool)) {
    yield* callTool(plan, request, say);
    return;
  }
  const text =
    last?.type === "tool"
      ? report(last)
      : plan
        ? `${label} The tool ${plan.tool} is not allowed here.`
        : introduction(asked);
  for await (const word of say(text)) yield { type: "text-delta", text: word };
  yield stepEnd(request, [{ type: "text", text }], "end");
}

async function* callTool(plan: Plan, request: ModelRequest, say: Say): AsyncGenerator<ProviderEvent> {
  for await (const text of say(plan.thought)) yield { type: "thinking-delta", text };
  const call = { type: "tool-call" as const, id: `offline-${crypto.randomUUID()}`, name: plan.tool, input: plan.input };
  yield { type: "tool-call-start", id: call.id, name: call.name };
  yield stepEnd(request, [{ type: "thinking", text: plan.thought }, call], "tool-calls");
}

function stepEnd(
  request: ModelRequest,
  content: readonly StepBlock[],
  stopReason: "end" | "tool-calls",
): ProviderEvent {
  return { type: "step-end", content, stopReason, usage: roughUsage(request, content) };
}

/** What the tools gave, told plainly. */
function report(turn: Extract<ModelTurn, { type: "tool" }>): string {
  const parts = turn.results.map((result) => {
    const text = textOf(result.content).trim().slice(0, 1_500);
    if (result.isError) return `The tool \`${result.name}\` did not work: ${text}`;
    return `I called \`${result.name}\`. It says:\n\n\`\`\`\n${text || "(nothing)"}\n\`\`\``;
  });
  return `${parts.join("\n\n")}\n\n${label}`;
}

/** Four characters a token: there is no tokenizer to ask. */
function roughUsage(request: ModelRequest, content: readonly StepBlock[]): Usage {
  const input = Math.ceil(
    (request.system.stable.length + request.system.volatile.length + JSON.stringify(request.turns).length) / 4,
  );
  return { input, output: Math.ceil(JSON.stringify(content).length / 4), cacheRead: 0, cacheWrite: 0 };
}

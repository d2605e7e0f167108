// A Provider that says what a script tells it, and remembers what it was asked.
import type { Json, StepBlock } from "../content.ts";
import { Fault, type FaultData } from "../errors.ts";
import type { ModelRequest, Provider, ProviderEvent } from "../ports/provider.ts";
import type { Usage } from "../session.ts";

export type ScriptedStep =
  | { readonly text: string; readonly thinking?: string }
  | {
      readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Json }[];
      readonly text?: string;
    }
  | { readonly fault: FaultData | Fault; readonly partial?: string }
  /** Streams its text and then waits until the signal fires. */
  | { readonly hang: string };

export interface ScriptedProvider extends Provider {
  readonly requests: ModelRequest[];
}

const usage: Usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 };

/** Steps are given in order; a function answers each request by itself. The last step of a list repeats. */
export function createScriptedProvider(
  script: readonly ScriptedStep[] | ((request: ModelRequest, call: number) => ScriptedStep),
): ScriptedProvider {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async *stream(request, signal) {
      requests.push(structuredClone(request));
      const call = requests.length;
      const step =
        typeof script === "function"
          ? script(request, call)
          : (script[Math.min(call, script.length) - 1] ?? { text: "" });
      yield* play(step, signal);
    },
  };
}

async function* play(step: ScriptedStep, signal: AbortSignal): AsyncGenerator<ProviderEvent> {
  if ("fault" in step) {
    if (step.partial) yield { type: "text-delta", text: step.partial };
    yield { type: "fault", fault: step.fault instanceof Fault ? step.fault.toJSON() : step.fault };
    return;
  }
  if ("hang" in step) {
    yield* deltas(step.hang);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve());
    });
    yield { type: "fault", fault: new Fault("aborted", "provider.aborted", "The call was stopped.").toJSON() };
    return;
  }
  const content: StepBlock[] = [];
  if ("thinking" in step && step.thinking) {
    yield { type: "thinking-delta", text: step.thinking };
    content.push({ type: "thinking", text: step.thinking, signature: "scripted" });
  }
  if (step.text) {
    yield* deltas(step.text);
    content.push({ type: "text", text: step.text });
  }
  const calls = "calls" in step ? step.calls : [];
  for (const call of calls) {
    yield { type: "tool-call-start", id: call.id, name: call.name };
    content.push({ type: "tool-call", ...call });
  }
  yield { type: "step-end", content, stopReason: calls.length > 0 ? "tool-calls" : "end", usage };
}

function* deltas(text: string): Generator<ProviderEvent> {
  for (const word of text.split(/(?<= )/)) yield { type: "text-delta", text: word };
}

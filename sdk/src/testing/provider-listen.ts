// Hears a provider out and holds it to the shape of every stream: deltas, one end, nothing after it, no throw.
import { type StepBlock, type ToolCallBlock, textOf, toolCallsOf } from "../content.ts";
import type { FaultData } from "../errors.ts";
import type { ModelRequest, ModelTurn, ProviderEvent } from "../ports/provider.ts";
import type { Usage } from "../session.ts";
import { expectSame, expectThat } from "./contract.ts";
import type { ProviderScene, ProviderWorld } from "./provider.world.ts";

export type StepEnd = Extract<ProviderEvent, { type: "step-end" }>;

export interface Heard {
  readonly events: readonly ProviderEvent[];
  /** What the deltas said, also where the stream ended in a fault. */
  readonly text: string;
  readonly thinking: string;
  readonly step: StepEnd | undefined;
  readonly fault: FaultData | undefined;
}

/** A stopper sees each event as it comes. */
export async function listen(
  world: ProviderWorld,
  request: ModelRequest,
  stop: { readonly signal: AbortSignal; readonly onEvent?: (event: ProviderEvent) => void } = {
    signal: new AbortController().signal,
  },
): Promise<Heard> {
  const events: ProviderEvent[] = [];
  try {
    for await (const event of world.provider.stream(request, stop.signal)) {
      events.push(event);
      stop.onEvent?.(event);
    }
  } catch (thrown) {
    throw new Error(`contract broken: the stream threw ${String(thrown)}`, { cause: thrown });
  }
  const ends = events.filter((event) => event.type === "step-end" || event.type === "fault");
  expectSame(ends.length, 1, `exactly one step-end or fault, not ${JSON.stringify(ends)}`);
  const last = events.at(-1);
  expectThat(last === ends[0], "nothing follows the end");
  return {
    events,
    text: joined(events, "text-delta"),
    thinking: joined(events, "thinking-delta"),
    step: last?.type === "step-end" ? last : undefined,
    fault: last?.type === "fault" ? last.fault : undefined,
  };
}

function joined(events: readonly ProviderEvent[], type: "text-delta" | "thinking-delta"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}

/** Plays a scene and expects it to end as a step that says in whole what its deltas said in pieces. */
export async function hearStep(
  world: ProviderWorld,
  scene: ProviderScene,
): Promise<Heard & { readonly step: StepEnd }> {
  const { request, says } = world.play(scene);
  const heard = await listen(world, request);
  const { step } = heard;
  expectThat(step !== undefined, `the step ends well, not with ${JSON.stringify(heard.fault)}`);
  expectThat(step.content.length > 0, "a step is never empty");
  if (step.stopReason !== "refused")
    expectSame(textOf(step.content), heard.text, "the whole text is what the deltas said");
  if (says.text !== undefined) expectSame(heard.text, says.text, "the text");
  if (says.thinking !== undefined) expectSame(heard.thinking, says.thinking, "the thinking");
  const started = heard.events.flatMap((event) =>
    event.type === "tool-call-start" ? [{ id: event.id, name: event.name }] : [],
  );
  expectSame(
    started,
    toolCallsOf(step.content).map(({ id, name }) => ({ id, name })),
    "each call was announced with its id and name",
  );
  if (says.calls) expectSame(toolCallsOf(step.content).map(callOf), says.calls, "the calls");
  return { ...heard, step };
}

function callOf({ name, input, malformed }: ToolCallBlock) {
  return { name, input, ...(malformed === undefined ? {} : { malformed }) };
}

export function expectUsage(usage: Usage, expected: Usage): void {
  for (const field of ["input", "output", "cacheRead", "cacheWrite"] as const) {
    expectSame(usage[field], expected[field], `tokens counted as ${field}`);
  }
}

export function userTurn(text: string): ModelTurn {
  return { type: "user", content: [{ type: "text", text }] };
}

export function stepTurn(
  content: readonly StepBlock[],
  by: { readonly provider: string; readonly model: string },
): ModelTurn {
  return { type: "step", content, provider: by.provider, model: by.model };
}

/** A request with nothing special in it. */
export function plainRequest(model: string, turns: readonly ModelTurn[]): ModelRequest {
  return {
    model,
    system: { stable: "You are a careful reader.", volatile: "It is Thursday." },
    turns,
    tools: [
      {
        name: "read",
        description: "Reads a file.",
        inputSchema: {
          type: "object",
          properties: { path: { type: "string", description: "Where it is." } },
          required: ["path"],
          additionalProperties: false,
        },
      },
    ],
    thinking: "low",
    cacheKey: "agent:main:main",
  };
}

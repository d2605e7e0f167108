// Station 5: the loop between model and tools. Every step and every result is committed before the next begins, so a
// run can be taken up by another process from its last line. The last step is left to be committed with the reply.
import {
  addUsage,
  type Clock,
  continuedEvent,
  type Entry,
  type EntryBody,
  Fault,
  type ModelRequest,
  noteEvent,
  noUsage,
  type RunEventBody,
  type ThinkingLevel,
  type ToolSpec,
  textOf,
  toolCallsOf,
  type Usage,
} from "@homarus/sdk";
import type { Asked } from "./attempt.ts";
import { brokenOff } from "./broken-off.ts";
import { type CallParts, runCalls } from "./calls.ts";
import { type Circle, circleIn } from "./loops.ts";
import { modelStep, type Step, type StepParts, type StepResult, type StepTarget } from "./step.ts";

export interface RunLimits {
  readonly steps: number;
}

/** What the model reads of the log. */
export interface TurnReading {
  /**
   * For the next request of this model, cut to what it can read. Throws an `overflow` Fault when even the newest words
   * are too long for it.
   */
  next(choice: {
    readonly provider: string;
    readonly model: string;
  }): AsyncGenerator<
    RunEventBody,
    { readonly say: Pick<ModelRequest, "turns" | "maxOutputTokens">; readonly tokens: number }
  >;
  /** The vendor has counted the last request. */
  counted(usage: Usage): void;
  /** The last request was too long: true when the next one will be clearly shorter. */
  refused(): boolean;
}

/** Everything one run needs, handed over by the line. */
export interface Turn {
  readonly runId: string;
  readonly asking: StepParts["asking"];
  readonly watch: StepParts["watch"];
  readonly system: ModelRequest["system"];
  readonly tools: readonly ToolSpec[];
  readonly cacheKey: string;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** The log so far, this run's own entries included. */
  readonly entries: () => readonly Entry[];
  readonly commit: CallParts["commit"];
  /** Messages that came meanwhile: commits them to the log as steered and gives them back. */
  readonly steer: () => Promise<readonly { readonly messageId: string; readonly text: string }[]>;
  readonly reading: TurnReading;
  readonly hold: StepParts["hold"];
  readonly stream: StepParts["stream"];
  readonly repair: StepParts["repair"];
  readonly newId: StepParts["newId"];
  readonly calls: Pick<CallParts, "tools" | "gate" | "execute">;
}

/** `last` is not committed yet: it belongs into one transaction with the reply and the outcome. */
export type RunResult =
  | { readonly type: "replied"; readonly text: string; readonly last: readonly EntryBody[]; readonly usage: Usage }
  | {
      readonly type: "failed";
      readonly fault: Fault;
      readonly text: string;
      readonly last: readonly EntryBody[];
      readonly usage: Usage;
    };

/** After so many rounds of the same calls with the same results the model is told, and after so many it is stopped. */
const warnedRounds = 3;
const mostRounds = 5;
/** So often in one run an answer that broke off is continued. */
const mostBreaks = 8;

export async function* run(turn: Turn): AsyncGenerator<RunEventBody, RunResult> {
  let usage = usageOf(turn);
  let breaks = 0;
  yield* unfinishedCalls(turn);
  for (;;) {
    const halt = haltOf(turn);
    if (halt) return failed(turn, halt, { text: brokenOff(ownEntries(turn)), usage });
    for (const message of await turn.steer()) yield { type: "steered", ...message };
    const said = brokenOff(ownEntries(turn));
    const result = yield* readableStep(turn);
    if (result.type === "broken" && breaks < mostBreaks) {
      breaks += 1;
      yield* goOn(turn, result);
      continue;
    }
    if (result.type !== "step") return failed(turn, result.fault, { text: said + result.shown, usage, last: result });
    const { step } = result;
    turn.reading.counted(step.usage);
    usage = addUsage(usage, step.usage);
    const calls = toolCallsOf(step.content);
    yield { type: "step-end", text: textOf(step.content), stopReason: step.stopReason, usage: step.usage };
    if (calls.length === 0)
      return { type: "replied", text: said + textOf(step.content), last: [{ type: "step", ...step }], usage };
    await turn.commit([{ type: "step", ...step }]);
    yield* runCalls(calls, [], callParts(turn));
    await noteCircle(turn);
  }
}

/** Tells the model that it turns in a circle, before it has to be stopped. */
async function noteCircle(turn: Turn): Promise<void> {
  const circle = circleIn(ownEntries(turn));
  if (circle?.rounds !== warnedRounds) return;
  const text = `You have called ${circle.tools.join(" and ")} ${circle.rounds} times with the same arguments and the same result. Do something else, or say what stands in the way.`;
  await turn.commit([{ type: "event", event: noteEvent, text }]);
}

function inCircles({ tools, rounds }: Circle): Fault {
  const message = `I stopped: I called ${tools.join(" and ")} ${rounds} times and got nowhere.`;
  return new Fault("limited", "run.circle", message, {
    hint: "Tell me more of what you want, or what I should try instead.",
  });
}

/** Too long for a model: no other one is asked, it reads less. */
async function* readableStep(turn: Turn): AsyncGenerator<RunEventBody, StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const result = yield* modelStep({
      ...turn,
      request: (target, thinking) => requestOf(turn, { ...target, thinking }),
    });
    if (result.type !== "fault" || result.fault.kind !== "overflow" || !turn.reading.refused()) return result;
    yield { type: "fault", fault: result.fault.toJSON(), attempt };
  }
}

/** What was shown stands: it is committed, and the next step continues it instead of saying it again. */
async function* goOn(
  turn: Turn,
  { shown, by, fault }: Extract<StepResult, { type: "broken" }>,
): AsyncGenerator<RunEventBody, void> {
  await turn.commit([partial(shown, by), { type: "event", event: continuedEvent, fault: fault.toJSON() }]);
  yield { type: "progress", about: "continuing", text: "The answer broke off; I go on where it stopped." };
}

function partial(text: string, by: Pick<Step, "provider" | "model">): EntryBody {
  const { provider, model } = by;
  return { type: "step", content: [{ type: "text", text }], stopReason: "aborted", usage: noUsage, provider, model };
}

/** After a restart: calls of the last committed step that have no result yet. */
async function* unfinishedCalls(turn: Turn): AsyncGenerator<RunEventBody, void> {
  const own = ownEntries(turn);
  const last = own.findLastIndex((entry) => entry.body.type === "step");
  const body = own[last]?.body;
  if (body?.type === "step") yield* runCalls(toolCallsOf(body.content), own.slice(last + 1), callParts(turn));
}

/** Why the run may not take another step. */
function haltOf(turn: Turn): Fault | undefined {
  if (turn.signal.aborted) return turn.signal.reason as Fault;
  const circle = circleIn(ownEntries(turn));
  if (circle && circle.rounds >= mostRounds) return inCircles(circle);
  return stepsSinceAsked(turn) >= turn.limits.steps ? tooManySteps(turn.limits.steps) : undefined;
}

function callParts(turn: Turn): CallParts {
  return { ...turn.calls, clock: turn.clock, signal: turn.signal, commit: turn.commit };
}

function ownEntries(turn: Turn): readonly Entry[] {
  return turn.entries().filter((entry) => entry.runId === turn.runId);
}

function stepsOf(turn: Turn): readonly Entry[] {
  return ownEntries(turn).filter((entry) => entry.body.type === "step");
}

/** A message that steers a run brings its own measure of steps. */
function stepsSinceAsked(turn: Turn): number {
  const own = ownEntries(turn);
  const asked = own.findLastIndex((entry) => entry.body.type === "user");
  return own.slice(asked + 1).filter((entry) => entry.body.type === "step").length;
}

function usageOf(turn: Turn): Usage {
  return stepsOf(turn).reduce((sum, { body }) => (body.type === "step" ? addUsage(sum, body.usage) : sum), noUsage);
}

async function* requestOf(
  turn: Turn,
  { provider, model, thinking }: Pick<StepTarget, "provider" | "model"> & { readonly thinking: ThinkingLevel },
): AsyncGenerator<RunEventBody, Asked> {
  const { say, tokens } = yield* turn.reading.next({ provider, model });
  const { system, tools, cacheKey } = turn;
  return { request: { ...say, model, thinking, system, tools, cacheKey }, tokens };
}

interface Failure {
  readonly text: string;
  readonly usage: Usage;
  /** The last try: its words are not in the log yet. */
  readonly last?: Exclude<StepResult, { type: "step" }>;
}

function failed(turn: Turn, fault: Fault, { text, usage, last }: Failure): RunResult {
  const by = last?.by ?? turn.asking.first;
  const event: EntryBody = {
    type: "event",
    event: fault.kind === "aborted" ? "run-stopped" : "run-failed",
    fault: fault.toJSON(),
  };
  return { type: "failed", fault, text, last: [...(last?.shown ? [partial(last.shown, by)] : []), event], usage };
}

function tooManySteps(limit: number): Fault {
  return new Fault("limited", "run.steps", `I stopped after ${limit} steps without an end in sight.`, {
    hint: "Ask again more narrowly, or raise agents.defaults.maxSteps.",
  });
}

// The tool calls of one step. A call is committed as started before it runs and its result before the next step:
// after a crash, what finished is not repeated, and what was cut is told to the model.
import {
  type Clock,
  type Entry,
  type EntryBody,
  Fault,
  interruptedText,
  isFault,
  type MediaBlock,
  type RunEventBody,
  type TextBlock,
  type ToolCallBlock,
  type ToolOutput,
  type ToolResultBlock,
  toFault,
} from "@homarus/sdk";
import { createQueue } from "./queue.ts";
import { type ToolRules, toolGate } from "./tool-gate.ts";

/** What the loop must know of a tool before it runs. */
export interface ToolFacts {
  readonly name: string;
  /** May be run again when a crash has cut it. */
  readonly idempotent: boolean;
  readonly parallel: boolean;
  readonly timeoutMs: number;
  /** JSON Schema of its arguments, for a model that got them wrong. */
  readonly inputSchema?: Readonly<Record<string, unknown>>;
}

export interface CallParts {
  readonly tools: ReadonlyMap<string, ToolFacts>;
  readonly rules: readonly ToolRules[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Runs a checked tool. Rejects with a Fault whose message the model reads. */
  readonly execute: (call: ToolCallBlock, signal: AbortSignal, progress: (text: string) => void) => Promise<ToolOutput>;
  /** Appends to the log, durably. */
  readonly commit: (bodies: readonly EntryBody[]) => Promise<void>;
}

/** Characters of one result that the log and the model get; tools bound their own output well below. */
const resultLimit = 200_000;

/** Runs the calls that have no result yet: together where all say they are safe so, else one after the other. */
export async function* runCalls(
  calls: readonly ToolCallBlock[],
  earlier: readonly Entry[],
  parts: CallParts,
): AsyncGenerator<RunEventBody, void> {
  const open = calls.filter(
    (call) => !earlier.some(({ body }) => body.type === "tool-result" && body.result.callId === call.id),
  );
  const together = open.length > 1 && open.every((call) => parts.tools.get(call.name)?.parallel);
  const groups = together ? [open] : open.map((call) => [call]);
  for (const group of groups) {
    if (parts.signal.aborted) return;
    yield* runGroup(group, earlier, parts);
  }
}

async function* runGroup(
  group: readonly ToolCallBlock[],
  earlier: readonly Entry[],
  parts: CallParts,
): AsyncGenerator<RunEventBody, void> {
  const started = group.filter((call) => !wasStarted(call, earlier));
  if (started.length > 0) {
    await parts.commit(started.map((call) => ({ type: "tool-start", callId: call.id, name: call.name })));
  }
  const events = createQueue<RunEventBody>();
  const work = group.map((call) => runCall(call, wasStarted(call, earlier), parts, events.push));
  void Promise.allSettled(work).then(() => events.end());
  yield* events.drain();
  await Promise.all(work);
}

function wasStarted(call: ToolCallBlock, earlier: readonly Entry[]): boolean {
  return earlier.some(({ body }) => body.type === "tool-start" && body.callId === call.id);
}

async function runCall(
  call: ToolCallBlock,
  interrupted: boolean,
  parts: CallParts,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const startedAt = parts.clock.now();
  emit({ type: "tool-start", callId: call.id, name: call.name, input: call.input });
  const repeatable = parts.tools.get(call.name)?.idempotent ?? false;
  const output = interrupted && !repeatable ? note(interruptedText) : await outputOf(call, parts, emit);
  const durationMs = parts.clock.now() - startedAt;
  const isError = output.isError ?? false;
  const content = output.content.map(bounded);
  const result: ToolResultBlock = { type: "tool-result", callId: call.id, name: call.name, content, isError };
  await parts.commit([{ type: "tool-result", result, durationMs }]);
  const text = content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
  emit({ type: "tool-end", callId: call.id, name: call.name, isError, text, durationMs });
}

async function outputOf(
  call: ToolCallBlock,
  parts: CallParts,
  emit: (event: RunEventBody) => void,
): Promise<ToolOutput> {
  const facts = parts.tools.get(call.name);
  if (!facts) return note(`There is no tool ${call.name}. The tools are: ${[...parts.tools.keys()].join(", ")}.`);
  if (call.malformed !== undefined) return note(malformedText(call.malformed, facts));
  const verdict = toolGate(call.name, parts.rules);
  if (verdict.type === "deny") return note(verdict.reason);
  const timer = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([parts.signal, timer.signal]);
  const late = new Fault(
    "unavailable",
    "tool.timeout",
    `The tool ${call.name} took longer than ${facts.timeoutMs / 1000} s and was stopped.`,
  );
  parts.clock.sleep(parts.clock.now() + facts.timeoutMs, done.signal).then(
    () => timer.abort(late),
    () => undefined,
  );
  try {
    return await parts.execute(call, signal, (text) =>
      emit({ type: "tool-progress", callId: call.id, name: call.name, text }),
    );
  } catch (thrown) {
    return faultNote(isFault(signal.reason) ? signal.reason : toFault(thrown, `tool.${call.name}`));
  } finally {
    done.abort();
  }
}

/** What is wrong with it and what would be right, so that the next try can be. */
function malformedText(raw: string, { name, inputSchema }: ToolFacts): string {
  let problem = "they are no JSON object";
  try {
    JSON.parse(raw);
  } catch (thrown) {
    problem = thrown instanceof Error ? thrown.message : String(thrown);
  }
  const schema = inputSchema ? ` They must fit this schema: ${JSON.stringify(inputSchema).slice(0, 2_000)}` : "";
  return `The arguments of ${name} were not valid JSON (${problem}). Send them again as one JSON object.${schema}`;
}

function faultNote(fault: Fault): ToolOutput {
  return note([fault.message, fault.hint].filter(Boolean).join(" "));
}

function note(text: string): ToolOutput {
  return { content: [{ type: "text", text }], isError: true };
}

function bounded(block: TextBlock | MediaBlock): TextBlock | MediaBlock {
  if (block.type !== "text" || block.text.length <= resultLimit) return block;
  const half = resultLimit / 2;
  return {
    type: "text",
    text: `${block.text.slice(0, half)}\n[... ${block.text.length - resultLimit} characters left out ...]\n${block.text.slice(-half)}`,
  };
}

// The tool calls of one step. A call is committed as started before it runs and its result before the next step:
// after a crash, what finished is not repeated, and what was cut is told to the model.
import {
  type Clock,
  type Entry,
  type EntryBody,
  Fault,
  interruptedText,
  isFault,
  type Json,
  type MediaBlock,
  type RunEventBody,
  type TextBlock,
  type ToolCallBlock,
  type ToolFacts,
  type ToolOutput,
  type ToolResultBlock,
  toFault,
  type Write,
} from "@homarus/sdk";
import { createQueue } from "./queue.ts";

/** Whether a call may be made, and with what; and what must be committed with its end. */
export interface CallGate {
  /** Waits for a person where one must decide. Rejects only when the run ends meanwhile. */
  pass(call: ToolCallBlock, signal: AbortSignal, emit: (event: RunEventBody) => void): Promise<Passage>;
  /** The result as it is kept, and writes that belong into the same commit. */
  seal(call: ToolCallBlock, result: ToolResultBlock, facts: SealFacts): Promise<Sealed>;
}

export type Passage =
  | { readonly type: "open"; readonly input?: Json; readonly note?: string; readonly approval?: string }
  | { readonly type: "shut"; readonly text: string };

export interface SealFacts {
  readonly passage: Passage;
  readonly durationMs: number;
  /** Unix ms. */
  readonly startedAt: number;
  /** Why it reached no tool, though nobody refused it: the model got it wrong. */
  readonly mistake?: string | undefined;
}

export interface Sealed {
  readonly result: ToolResultBlock;
  /** Asked for in the moment of the commit: they follow from what the log is then. */
  readonly writes: () => readonly Write[];
}

export interface CallParts {
  readonly tools: ReadonlyMap<string, ToolFacts>;
  readonly gate: CallGate;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Runs a checked tool. Rejects with a Fault whose message the model reads. */
  readonly execute: (call: ToolCallBlock, signal: AbortSignal, progress: (text: string) => void) => Promise<ToolOutput>;
  /** Appends to the log, durably. */
  readonly commit: (bodies: readonly EntryBody[], writes?: () => readonly Write[]) => Promise<void>;
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
  wasCut: boolean,
  parts: CallParts,
  emit: (event: RunEventBody) => void,
): Promise<void> {
  const facts = parts.tools.get(call.name);
  const wrong = wrongCall(call, facts, parts);
  // What began before a crash was let through then.
  const passage: Passage = wasCut || wrong ? { type: "open" } : await parts.gate.pass(call, parts.signal, emit);
  const startedAt = parts.clock.now();
  const made = passage.type === "open" && passage.input !== undefined ? { ...call, input: passage.input } : call;
  emit({ type: "tool-start", callId: call.id, name: call.name, input: made.input });
  const output = wrong ? note(wrong.text) : await outputOf(made, { passage, wasCut, facts }, parts, emit);
  const durationMs = parts.clock.now() - startedAt;
  const isError = output.isError ?? false;
  const content = [...noteOf(passage), ...output.content.map(bounded)];
  const plain: ToolResultBlock = { type: "tool-result", callId: call.id, name: call.name, content, isError };
  const { result, writes } = await parts.gate.seal(made, plain, {
    passage,
    durationMs,
    startedAt,
    mistake: wrong?.mistake,
  });
  const changed = made === call ? {} : { input: made.input };
  await parts.commit([{ type: "tool-result", result, durationMs, ...changed }], writes);
  const text = result.content.map((block) => (block.type === "text" ? block.text : `[${block.type}]`)).join("\n");
  emit({ type: "tool-end", callId: call.id, name: call.name, isError, text, durationMs });
}

/** What the model got wrong, in short and as it reads it. */
function wrongCall(
  { name, malformed }: ToolCallBlock,
  facts: ToolFacts | undefined,
  { tools }: CallParts,
): { readonly mistake: string; readonly text: string } | undefined {
  if (!facts) {
    const text = `There is no tool ${name}. The tools are: ${[...tools.keys()].join(", ")}.`;
    return { mistake: "There is no such tool.", text };
  }
  if (malformed === undefined) return undefined;
  return { mistake: "Its arguments were not valid JSON.", text: malformedText(malformed, facts) };
}

/** What a person said with their yes, on a line of its own: texts of a result are read one right after the other. */
function noteOf(passage: Passage): readonly TextBlock[] {
  return passage.type === "open" && passage.note !== undefined ? [{ type: "text", text: `${passage.note}\n` }] : [];
}

async function outputOf(
  call: ToolCallBlock,
  {
    passage,
    wasCut,
    facts,
  }: { readonly passage: Passage; readonly wasCut: boolean; readonly facts: ToolFacts | undefined },
  parts: CallParts,
  emit: (event: RunEventBody) => void,
): Promise<ToolOutput> {
  if (passage.type === "shut") return note(passage.text);
  if (wasCut && !facts?.idempotent) return note(interruptedText);
  if (!wasCut) await parts.commit([{ type: "tool-start", callId: call.id, name: call.name }]);
  return executed(call, facts?.timeoutMs ?? 0, parts, emit);
}

async function executed(
  call: ToolCallBlock,
  timeoutMs: number,
  parts: CallParts,
  emit: (event: RunEventBody) => void,
): Promise<ToolOutput> {
  const timer = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([parts.signal, timer.signal]);
  const late = new Fault(
    "unavailable",
    "tool.timeout",
    `The tool ${call.name} took longer than ${timeoutMs / 1000} s and was stopped.`,
  );
  parts.clock.sleep(parts.clock.now() + timeoutMs, done.signal).then(
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

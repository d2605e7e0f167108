// One call of one model, by one key: paid before it is made, heard until its end, settled whatever the end is.
import {
  type Clock,
  Fault,
  type FaultData,
  faultFrom,
  isFault,
  type ModelRequest,
  type ProviderEvent,
  type ProviderLimits,
  type RunEventBody,
  type StepBlock,
  type StopReason,
  type ThinkingLevel,
  toFault,
  type Usage,
} from "@homarus/sdk";
import { asTextTools, type RepairJson } from "./text-tools.ts";

/** One model, asked by one key. */
export interface StepTarget {
  readonly provider: string;
  readonly model: string;
  readonly key: string;
}

export interface Try {
  readonly target: StepTarget;
  readonly thinking: ThinkingLevel;
  /** Tool calls are written and read as text. */
  readonly asText: boolean;
}

/** Told of each call, for the health of the providers. */
export interface StepWatch {
  answered(provider: string, latencyMs: number | undefined, at: number): void;
  failed(provider: string, fault: FaultData, at: number): void;
  limits(provider: string, limits: ProviderLimits, at: number): void;
}

/** A request, and about how many tokens it has. */
export interface Asked {
  readonly request: ModelRequest;
  readonly tokens: number;
}

/** Money that is held for a call. The first end counts. */
export interface Hold {
  /** What the answer must be limited to; absent where no budget bounds it. */
  readonly maxOutputTokens?: number;
  /** Gives sentences about budgets that came near their end by it. */
  settle(
    end: { readonly type: "usage"; readonly usage: Usage } | { readonly type: "partial"; readonly chars: number },
  ): Promise<readonly string[]>;
  /** The vendor did no work for it. */
  void(): Promise<void>;
}

export interface AttemptParts {
  readonly watch: StepWatch;
  /** What that model is to read; throws an `overflow` Fault when nothing that it can read says enough. */
  readonly request: (target: StepTarget, thinking: ThinkingLevel) => AsyncGenerator<RunEventBody, Asked>;
  /** Rejects with a `denied` Fault when no budget has room for the call; `onWait` is called when it waits for room. */
  readonly hold: (target: StepTarget, asked: Asked, onWait: () => void) => Promise<Hold>;
  readonly stream: (target: StepTarget, request: ModelRequest, signal: AbortSignal) => AsyncIterable<ProviderEvent>;
  /** For models whose tool calls are text. */
  readonly repair: RepairJson;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type Attempt =
  | {
      readonly type: "step";
      readonly step: { readonly content: readonly StepBlock[]; readonly stopReason: StopReason; readonly usage: Usage };
    }
  | { readonly type: "fault"; readonly fault: Fault; readonly shown: string };

export async function* attemptStep(next: Try, parts: AttemptParts): AsyncGenerator<RunEventBody, Attempt> {
  const prepared = yield* prepareCall(next, parts);
  if (isFault(prepared)) return { type: "fault", fault: prepared, shown: "" };
  const { request, hold } = prepared;
  const heard: Heard = { shown: "", chars: 0, startedAt: parts.clock.now(), firstAt: undefined };
  try {
    const attempt = yield* listen(next, request, heard, parts);
    if (attempt.type === "fault") {
      if (hasDoneNothing(attempt.fault, heard)) await hold.void();
      return attempt;
    }
    for (const text of await hold.settle({ type: "usage", usage: attempt.step.usage }))
      yield { type: "progress", about: "budget", text };
    return attempt;
  } finally {
    // Whatever cut it off, the vendor has read and written so far; where it is settled already this does nothing.
    await hold.settle({ type: "partial", chars: heard.chars });
  }
}

interface Heard {
  shown: string;
  /** Characters that came, reasoning too. */
  chars: number;
  readonly startedAt: number;
  firstAt: number | undefined;
}

async function* listen(
  next: Try,
  request: ModelRequest,
  heard: Heard,
  parts: AttemptParts,
): AsyncGenerator<RunEventBody, Attempt> {
  const { watch, clock, signal } = parts;
  const { provider } = next.target;
  const failed = (fault: Fault): Attempt => {
    const told = reasonOf(signal, fault);
    watch.failed(provider, told.toJSON(), clock.now());
    return { type: "fault", fault: told, shown: heard.shown };
  };
  try {
    for await (const event of eventsOf(next, request, parts)) {
      if (event.type === "limits") {
        watch.limits(provider, event.limits, clock.now());
        continue;
      }
      heard.firstAt ??= clock.now();
      if (event.type === "fault") return failed(faultFrom(event.fault));
      if (event.type === "step-end") {
        watch.answered(provider, heard.firstAt - heard.startedAt, clock.now());
        const { content, stopReason, usage } = event;
        return { type: "step", step: { content, stopReason, usage } };
      }
      if (event.type === "tool-call-start") continue;
      heard.chars += event.text.length;
      if (event.type === "text-delta") heard.shown += event.text;
      yield event;
    }
  } catch (thrown) {
    // A provider that throws breaks its contract; the person still gets an answer and the partial text is kept.
    return failed(toFault(thrown, "provider.threw"));
  }
  return failed(new Fault("unavailable", "provider.cut", "The model's answer broke off."));
}

function eventsOf(
  { target, asText }: Try,
  request: ModelRequest,
  { stream, signal, repair, newId }: AttemptParts,
): AsyncIterable<ProviderEvent> {
  if (!asText || request.tools.length === 0) return stream(target, request, signal);
  const text = asTextTools(request, repair, newId);
  return text.answer(stream(target, text.request, signal));
}

/** Faults after which a vendor may have worked all the same, though nothing of it was heard. */
const mayHaveWorked = new Set([
  "provider.cut",
  "provider.timeout",
  "provider.malformed",
  "provider.empty",
  "provider.threw",
]);

/** It was turned away at the door, so that nothing is owed for it. */
function hasDoneNothing({ kind, code }: Fault, { chars }: Heard): boolean {
  return chars === 0 && kind !== "aborted" && kind !== "bug" && !mayHaveWorked.has(code);
}

interface Call {
  readonly request: ModelRequest;
  readonly hold: Hold;
}

/** What is asked, and paid; or why it cannot be. Trouble of the house's own is no answer of this model, and goes on. */
async function* prepareCall(
  { target, thinking }: Try,
  parts: AttemptParts,
): AsyncGenerator<RunEventBody, Call | Fault> {
  try {
    const asked = yield* parts.request(target, thinking);
    const hold = yield* holdFor(target, asked, parts);
    const { maxOutputTokens } = hold;
    return { request: { ...asked.request, ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }) }, hold };
  } catch (thrown) {
    const fault = reasonOf(parts.signal, toFault(thrown));
    if (fault.kind === "overflow" || fault.kind === "denied" || parts.signal.aborted) return fault;
    throw thrown;
  }
}

/** Other calls hold what is left of a budget: whoever waits for them is told so. */
async function* holdFor(target: StepTarget, asked: Asked, parts: AttemptParts): AsyncGenerator<RunEventBody, Hold> {
  const waits = Promise.withResolvers<"waits">();
  const held = parts.hold(target, asked, () => waits.resolve("waits"));
  if ((await Promise.race([held, waits.promise])) === "waits")
    yield { type: "progress", about: "budget", text: "Other work holds what is left of the budget; I wait for it." };
  return await held;
}

/** When the run itself was stopped, why it was stopped counts, not what the provider made of it. */
export function reasonOf(signal: AbortSignal, fault: Fault): Fault {
  return signal.aborted && isFault(signal.reason) ? signal.reason : fault;
}

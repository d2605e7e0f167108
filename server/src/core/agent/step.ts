// One model step: asked of whichever model the asking names next, until one answers whole or nobody is left. A fault is
// never judged by its words here: the asking decides who is next, this file lets people see what goes on.
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

export interface Step {
  readonly content: readonly StepBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
  readonly provider: string;
  readonly model: string;
}

export type StepResult =
  | { readonly type: "step"; readonly step: Step }
  /** The answer broke off after words of it were shown: they stand, and the next step goes on from them. */
  | { readonly type: "broken"; readonly shown: string; readonly by: StepTarget; readonly fault: Fault }
  | { readonly type: "fault"; readonly fault: Fault; readonly shown: string; readonly by: StepTarget | undefined };

export type NextTry =
  | {
      readonly type: "try";
      readonly target: StepTarget;
      readonly thinking: ThinkingLevel;
      /** Tool calls are written and read as text. */
      readonly asText: boolean;
    }
  | { readonly type: "wait"; readonly until: number; readonly because: FaultData; readonly target: StepTarget }
  | { readonly type: "stop"; readonly fault: Fault };

/** Decides who is asked next; remembers, within a run, how each fared. */
export interface StepAsking {
  readonly first: Pick<StepTarget, "provider" | "model">;
  next(now: number): NextTry;
  answered(target: StepTarget): void;
  failed(target: StepTarget, fault: Fault, now: number): void;
}

/** Told of each call, for the health of the providers. */
export interface StepWatch {
  answered(provider: string, latencyMs: number | undefined, at: number): void;
  failed(provider: string, fault: FaultData, at: number): void;
  limits(provider: string, limits: ProviderLimits, at: number): void;
}

export interface StepParts {
  readonly asking: StepAsking;
  readonly watch: StepWatch;
  /** What that model is to read; throws an `overflow` Fault when nothing that it can read says enough. */
  readonly request: (target: StepTarget, thinking: ThinkingLevel) => AsyncGenerator<RunEventBody, ModelRequest>;
  readonly stream: (target: StepTarget, request: ModelRequest, signal: AbortSignal) => AsyncIterable<ProviderEvent>;
  /** For models whose tool calls are text. */
  readonly repair: RepairJson;
  readonly newId: () => string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

type Attempt =
  | { readonly type: "step"; readonly step: Omit<Step, "provider" | "model"> }
  | { readonly type: "fault"; readonly fault: Fault; readonly shown: string };

export async function* modelStep(parts: StepParts): AsyncGenerator<RunEventBody, StepResult> {
  const { asking, clock } = parts;
  let before: { readonly target: StepTarget; readonly fault: Fault } | undefined;
  for (let attempt = 1; ; ) {
    const next = asking.next(clock.now());
    if (next.type === "stop") return { type: "fault", fault: next.fault, shown: "", by: before?.target };
    if (next.type === "wait") {
      yield waiting(next, clock.now());
      const stopped = await sleep(next.until, parts);
      if (stopped) return { type: "fault", fault: stopped, shown: "", by: before?.target };
      continue;
    }
    const { target } = next;
    if (before && !isSame(before.target, target)) yield instead(before, target);
    const tried = yield* attemptStep(next, parts);
    const result = resultOf(tried, target, parts);
    if (result || tried.type === "step") return result as StepResult;
    yield { type: "fault", fault: tried.fault.toJSON(), attempt };
    before = { target, fault: tried.fault };
    attempt += 1;
  }
}

/** What is too long, refused for what it says, or not to be paid is so for every model. */
function isForNobodyElse({ kind }: Fault): boolean {
  return kind === "aborted" || kind === "overflow" || kind === "denied";
}

/** What an attempt comes to by itself; undefined when another may be made. */
function resultOf(tried: Attempt, target: StepTarget, { asking, clock, signal }: StepParts): StepResult | undefined {
  const { provider, model } = target;
  if (tried.type === "step") {
    asking.answered(target);
    return { type: "step", step: { ...tried.step, provider, model } };
  }
  const { fault, shown } = tried;
  if (signal.aborted || isForNobodyElse(fault)) return { type: "fault", fault, shown, by: target };
  asking.failed(target, fault, clock.now());
  return shown === "" ? undefined : { type: "broken", shown, by: target, fault };
}

async function* attemptStep(
  next: Extract<NextTry, { type: "try" }>,
  parts: StepParts,
): AsyncGenerator<RunEventBody, Attempt> {
  const { watch, clock, signal } = parts;
  const { target, thinking } = next;
  const { provider } = target;
  const request = yield* requestFor(target, thinking, parts);
  if (isFault(request)) return { type: "fault", fault: request, shown: "" };
  const startedAt = clock.now();
  let firstAt: number | undefined;
  let shown = "";
  const failed = (fault: Fault): Attempt => {
    const told = reasonOf(signal, fault);
    watch.failed(provider, told.toJSON(), clock.now());
    return { type: "fault", fault: told, shown };
  };
  try {
    for await (const event of askedOf(next, request, parts)) {
      if (event.type === "limits") {
        watch.limits(provider, event.limits, clock.now());
        continue;
      }
      firstAt ??= clock.now();
      if (event.type === "text-delta") {
        shown += event.text;
        yield event;
      } else if (event.type === "thinking-delta") {
        yield event;
      } else if (event.type === "step-end") {
        watch.answered(provider, firstAt - startedAt, clock.now());
        const { content, stopReason, usage } = event;
        return { type: "step", step: { content, stopReason, usage } };
      } else if (event.type === "fault") {
        return failed(faultFrom(event.fault));
      }
    }
  } catch (thrown) {
    // A provider that throws breaks its contract; the person still gets an answer and the partial text is kept.
    return failed(toFault(thrown, "provider.threw"));
  }
  return failed(new Fault("unavailable", "provider.cut", "The model's answer broke off."));
}

function askedOf(
  { target, asText }: Extract<NextTry, { type: "try" }>,
  request: ModelRequest,
  { stream, signal, repair, newId }: StepParts,
): AsyncIterable<ProviderEvent> {
  if (!asText || request.tools.length === 0) return stream(target, request, signal);
  const text = asTextTools(request, repair, newId);
  return text.answer(stream(target, text.request, signal));
}

/** What is asked, or why it cannot be; trouble of the house's own is no answer of this model and goes on its way. */
async function* requestFor(
  target: StepTarget,
  thinking: ThinkingLevel,
  { request, signal }: StepParts,
): AsyncGenerator<RunEventBody, ModelRequest | Fault> {
  try {
    return yield* request(target, thinking);
  } catch (thrown) {
    const fault = reasonOf(signal, toFault(thrown));
    if (fault.kind === "overflow" || signal.aborted) return fault;
    throw thrown;
  }
}

/** Why the run was stopped meanwhile, or undefined when the time has come. */
async function sleep(until: number, { clock, signal }: StepParts): Promise<Fault | undefined> {
  try {
    await clock.sleep(until, signal);
    return undefined;
  } catch (thrown) {
    return reasonOf(signal, toFault(thrown));
  }
}

/** When the run itself was stopped, why it was stopped counts, not what the provider made of it. */
function reasonOf(signal: AbortSignal, fault: Fault): Fault {
  return signal.aborted && isFault(signal.reason) ? signal.reason : fault;
}

function isSame(a: StepTarget, b: StepTarget): boolean {
  return a.provider === b.provider && a.model === b.model;
}

const whys: Readonly<Record<string, string>> = {
  limited: "asks to wait",
  unavailable: "cannot be reached",
  auth: "refuses its login",
  config: "does not know that model",
};

function waiting({ target, until, because }: Extract<NextTry, { type: "wait" }>, now: number): RunEventBody {
  const why = whys[because.kind] ?? "does not answer";
  const seconds = Math.max(1, Math.round((until - now) / 1000));
  const text = `${target.provider}/${target.model} ${why}; I try again in ${seconds} s.`;
  return { type: "progress", about: "waiting", text, until };
}

function instead(before: { readonly target: StepTarget; readonly fault: Fault }, target: StepTarget): RunEventBody {
  const why = whys[before.fault.kind] ?? "does not answer";
  const text = `${before.target.provider}/${before.target.model} ${why}; I ask ${target.provider}/${target.model} instead.`;
  return { type: "progress", about: "failover", text };
}

// One model step: asked of whichever model the asking names next, until one answers whole or nobody is left. A fault is
// never judged by its words here: the asking decides who is next, this file lets people see what goes on.
import {
  type Fault,
  type FaultData,
  type RunEventBody,
  type StepBlock,
  type StopReason,
  toFault,
  type Usage,
} from "@homarus/sdk";
import { type Attempt, type AttemptParts, attemptStep, reasonOf, type StepTarget, type Try } from "./attempt.ts";

export type { StepTarget } from "./attempt.ts";

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
  | ({ readonly type: "try" } & Try)
  | { readonly type: "wait"; readonly until: number; readonly because: FaultData; readonly target: StepTarget }
  | { readonly type: "stop"; readonly fault: Fault };

/** Decides who is asked next; remembers, within a run, how each fared. */
export interface StepAsking {
  readonly first: Pick<StepTarget, "provider" | "model">;
  next(now: number): NextTry;
  answered(target: StepTarget): void;
  failed(target: StepTarget, fault: Fault, now: number): void;
}

export interface StepParts extends AttemptParts {
  readonly asking: StepAsking;
}

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

/** Why the run was stopped meanwhile, or undefined when the time has come. */
async function sleep(until: number, { clock, signal }: StepParts): Promise<Fault | undefined> {
  try {
    await clock.sleep(until, signal);
    return undefined;
  } catch (thrown) {
    return reasonOf(signal, toFault(thrown));
  }
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

// One model step: the provider's stream, tried again where its fault says so and nothing was committed yet.
import {
  type Clock,
  Fault,
  type FaultData,
  faultFrom,
  faultPolicies,
  isFault,
  type ModelRequest,
  type ProviderEvent,
  type RunEventBody,
  type StepBlock,
  type StopReason,
  toFault,
  type Usage,
} from "@homarus/sdk";

export interface Step {
  readonly content: readonly StepBlock[];
  readonly stopReason: StopReason;
  readonly usage: Usage;
}

export type StepResult =
  | { readonly type: "step"; readonly step: Step }
  | { readonly type: "fault"; readonly fault: Fault; readonly partial: string };

export interface StepParts {
  readonly stream: (request: ModelRequest, signal: AbortSignal) => AsyncIterable<ProviderEvent>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const attempts = 3;
const firstWaitMs = 1_000;
/** A vendor that asks to wait longer than this is not waited for: the person is told instead. */
const longestWaitMs = 60_000;

export async function* modelStep(request: ModelRequest, parts: StepParts): AsyncGenerator<RunEventBody, StepResult> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = yield* attemptStep(request, parts);
    if (tried.type === "step") return tried;
    const waitUntil = retryTime(tried.fault, attempt, parts.clock.now());
    if (waitUntil === undefined) return tried;
    yield { type: "fault", fault: tried.fault.toJSON(), attempt };
    try {
      await parts.clock.sleep(waitUntil, parts.signal);
    } catch (thrown) {
      return { type: "fault", fault: reasonOf(parts.signal, toFault(thrown)), partial: "" };
    }
  }
}

function retryTime(fault: Fault, attempt: number, now: number): number | undefined {
  const policy = faultPolicies[fault.kind].run;
  if ((policy !== "retry" && policy !== "wait") || attempt >= attempts) return undefined;
  const until = fault.retryAt ?? now + firstWaitMs * 2 ** (attempt - 1);
  return until - now > longestWaitMs ? undefined : until;
}

async function* attemptStep(request: ModelRequest, parts: StepParts): AsyncGenerator<RunEventBody, StepResult> {
  let partial = "";
  try {
    for await (const event of parts.stream(request, parts.signal)) {
      if (event.type === "text-delta") {
        partial += event.text;
        yield event;
      } else if (event.type === "thinking-delta") {
        yield event;
      } else if (event.type === "step-end") {
        return { type: "step", step: { content: event.content, stopReason: event.stopReason, usage: event.usage } };
      } else if (event.type === "fault") {
        return failed(event.fault, parts.signal, partial);
      }
    }
  } catch (thrown) {
    // A provider that throws breaks its contract; the person still gets an answer and the partial text is kept.
    return { type: "fault", fault: reasonOf(parts.signal, toFault(thrown, "provider.threw")), partial };
  }
  const cut = new Fault("unavailable", "provider.cut", "The model's answer broke off.");
  return { type: "fault", fault: reasonOf(parts.signal, cut), partial };
}

function failed(data: FaultData, signal: AbortSignal, partial: string): StepResult {
  return { type: "fault", fault: reasonOf(signal, faultFrom(data)), partial };
}

/** When the run itself was stopped, why it was stopped counts, not what the provider made of it. */
function reasonOf(signal: AbortSignal, fault: Fault): Fault {
  return signal.aborted && isFault(signal.reason) ? signal.reason : fault;
}

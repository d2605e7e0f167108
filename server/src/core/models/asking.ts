// Which model is asked next, by which key, and when: one asking for each run, decided from what happened so far in it
// and from who rests. It never reads a fault's words: kind, code and time are enough.
import { Fault, type FaultData, type ThinkingLevel } from "@homarus/sdk";
import type { Chain, ModelChoice } from "./chain.ts";
import type { Rests, Target } from "./rests.ts";

export type Next =
  | {
      readonly type: "try";
      readonly target: Target;
      readonly thinking: ThinkingLevel;
      /** The model has no tool calls of its own: they are written and read as text. */
      readonly asText: boolean;
    }
  | { readonly type: "wait"; readonly until: number; readonly because: FaultData; readonly target: Target }
  | { readonly type: "stop"; readonly fault: Fault };

export interface Asking {
  /** Asked first when nothing rests: what a run is announced with. */
  readonly first: ModelChoice;
  next(now: number): Next;
  answered(target: Target): void;
  failed(target: Target, fault: Fault, now: number): void;
}

export interface AskingParts {
  readonly chain: Chain;
  readonly thinking: ThinkingLevel;
  readonly rests: Rests;
  /** Names of the keys a provider can be asked by, the one to be used first at the front; never empty. */
  readonly keys: (provider: string) => readonly string[];
  /** The greatest level a model was found to take. */
  readonly ceilings: Map<string, ThinkingLevel>;
  /** Models that were found to have no tool calls of their own. */
  readonly toolless: Set<string>;
  /** Models that are known to have none. */
  readonly lacksTools: (choice: ModelChoice) => boolean;
  /** Longest time that one step of a run waits for its models, in ms. */
  readonly patienceMs: number;
}

/** How one target fared in the step at hand. */
interface Tried {
  readonly target: Target;
  times: number;
  readyAt: number;
  /** No use in asking again within this step. */
  isSpent: boolean;
  fault: Fault;
}

/** A vendor that is out is asked so often in a row before another stands in, and so often at all. */
const stubborn = 2;
const triesWhenOut = 8;
/** Nobody is there at all: seldom a matter of a minute. */
const triesWhenGone = 4;
const triesWhenBusy = 10;
const firstBackoffMs = 1_000;
const longestBackoffMs = 30_000;

const lower: Readonly<Record<ThinkingLevel, ThinkingLevel | undefined>> = {
  high: "medium",
  medium: "low",
  low: "off",
  off: undefined,
};
const levels: readonly ThinkingLevel[] = ["off", "low", "medium", "high"];

export function createAsking(parts: AskingParts): Asking {
  const { chain, rests, ceilings } = parts;
  const tried = new Map<string, Tried>();
  let waitedMs = 0;
  const thinkingFor = ({ provider, model }: ModelChoice): ThinkingLevel => {
    const ceiling = ceilings.get(`${provider}/${model}`) ?? "high";
    return levels.indexOf(ceiling) < levels.indexOf(parts.thinking) ? ceiling : parts.thinking;
  };
  const isToolless = (choice: ModelChoice): boolean =>
    parts.toolless.has(`${choice.provider}/${choice.model}`) || parts.lacksTools(choice);
  return {
    first: chain.models[0] as ModelChoice,
    next(now) {
      const all = targetsOf(parts);
      const live = all.filter((target) => !tried.get(nameOf(target))?.isSpent);
      const first = live[0];
      if (!first) return { type: "stop", fault: lastWord(chain, [...tried.values()]) };
      const readyAt = (target: Target): number => {
        const rest = rests.find(target, now);
        return Math.max(tried.get(nameOf(target))?.readyAt ?? 0, rest?.isTold ? rest.until : 0);
      };
      const held = live.find((target) => holdsOn(tried.get(nameOf(target))));
      // Who rests by our own guess is asked all the same when nobody else is left.
      const fresh = live.filter((target) => tried.has(nameOf(target)) || !rests.find(target, now));
      const order = held ? [held] : [...fresh, ...live.filter((target) => !fresh.includes(target))];
      const ready = order.find((target) => readyAt(target) <= now);
      if (ready) return { type: "try", target: ready, thinking: thinkingFor(ready), asText: isToolless(ready) };
      const soonest = order.reduce((a, b) => (readyAt(b) < readyAt(a) ? b : a));
      const until = readyAt(soonest);
      const because = tried.get(nameOf(soonest))?.fault ?? restFault(soonest, rests, now);
      if (waitedMs + (until - now) > parts.patienceMs)
        return { type: "stop", fault: lastWord(chain, [...tried.values()], because) };
      waitedMs += until - now;
      return { type: "wait", until, because: because.toJSON(), target: soonest };
    },
    answered(target) {
      rests.end(target);
      tried.clear();
      waitedMs = 0;
    },
    failed(target, fault, now) {
      if (fault.code === "provider.thinking" && lower[thinkingFor(target)] !== undefined) {
        ceilings.set(`${target.provider}/${target.model}`, lower[thinkingFor(target)] ?? "off");
        return;
      }
      if (fault.code === "provider.no-tools" && !isToolless(target)) {
        parts.toolless.add(`${target.provider}/${target.model}`);
        return;
      }
      const before = tried.get(nameOf(target));
      const times = (before?.times ?? 0) + 1;
      tried.set(nameOf(target), { target, times, fault, ...judged(fault, times, now) });
      // A vendor that stumbles once is not blamed.
      if (fault.kind !== "unavailable" || times >= stubborn) rests.begin(target, fault, now);
    },
  };
}

function judged(fault: Fault, times: number, now: number): Pick<Tried, "readyAt" | "isSpent"> {
  const backoff = Math.min(firstBackoffMs * 2 ** (times - 1), longestBackoffMs);
  const readyAt = Math.max(fault.retryAt ?? 0, now + backoff);
  const gone = fault.code === "provider.unreachable";
  if (fault.kind === "unavailable") return { readyAt, isSpent: times >= (gone ? triesWhenGone : triesWhenOut) };
  if (fault.kind === "limited" && fault.code !== "provider.quota") return { readyAt, isSpent: times >= triesWhenBusy };
  return { readyAt, isSpent: true };
}

/** One stumble is no reason to change the model: it gets its second chance before others are asked. */
function holdsOn(tried: Tried | undefined): boolean {
  return tried !== undefined && !tried.isSpent && tried.fault.kind === "unavailable" && tried.times < stubborn;
}

function targetsOf({ chain, keys }: AskingParts): readonly Target[] {
  return chain.models.flatMap(({ provider, model }) => keys(provider).map((key) => ({ provider, model, key })));
}

function nameOf({ provider, model, key }: Target): string {
  return `${provider}#${key}/${model}`;
}

/** What the person is told stands for the model that was wanted, unless that one was never asked. */
function lastWord(chain: Chain, tried: readonly Tried[], because?: Fault): Fault {
  const [first] = chain.models;
  const isWanted = ({ target }: Tried): boolean => target.model === first?.model && target.provider === first.provider;
  const wanted = tried.find(isWanted)?.fault ?? because ?? tried[0]?.fault;
  if (!wanted)
    return new Fault("config", "model.none", "No model is set up.", { hint: "`homarus onboard` sets one up." });
  const asked = new Set(tried.map(({ target }) => `${target.provider}/${target.model}`));
  if (asked.size < 2) return wanted;
  const each = tried.map(({ target, fault }) => `${target.provider}/${target.model}: ${fault.code}`);
  return new Fault(wanted.kind, wanted.code, `${wanted.message} No other answered either (${each.join("; ")}).`, {
    cause: wanted,
    ...(wanted.hint === undefined ? {} : { hint: wanted.hint }),
    ...(wanted.retryAt === undefined ? {} : { retryAt: wanted.retryAt }),
  });
}

function restFault(target: Target, rests: Rests, now: number): Fault {
  const rest = rests.find(target, now);
  const name = `${target.provider}/${target.model}`;
  return new Fault(rest?.kind ?? "limited", rest?.code ?? "provider.limited", `${name} asks to wait.`, {
    ...(rest ? { retryAt: rest.until } : {}),
  });
}

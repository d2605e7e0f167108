// How often and how many at once: per sender, per group, per agent, and for the whole house. Counted in memory: a restart
// begins the hour anew, which costs nobody anything they were owed.
import type { Clock, InboundMessage } from "@homarus/sdk";
import { createHours, type Hours } from "./hours.ts";
import { createSlots, type Slot } from "./slots.ts";

export interface Limit {
  /** Runs begun within an hour; undefined: any number. */
  readonly runsPerHour?: number | undefined;
  /** From the end of a run to the beginning of the next. */
  readonly cooldownMs?: number | undefined;
  /** At once; undefined: any number. */
  readonly runs?: number | undefined;
}

export interface LimitSettings {
  /** Runs at once in the whole house. */
  readonly runs: number;
  readonly groups: Limit;
  readonly senders: Limit;
  readonly agents: Limit;
}

export type Entry = { readonly type: "refused"; readonly reply: string } | { readonly type: "in"; readonly pass: Pass };

export interface Pass {
  leave(): void;
  /** Gives the place away while a person is waited for; what it gives back waits for another. */
  pause(): () => Promise<void>;
}

export interface Limits {
  /** Waits for the cooldown and for a free place. Rejects with the signal's reason when that fires first. */
  enter(message: InboundMessage, agent: string, how: EnterHow): Promise<Entry>;
  facts(): { readonly running: number; readonly waiting: number };
}

export interface EnterHow {
  readonly signal: AbortSignal;
  /** It had begun before a restart: it is not counted again. */
  readonly isResumed: boolean;
  /** Told once, when it must wait. */
  readonly onWait: () => void;
}

interface Measure {
  readonly key: string;
  readonly limit: Limit;
  readonly who: string;
}

const hourMs = 3_600_000;

export function createLimits(settings: () => LimitSettings, clock: Clock): Limits {
  const slots = createSlots(() => settings().runs);
  const hours = createHours(clock);
  const ended = new Map<string, number>();
  const own = new Map<string, ReturnType<typeof createSlots>>();
  const ownSlots = ({ key, limit }: Measure) => {
    const known = own.get(key) ?? createSlots(() => limit.runs ?? Number.POSITIVE_INFINITY);
    own.set(key, known);
    return known;
  };
  return {
    facts: () => ({ running: slots.inUse(), waiting: slots.waiting() }),
    async enter(message, agent, { signal, isResumed, onWait }) {
      const measures = measuresOf(message, agent, settings());
      const full = isResumed ? undefined : measures.find((measure) => isFull(measure, hours));
      if (full) return { type: "refused", reply: fullText(full, hours, clock.now()) };
      if (!isResumed) for (const { key } of measures) hours.add(key);
      await coolDown(measures, { ended, clock, signal, onWait });
      // Another session of this house waits for it, and holds a place meanwhile.
      if (message.hops !== undefined) return { type: "in", pass: freePass };
      const isTask = message.origin === "job";
      const limited = measures.filter(({ limit }) => limit.runs !== undefined);
      const enter = async (): Promise<Slot> => {
        if (slots.inUse() >= settings().runs) onWait();
        const held: Slot[] = [];
        try {
          for (const measure of limited) held.push(await ownSlots(measure).enter(isTask, signal));
          held.push(await slots.enter(isTask, signal));
        } catch (thrown) {
          for (const slot of held) slot.leave();
          throw thrown;
        }
        return { leave: () => held.forEach((slot) => void slot.leave()) };
      };
      const onEnd = (): void => {
        for (const { key, limit } of measures) if (limit.cooldownMs) ended.set(key, clock.now());
      };
      return { type: "in", pass: passOf(await enter(), enter, onEnd) };
    },
  };
}

function passOf(first: Slot, enter: () => Promise<Slot>, onEnd: () => void): Pass {
  let slot: Slot | undefined = first;
  let isOver = false;
  return {
    leave() {
      if (isOver) return;
      isOver = true;
      slot?.leave();
      onEnd();
    },
    pause() {
      slot?.leave();
      slot = undefined;
      return async () => {
        if (slot || isOver) return;
        const next = await enter();
        if (isOver) next.leave();
        else slot = next;
      };
    },
  };
}

const freePass: Pass = { leave: () => undefined, pause: () => async () => undefined };

/** What a message is measured by. Programs of the owner and the clock are held by the house's own limit alone. */
function measuresOf(message: InboundMessage, agent: string, settings: LimitSettings): readonly Measure[] {
  const { channel, account, place, peer, origin } = message;
  const ofAgent: Measure = { key: `agent ${agent}`, limit: settings.agents, who: "This agent" };
  if (origin !== "person") return [ofAgent];
  const where = `${channel} ${account}`;
  const sender: Measure = { key: `sender ${where} ${peer.id}`, limit: settings.senders, who: "You" };
  if (place.type !== "group") return [sender, ofAgent];
  return [{ key: `group ${where} ${place.id}`, limit: settings.groups, who: "This group" }, sender, ofAgent];
}

function isFull({ key, limit }: Measure, hours: Hours): boolean {
  return limit.runsPerHour !== undefined && hours.count(key) >= limit.runsPerHour;
}

function fullText({ key, limit, who }: Measure, hours: Hours, now: number): string {
  const minutes = Math.max(1, Math.ceil(((hours.oldest(key) ?? now) + hourMs - now) / 60_000));
  return `${who} asked me ${limit.runsPerHour} times within an hour, and that is the limit. Ask again in ${minutes} min.`;
}

async function coolDown(
  measures: readonly Measure[],
  {
    ended,
    clock,
    signal,
    onWait,
  }: {
    readonly ended: Map<string, number>;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onWait: () => void;
  },
): Promise<void> {
  const until = Math.max(0, ...measures.map(({ key, limit }) => (ended.get(key) ?? -hourMs) + (limit.cooldownMs ?? 0)));
  if (until <= clock.now()) return;
  onWait();
  await clock.sleep(until, signal);
}

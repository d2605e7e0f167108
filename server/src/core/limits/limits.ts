// How often and how many at once: per sender, per group, per agent, and for the whole house. Counted in memory: a restart
// begins the hour anew, which costs nobody anything they were owed.
import type { Clock, InboundMessage } from "@homarus/sdk";
import { type Cooldowns, createCooldowns } from "./cooldowns.ts";
import { createHours, type Hours } from "./hours.ts";
import { createOwnSlots, createSlots, type Slot } from "./slots.ts";

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
  /** The settings are others now: who has room by them is let in. */
  changed(): void;
  facts(): { readonly running: number; readonly waiting: number };
}

export interface EnterHow {
  readonly signal: AbortSignal;
  /** It had begun before a restart: it is not counted again. */
  readonly isResumed: boolean;
  /** Told once, when it must wait. */
  readonly onWait: () => void;
}

type Kind = "groups" | "senders" | "agents";

interface Measure {
  readonly kind: Kind;
  /** Begins with the kind. */
  readonly key: string;
  readonly limit: Limit;
  readonly who: string;
}

const hourMs = 3_600_000;

/** `settings` is asked each time, so that what the owner changes holds at once. */
export function createLimits(settings: () => LimitSettings, clock: Clock): Limits {
  const slots = createSlots(() => settings().runs);
  const hours = createHours(clock);
  const own = createOwnSlots();
  const cooldowns = createCooldowns(clock, (key) => settings()[kindOf(key)].cooldownMs ?? 0);
  return {
    facts: () => ({ running: slots.inUse(), waiting: slots.waiting() }),
    changed() {
      own.letIn();
      slots.letIn();
    },
    async enter(message, agent, { signal, isResumed, onWait }) {
      const measures = measuresOf(message, agent, settings());
      const full = isResumed ? undefined : measures.find((measure) => isFull(measure, hours));
      if (full) return { type: "refused", reply: fullText(full, hours, clock.now()) };
      if (!isResumed) for (const { key } of measures) hours.add(key);
      await coolDown(measures, { cooldowns, clock, signal, onWait });
      // Another session of this house waits for it, and holds a place meanwhile.
      if (message.hops !== undefined) return { type: "in", pass: freePass };
      const isTask = message.origin === "job";
      const enter = async (): Promise<Slot> => {
        const held: Slot[] = [];
        try {
          for (const { key, kind } of measures)
            held.push(
              await own.enter(key, () => settings()[kind].runs ?? Number.POSITIVE_INFINITY, isTask, signal, onWait),
            );
          held.push(await slots.enter(isTask, signal, onWait));
        } catch (thrown) {
          for (const slot of held) slot.leave();
          throw thrown;
        }
        return { leave: () => held.forEach((slot) => void slot.leave()) };
      };
      const onEnd = (): void => {
        for (const { key } of measures) cooldowns.ended(key);
      };
      return { type: "in", pass: passOf(await enter(), enter, onEnd) };
    },
  };
}

function passOf(first: Slot, enter: () => Promise<Slot>, onEnd: () => void): Pass {
  let slot: Slot | undefined = first;
  let isOver = false;
  /** Of several that were waited for, the first to be answered takes the place for all: a run has one. */
  let entering: Promise<void> | undefined;
  const comeBack = async (): Promise<void> => {
    try {
      const next = await enter();
      if (isOver) next.leave();
      else slot = next;
    } finally {
      entering = undefined;
    }
  };
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
        entering ??= comeBack();
        await entering;
      };
    },
  };
}

const freePass: Pass = { leave: () => undefined, pause: () => async () => undefined };

/** What a message is measured by. Programs of the owner and the clock are held by the house's own limit alone. */
function measuresOf(message: InboundMessage, agent: string, settings: LimitSettings): readonly Measure[] {
  const { channel, account, place, peer, origin } = message;
  const measure = (kind: Kind, name: string, who: string): Measure => ({
    ...{ kind, key: `${kind} ${name}`, limit: settings[kind], who },
  });
  const ofAgent = measure("agents", agent, "This agent");
  if (origin !== "person") return [ofAgent];
  const where = `${channel} ${account}`;
  const sender = measure("senders", `${where} ${peer.id}`, "You");
  if (place.type !== "group") return [sender, ofAgent];
  return [measure("groups", `${where} ${place.id}`, "This group"), sender, ofAgent];
}

function kindOf(key: string): Kind {
  return key.slice(0, key.indexOf(" ")) as Kind;
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
    cooldowns,
    clock,
    signal,
    onWait,
  }: {
    readonly cooldowns: Cooldowns;
    readonly clock: Clock;
    readonly signal: AbortSignal;
    readonly onWait: () => void;
  },
): Promise<void> {
  const until = Math.max(...measures.map(({ key }) => cooldowns.until(key)));
  if (until <= clock.now()) return;
  onWait();
  await clock.sleep(until, signal);
}

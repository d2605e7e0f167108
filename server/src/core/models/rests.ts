// Who rests, and until when: a key that was refused or used up, a model that is overloaded, a vendor that is out. Plain
// data, so that a restart does not run into the same wall again.
import type { Fault, FaultKind } from "@homarus/sdk";

/** One model, asked by one key. */
export interface Target {
  readonly provider: string;
  readonly model: string;
  /** Names the key, and changes with it; never the key itself. */
  readonly key: string;
}

/** What ends a key's name: it changes with the key, so that what was held against an old one does not stick to a new one. */
const keyMark = /:[0-9a-f]{8}(?=\/|$)/;

/** The name of a key, or of a place where something rests, without the mark of the key's value: as its owner wrote it. */
export function plainKey(name: string): string {
  return name.replace(keyMark, "");
}

export interface Rest {
  /** Unix ms. */
  readonly until: number;
  /** The vendor named the time: before it there is no use in asking. */
  readonly isTold: boolean;
  /** How often in a row. */
  readonly times: number;
  readonly code: string;
  readonly kind: FaultKind;
  /** Unix ms when it began. */
  readonly at: number;
}

export interface Rests {
  /** The longest rest that holds for a target now. */
  find(target: Target, now: number): Rest | undefined;
  /** Lets rest what the fault concerns; nothing for faults that are not the target's. */
  begin(target: Target, fault: Fault, now: number): void;
  /** The target has answered: what it was blamed for is forgotten. */
  end(target: Target): void;
  /** A provider gets a fresh start: its owner looked after it. */
  forget(provider: string): void;
  /** By place: `provider`, `provider#key`, `provider/model` or `provider#key/model`. */
  all(): Readonly<Record<string, Rest>>;
}

interface Rule {
  readonly place: (target: Target) => string;
  readonly firstMs: number;
  readonly longestMs: number;
}

const second = 1_000;
const minute = 60_000;
const hour = 60 * minute;

const ofProvider = ({ provider }: Target): string => provider;
const ofKey = ({ provider, key }: Target): string => `${provider}#${key}`;
const ofModel = ({ provider, model }: Target): string => `${provider}/${model}`;
const ofKeysModel = ({ provider, key, model }: Target): string => `${provider}#${key}/${model}`;

/** Each further time in a row doubles the rest. */
const byCode: Readonly<Record<string, Rule>> = {
  "provider.quota": { place: ofKey, firstMs: 30 * minute, longestMs: 6 * hour },
  "provider.overloaded": { place: ofModel, firstMs: 10 * second, longestMs: 2 * minute },
  "provider.not-found": { place: ofModel, firstMs: 10 * minute, longestMs: 6 * hour },
};

const byKind: Partial<Readonly<Record<FaultKind, Rule>>> = {
  auth: { place: ofKey, firstMs: 10 * minute, longestMs: hour },
  limited: { place: ofKeysModel, firstMs: 30 * second, longestMs: 5 * minute },
  unavailable: { place: ofProvider, firstMs: 15 * second, longestMs: 2 * minute },
};

/** A rest that ended this long ago says nothing of the next. */
const forgottenMs = 24 * hour;

/** `known` is what an earlier process left; `onChange` is handed what is to be kept. */
export function createRests(
  known: Readonly<Record<string, Rest>>,
  onChange: (all: Readonly<Record<string, Rest>>) => void,
): Rests {
  const rests = new Map(Object.entries(known));
  const changed = (): void => onChange(Object.fromEntries(rests));
  const placesOf = (target: Target) => [ofProvider, ofKey, ofModel, ofKeysModel].map((place) => place(target));
  return {
    find(target, now) {
      const held = placesOf(target).flatMap((place) => rests.get(place) ?? []);
      return held.filter((rest) => rest.until > now).sort((a, b) => b.until - a.until)[0];
    },
    begin(target, fault, now) {
      const rule = byCode[fault.code] ?? byKind[fault.kind];
      if (!rule) return;
      const place = rule.place(target);
      const before = rests.get(place);
      const times = before && now - before.until < forgottenMs ? before.times + 1 : 1;
      const isTold = fault.retryAt !== undefined && fault.retryAt > now;
      const own = Math.min(rule.firstMs * 2 ** (times - 1), rule.longestMs);
      const until = isTold ? (fault.retryAt ?? now) : now + own;
      rests.set(place, { until, isTold, times, code: fault.code, kind: fault.kind, at: now });
      changed();
    },
    end(target) {
      const gone = placesOf(target).filter((place) => rests.delete(place));
      if (gone.length > 0) changed();
    },
    forget(provider) {
      const own = [...rests.keys()].filter((place) => place.split(/[#/]/, 1)[0] === provider);
      for (const place of own) rests.delete(place);
      if (own.length > 0) changed();
    },
    all: () => Object.fromEntries(rests),
  };
}

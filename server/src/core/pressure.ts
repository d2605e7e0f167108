// What to do about memory: plain rules from what is used to what is done. Who measures and who acts stands elsewhere.

export type PressureLevel = "normal" | "high" | "critical";

export type PressureAct =
  /** Let go of everything that can be had again. */
  | { readonly type: "shed" }
  /** Begin no work that nobody waits for; or begin it again. */
  | { readonly type: "background"; readonly allowed: boolean }
  | { readonly type: "tell"; readonly text: string };

export interface PressureBounds {
  /** Bytes from which on memory is given back. */
  readonly soft: number;
  /** Bytes from which on nothing in the background begins. */
  readonly hard: number;
}

export interface Pressure {
  readonly level: () => PressureLevel;
  /** What to do now that so many bytes are used, at that time (Unix ms). */
  see(bytes: number, at: number): readonly PressureAct[];
}

/** A level is left only once this part of its bound is passed downwards, so that it does not flutter. */
const release = 0.9;
/** While memory stays high it is given back again after so long. */
const shedEveryMs = 60_000;
const tellEveryMs = 3_600_000;

export function createPressure(bounds: () => PressureBounds): Pressure {
  let level: PressureLevel = "normal";
  let shedAt = Number.NEGATIVE_INFINITY;
  let toldAt = Number.NEGATIVE_INFINITY;
  return {
    level: () => level,
    see(bytes, at) {
      const before = level;
      level = levelOf(bytes, before, bounds());
      const acts: PressureAct[] = [];
      if (level !== "normal" && (level !== before || at - shedAt >= shedEveryMs)) {
        shedAt = at;
        acts.push({ type: "shed" });
      }
      if ((level === "critical") !== (before === "critical"))
        acts.push({ type: "background", allowed: level !== "critical" });
      if (level === "critical" && before !== "critical" && at - toldAt >= tellEveryMs) {
        toldAt = at;
        acts.push({ type: "tell", text: shortText(bytes, bounds()) });
      }
      return acts;
    },
  };
}

function levelOf(bytes: number, before: PressureLevel, { soft, hard }: PressureBounds): PressureLevel {
  if (bytes >= hard || (before === "critical" && bytes >= hard * release)) return "critical";
  if (bytes >= soft || (before !== "normal" && bytes >= soft * release)) return "high";
  return "normal";
}

function shortText(bytes: number, { hard }: PressureBounds): string {
  const megabytes = (value: number): number => Math.round(value / 1_000_000);
  return [
    `I use ${megabytes(bytes)} MB of memory, more than the ${megabytes(hard)} MB I may.`,
    "Jobs and webhooks wait until there is room; conversations go on.",
    "If that is too little for this house, raise memory.hardMegabytes.",
  ].join(" ");
}

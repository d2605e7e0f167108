// Watches the process's own memory and acts: lets go of what can be had again, holds back work that nobody waits for,
// and tells the owner.
import type { HouseEvent, Log } from "@homarus/sdk";
import { createPressure, type PressureAct, type PressureBounds, type PressureLevel } from "../core/pressure.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { collectGarbage, machineBytes, usedBytes } from "../host/memory.ts";

export interface MemoryParts {
  readonly config: () => HouseConfig;
  readonly log: Log;
  readonly emit: (event: HouseEvent) => void;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Each lets go of something that can be had again. */
  readonly shed: readonly (() => void)[];
}

export interface MemoryFacts extends PressureBounds {
  readonly used: number;
  readonly level: PressureLevel;
}

export interface MemoryWatch {
  facts(): MemoryFacts;
  /** False while memory is too short for work that nobody waits for. */
  hasRoom(): boolean;
  /** Looks from now on; `onRoom` is called when there is room again. */
  start(onRoom: () => void): void;
}

const lookEveryMs = 10_000;
const megabyte = 1_000_000;

export function createMemoryWatch(parts: MemoryParts): MemoryWatch {
  const { signal } = parts;
  let machine: number | undefined;
  const bounds = (): PressureBounds => {
    machine ??= machineBytes();
    return boundsOf(parts.config(), machine);
  };
  const pressure = createPressure(bounds);
  const look = (onRoom: () => void): void => {
    const used = usedBytes();
    for (const act of pressure.see(used, parts.now())) carryOut(act, used, onRoom, parts);
  };
  return {
    facts: () => ({ ...bounds(), used: usedBytes(), level: pressure.level() }),
    hasRoom: () => pressure.level() !== "critical",
    start(onRoom) {
      const timer = setInterval(() => look(onRoom), lookEveryMs);
      timer.unref();
      signal.addEventListener("abort", () => clearInterval(timer));
    },
  };
}

function carryOut(act: PressureAct, used: number, onRoom: () => void, parts: MemoryParts): void {
  if (act.type === "shed") shed(used, parts);
  else if (act.type === "tell") parts.emit({ type: "notice", text: act.text });
  else {
    parts.log.warn(act.allowed ? "memory.background-on" : "memory.background-off", { used });
    if (act.allowed) onRoom();
  }
}

function shed(before: number, { shed: all, log }: MemoryParts): void {
  for (const letGo of all) letGo();
  collectGarbage();
  log.info("memory.shed", { before, after: usedBytes() });
}

/** Unless the owner says otherwise, a quarter of the machine is much and half of it too much, within what suits a house. */
function boundsOf({ memory }: HouseConfig, machine: number): PressureBounds {
  const within = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);
  const soft = memory.softMegabytes ?? within(machine / 4 / megabyte, 128, 768);
  const hard = memory.hardMegabytes ?? within(machine / 2 / megabyte, 256, 1_536);
  return { soft: soft * megabyte, hard: Math.max(soft, hard) * megabyte };
}

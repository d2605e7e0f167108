// A race for one budget: a vendor that meters what it is really owed, and many runs that want more than the budget has.
// Which house runs them is handed in: the costs room alone, or the whole line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LedgerSum, ModelPrice, Store, Usage } from "@homarus/sdk";
import { createFakeClock, createRandom, type FakeClock } from "@homarus/sdk/testing";
import { openSqliteStore } from "../../server/src/host/store/sqlite.ts";

/** A nano-dollar for each token that goes in, five for each that comes out. */
export const racePrice: ModelPrice = { input: 0.001, output: 0.005, asOf: "2026-11-01", source: "test" };

export interface Vendor {
  /** Makes a call that takes its time. What it used is owed from the moment it begins, whatever becomes of the caller. */
  call(bound: { readonly input: number; readonly output: number }): Promise<VendorAnswer>;
  /** Nano-dollars. */
  owed(): number;
  calls(): number;
}

export type VendorAnswer =
  | { readonly type: "usage"; readonly usage: Usage }
  /** The stream broke off after so many characters. */
  | { readonly type: "partial"; readonly chars: number };

export interface RaceHouse {
  /** Lets a run go until it is answered, or refused for the budget. Rejects when the house is killed. */
  run(number: number): Promise<"answered" | "refused">;
  /** Nothing that is under way is ended. */
  kill(): void;
}

export interface RaceParts {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly vendor: Vendor;
  readonly random: () => number;
  /** Nano-dollars for this day. */
  readonly limit: number;
}

export interface RaceResult {
  readonly owed: number;
  readonly calls: number;
  readonly ended: Readonly<Record<"answered" | "refused", number>>;
  readonly ledger: LedgerSum;
  readonly kills: number;
}

export interface RaceOptions {
  readonly seed: number;
  readonly runs: number;
  readonly limit: number;
  /** The process is killed when it has begun so many calls. */
  readonly callsPerLife: number;
  readonly open: (parts: RaceParts) => RaceHouse;
  /** Called whenever the clock has moved. */
  readonly watch?: (owed: number) => void;
}

export async function race({ seed, runs, limit, callsPerLife, open, watch }: RaceOptions): Promise<RaceResult> {
  const folder = mkdtempSync(join(tmpdir(), "homarus-race-"));
  const path = join(folder, "state.db");
  const random = createRandom(seed);
  const clock = createFakeClock(Date.parse("2026-11-27T08:00:00Z"));
  const vendor = createVendor(clock, random);
  const waiting = new Set(Array.from({ length: runs }, (_, number) => number));
  const ended = { answered: 0, refused: 0 };
  let kills = 0;
  for (;;) {
    const store = openSqliteStore(path);
    const house = open({ store, clock, vendor, random, limit });
    const going = Promise.allSettled(
      [...waiting].map(async (number) => {
        const how = await house.run(number);
        waiting.delete(number);
        ended[how] += 1;
      }),
    );
    const last = vendor.calls() + callsPerLife;
    const isKilled = await pass(
      { going, clock, random, watch: () => watch?.(vendor.owed()) },
      () => vendor.calls() >= last,
    );
    if (isKilled) {
      kills += 1;
      house.kill();
    }
    await going;
    if (waiting.size === 0) {
      const [ledger] = await store.ledgerSums({});
      await store.close();
      rmSync(folder, { recursive: true });
      if (!ledger) throw new Error("the ledger gave no sum");
      return { owed: vendor.owed(), calls: vendor.calls(), ended, ledger, kills };
    }
    await store.close();
  }
}

interface Passing {
  readonly going: Promise<unknown>;
  readonly clock: FakeClock;
  readonly random: () => number;
  readonly watch: () => void;
}

/** Moves the clock until all have ended, or until the process is to be killed. */
async function pass({ going, clock, random, watch }: Passing, isDue: () => boolean): Promise<boolean> {
  let isOver = false;
  void going.then(() => {
    isOver = true;
  });
  while (!isOver) {
    await clock.advance(Math.floor(random() * 4_000));
    await new Promise((resolve) => setImmediate(resolve));
    watch();
    if (isDue()) return true;
  }
  return false;
}

function createVendor(clock: FakeClock, random: () => number): Vendor {
  let [owed, calls] = [0, 0];
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  return {
    async call({ input, output }) {
      // Many calls use all that they may.
      const usage = {
        ...{ input: random() < 0.3 ? input : upTo(input), output: random() < 0.3 ? output : upTo(output) },
        ...{ cacheRead: 0, cacheWrite: 0 },
      };
      calls += 1;
      owed += usage.input + 5 * usage.output;
      await clock.sleep(clock.now() + upTo(30_000));
      return random() < 0.1 ? { type: "partial", chars: usage.output * 3 } : { type: "usage", usage };
    },
    owed: () => owed,
    calls: () => calls,
  };
}

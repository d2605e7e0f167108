// What every Store promises of its ledger.
import type { LedgerQuery, LedgerRow, LedgerSum } from "../ports/ledger.ts";
import type { Write } from "../ports/store.ts";
import type { Usage } from "../session.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { StoreWorld } from "./store.world.ts";

const usage = (input: number, output = 0): Usage => ({ input, output, cacheRead: 0, cacheWrite: 0 });

const settled = (id: string, changes: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ id, at: 10, runId: "r", agent: "main", sessionKey: "s", provider: "p", model: "m" },
  ...{ state: "settled", usage: usage(1, 2), nanoUsd: usage(10, 20) },
  ...changes,
});

const hold = (id: string, changes: Partial<LedgerRow> = {}): LedgerRow =>
  settled(id, { state: "held", usage: usage(100, 200), nanoUsd: usage(1_000, 2_000), ...changes });

const put = (...rows: readonly LedgerRow[]): Write[] => rows.map((row) => ({ type: "ledger", row }));

async function isRefused(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => false,
    () => true,
  );
}

/** Group, calls, calls without a price, tokens in, their cost, what is held: one line for each, sorted. */
function lines(sums: readonly LedgerSum[]): string[] {
  return sums
    .map(({ group, calls, unpriced, usage: used, nanoUsd, held }) => {
      const name = Object.values(group).join("/");
      return `${name} ${calls} ${unpriced} ${used.input} ${nanoUsd.input} ${held.calls}:${held.tokens}:${held.nanoUsd}`;
    })
    .sort();
}

const various: readonly LedgerRow[] = [
  settled("a", { at: 10, job: "j1" }),
  settled("b", { at: 20, model: "m2", key: "spare", nanoUsd: null }),
  settled("c", { at: 30, sessionKey: "kid", parent: "s", agent: "other" }),
  hold("d", { at: 30 }),
];

export const storeLedgerContract: readonly ContractCase<StoreWorld>[] = [
  {
    name: "keeps rows of the ledger as they were, the last written first, a page at a time",
    async run({ store }) {
      await store.commit(put(...various));
      const found = async (filter: Partial<Parameters<typeof store.ledgerRows>[0]>) =>
        (await store.ledgerRows({ limit: 9, ...filter })).map((row) => row.id).join("");
      expectSame(await found({}), "dcba", "all, newest first");
      expectSame(await found({ limit: 2, offset: 1 }), "cb", "the second and third");
      expectSame(await found({ states: ["settled"] }), "cba", "of one state");
      expectSame(await found({ from: 20, until: 30 }), "b", "from a time on, before another");
      expectSame(await found({ session: "s" }), "dcba", "of a session and those that it started");
      expectSame(await found({ session: "kid" }), "c", "of one that was started");
      for (const filter of [{ job: "j1" }, { model: "m2" }, { agent: "other" }])
        expectThat((await found(filter)).length === 1, `one row fits ${JSON.stringify(filter)}`);
      expectSame(await found({ provider: "p", model: "m", job: "none" }), "", "all that is given must fit");
      const [row] = await store.ledgerRows({ model: "m2", limit: 1 });
      expectSame(row && Object.entries(row).sort(), various[1] && Object.entries(various[1]).sort(), "as it was");
    },
  },
  {
    name: "ends a hold once, and takes no row twice",
    async run({ store }) {
      await store.commit(put(hold("h")));
      expectSame(
        (await store.openHolds()).map((row) => row.id),
        ["h"],
        "it is open",
      );
      const bad = put(settled("x"), settled("y", { ends: "nothing" }));
      expectThat(await isRefused(store.commit(bad)), "an end of nothing is refused");
      expectSame((await store.ledgerRows({ limit: 9 })).length, 1, "with all that came with it");
      await store.commit(put(settled("e", { ends: "h" })));
      expectSame(await store.openHolds(), [], "it is ended");
      expectThat(await isRefused(store.commit(put(settled("f", { ends: "h" })))), "a second end is refused");
      expectThat(await isRefused(store.commit(put(settled("e")))), "an id that is there is refused");
      await store.commit(put(hold("h2"), settled("v", { ends: "h2", state: "void", nanoUsd: usage(0) })));
      expectSame(lines(await store.ledgerSums({})), [" 1 0 1 10 0:0:0"], "what is void is not counted");
    },
  },
  {
    name: "sums the ledger as a whole and by what is asked, and says what has no price",
    async run({ store }) {
      expectSame(lines(await store.ledgerSums({})), [" 0 0 0 0 0:0:0"], "nothing is a sum too");
      expectSame(await store.ledgerSums({ by: ["model"] }), [], "and no group");
      await store.commit(put(...various));
      const sums = async (query: LedgerQuery) => lines(await store.ledgerSums(query));
      expectSame(await sums({}), [" 3 1 3 20 1:300:3000"], "all");
      expectSame(await sums({ by: ["model"] }), ["m 2 0 2 20 1:300:3000", "m2 1 1 1 0 0:0:0"], "by model");
      expectSame(await sums({ by: ["agent"] }), ["main 2 1 2 10 1:300:3000", "other 1 0 1 10 0:0:0"], "by agent");
      expectSame(await sums({ by: ["job"] }), [" 2 1 2 10 1:300:3000", "j1 1 0 1 10 0:0:0"], "by job, and without one");
      expectSame(await sums({ by: ["provider", "session"], until: 30 }), ["p/s 2 1 2 10 0:0:0"], "before a time");
      expectSame(await sums({ session: "s" }), [" 3 1 3 20 1:300:3000"], "a session with those that it started");
      expectSame(await sums({ session: "kid" }), [" 1 0 1 10 0:0:0"], "one that was started");
      expectSame(await sums({ except: ["a", "d"] }), [" 2 1 2 10 0:0:0"], "without some calls");
      expectSame(await sums({ by: ["key"], from: 20, until: 21 }), ["spare 1 1 1 0 0:0:0"], "by key");
    },
  },
  {
    name: "sums the ledger by days of the length that is given",
    async run({ store }) {
      await store.commit(put(...various));
      const days = async (query: LedgerQuery) => lines(await store.ledgerSums({ by: ["day"], ...query }));
      expectSame(
        await days({ days: [5, 20, 30, 40] }),
        ["20 1 1 1 0 0:0:0", "30 1 0 1 10 1:300:3000", "5 1 0 1 10 0:0:0"],
        "three",
      );
      expectSame(await days({ days: [20, 30] }), ["20 1 1 1 0 0:0:0"], "only what is in one of them");
      expectSame(
        await days({ days: [30, 40], by: ["model", "day"], agent: "other" }),
        ["m/30 1 0 1 10 0:0:0"],
        "with more",
      );
    },
  },
  {
    name: "counts a call that a hold let go on the day of the hold, at what it came to",
    async run({ store }) {
      await store.commit(put(hold("h", { at: 10 }), hold("g", { at: 20 })));
      await store.commit(put(settled("e", { ends: "h", at: 10 })));
      expectSame(lines(await store.ledgerSums({ until: 20 })), [" 1 0 1 10 0:0:0"], "the end counts, the hold no more");
      expectSame(lines(await store.ledgerSums({ except: ["h"] })), [" 0 0 0 0 1:300:3000"], "a call goes with its end");
    },
  },
  {
    name: "finds the ledger and its open holds again after it was opened anew",
    needs: "durable",
    async run(world) {
      await world.store.commit(put(hold("h"), hold("g")), { flush: false });
      await world.store.commit(put(settled("e", { ends: "g" })), { flush: false });
      expectThat(world.reopen !== undefined, "a durable world can be reopened");
      world.store = await world.reopen();
      expectSame(
        (await world.store.openHolds()).map((row) => row.id),
        ["h"],
        "what is open",
      );
      expectSame(lines(await world.store.ledgerSums({})), [" 1 0 1 10 1:300:3000"], "the sums");
    },
  },
];

// Costs for the gateway's tests: sums and rows of the store's ledger, days in UTC, one budget that is near its end.
import { type Clock, Fault, noUsage, type Store } from "@homarus/sdk";
import type { House } from "../house.ts";

const dayMs = 86_400_000;

export function createFakeCosts(store: Store, clock: Clock): House["costs"] {
  const timeOf = (moment: number | string): number => {
    const at = typeof moment === "number" ? moment : Date.parse(`${moment}T00:00:00Z`);
    if (Number.isNaN(at)) throw new Fault("invalid", "costs.date", `"${moment}" is no date.`);
    return at;
  };
  return {
    async summary({ by = [], from = clock.now() - (clock.now() % dayMs), to = clock.now() + 1, ...scope }) {
      const range = { from: timeOf(from), until: timeOf(to) };
      const days = [range.from, range.until];
      const sums = by.length === 0 ? [] : await store.ledgerSums({ ...scope, ...range, by, days });
      const [total] = await store.ledgerSums({ ...scope, ...range });
      if (!total) throw new Error("the store gave no sum");
      const dated = sums.map((sum) =>
        sum.group.day === undefined ? sum : { ...sum, date: new Date(sum.group.day).toISOString().slice(0, 10) },
      );
      return { ...range, timeZone: "UTC", sums: dated, total };
    },
    rows: ({ from: _from, to: _to, ...wish }) => store.ledgerRows(wish),
    budgets: async () => [
      {
        ...({ scope: { name: "house", id: "" }, period: "day", unit: "usd", limit: 5e9, path: "budgets.day" } as const),
        ...({ spent: 4e9, held: 0, resetsAt: clock.now() + dayMs, state: "near" } as const),
      },
    ],
    async release(id) {
      const open = (await store.openHolds()).filter((row) => id === undefined || row.id === id);
      const end = { state: "void", usage: noUsage, nanoUsd: noUsage } as const;
      await store.commit(
        open.map((row) => ({ type: "ledger", row: { ...row, ...end, id: `v-${row.id}`, ends: row.id } })),
      );
      return open;
    },
  };
}

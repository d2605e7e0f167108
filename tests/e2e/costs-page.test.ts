// The costs at the side of the chat page, over a gateway whose ledger has calls in it.
import { expect, test } from "bun:test";
import AxeBuilder from "@axe-core/playwright";
import type { LedgerRow } from "@homarus/sdk";
import { openSqliteStore } from "../../server/src/host/store/sqlite.ts";
import { openBrowser } from "./fakes/browser.ts";
import { makeStateFolder, startHouse } from "./fakes/house-process.ts";

const call = (id: string, changes: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{ id, at: Date.now() - 1_000, runId: "r", agent: "main", sessionKey: "agent:main:main" },
  ...{
    provider: "p",
    model: "dear",
    state: "settled",
    usage: { input: 1_000, output: 500, cacheRead: 0, cacheWrite: 0 },
  },
  ...{ nanoUsd: { input: 30_000_000, output: 80_000_000, cacheRead: 0, cacheWrite: 0 }, priceAsOf: "2026-11-01" },
  ...changes,
});

test("[A37] costs are shown by model, of today and of a week, with the budgets; a screen reader finds its way", async () => {
  using state = makeStateFolder({ providers: { offline: { paceMs: 0 } }, budgets: { day: 0.5 } });
  const store = openSqliteStore(state.statePath);
  const rows = [call("1"), call("2", { at: Date.now() - 3 * 86_400_000 }), call("3", { model: "dark", nanoUsd: null })];
  await store.commit(rows.map((row) => ({ type: "ledger", row })));
  await store.close();
  const house = await startHouse(state);
  await using browser = await openBrowser();
  await using watched = await browser.open();
  const { page } = watched;
  await page.goto(`http://127.0.0.1:${house.port}/chat#token=${house.token}`);
  await page.getByText("Costs").click();
  for (const name of ["dear $0.11 $0.22", "dark unknown unknown", "All $0.11 + unknown $0.22 + unknown"])
    await page.getByRole("row", { name, exact: true }).waitFor();
  await page.getByText("Today: $0.11 of $0.50").waitFor();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
  expect(watched.errors).toEqual([]);
  await house.stop();
});

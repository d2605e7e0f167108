import { expect, test } from "bun:test";
import type { Store, Usage } from "@homarus/sdk";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createCalendar } from "./calendar.ts";
import { createCosts } from "./costs.ts";
import type { BudgetSettings } from "./limits.ts";
import type { Rate } from "./price.ts";
import { createCostWork } from "./report.ts";
import type { PlannedCall } from "./reserve.ts";

const start = Date.parse("2026-11-27T12:00:00Z");
/** A nano-dollar for each token that goes in, two for each that comes out. */
const rate: Rate = { free: false, price: { input: 0.001, output: 0.002, asOf: "2026-11-01", source: "test" } };
const none: BudgetSettings = { warnAt: 0.8, unknownPrice: "refuse", agents: {}, jobs: {}, sessions: {} };
const usage = (input: number, output: number): Usage => ({ input, output, cacheRead: 0, cacheWrite: 0 });
const used = (input: number, output: number) => ({ type: "usage", usage: usage(input, output) }) as const;
const nano = (amount: number) => amount / 1e9;

interface Options {
  readonly settings?: Partial<BudgetSettings>;
  readonly rate?: Rate;
  readonly store?: Store;
}

function openRoom(options: Options = {}) {
  const store = options.store ?? createMemoryStore();
  const clock = createFakeClock(start);
  const notices: string[] = [];
  const state = { settings: { ...none, ...options.settings }, rate: options.rate ?? rate };
  const calendar = createCalendar("UTC");
  const parts = {
    ...{ store, clock, calendar: () => calendar, newId: () => crypto.randomUUID() },
    settings: () => state.settings,
    rate: () => state.rate,
    notice: (text: string) => void notices.push(text),
  };
  const costs = createCosts(parts);
  const work = createCostWork({ ...parts, costs });
  const total = async () => (await work.summary({ from: 0 })).total;
  const call = (changes: Partial<PlannedCall> = {}): PlannedCall => ({
    ...{ runId: "r", agent: "main", sessionKey: "s", provider: "p", model: "m" },
    ...{ inputTokens: 1_000, maxOutputTokens: 2_000 },
    ...changes,
  });
  return {
    store,
    clock,
    notices,
    state,
    costs,
    work,
    total,
    call,
    reserve: (changes = {}) => costs.reserve(call(changes)),
  };
}

/** Of the plain call: 1,002 for what goes in, with two for rounding, and 4,000 for what comes out. */
const most = 5_002;
const isWaiting = Symbol("waiting");
const soon = <T>(work: Promise<T>): Promise<T | typeof isWaiting> =>
  Promise.race([
    work,
    new Promise<typeof isWaiting>((resolve) => setImmediate(() => setImmediate(() => resolve(isWaiting)))),
  ]);

test("without budgets a call is one row in the ledger, written when it has ended, and nothing is read", async () => {
  const room = openRoom({ store: { ...createMemoryStore(), ledgerSums: () => Promise.reject(new Error("was read")) } });
  const reservation = await room.reserve({ job: "j", parent: "top", key: "spare" });
  expect(reservation.maxOutputTokens).toBeUndefined();
  expect(await room.work.rows({ limit: 9 })).toEqual([]);
  await reservation.settle(used(10, 20));
  await reservation.settle(used(99, 99));
  expect(await room.work.rows({ limit: 9 })).toEqual([
    {
      ...{ id: expect.any(String), at: start, runId: "r", agent: "main", sessionKey: "s", parent: "top", job: "j" },
      ...{ provider: "p", model: "m", key: "spare", state: "settled", priceAsOf: "2026-11-01" },
      ...{ usage: usage(10, 20), nanoUsd: usage(10, 40) },
    },
  ]);
});

test("an unknown price is unknown in the ledger, and what is free is nothing", async () => {
  const room = openRoom({ rate: { free: false } });
  await (await room.reserve()).settle(used(10, 20));
  room.state.rate = { free: true };
  await (await room.reserve()).settle(used(10, 20));
  expect((await room.work.rows({ limit: 9 })).map((row) => row.nanoUsd)).toEqual([usage(0, 0), null]);
  expect(await room.total()).toMatchObject({ calls: 2, unpriced: 1, usage: usage(20, 40) });
});

test("the most a call may come to is held in the store before it is made, and gives way to what it did come to", async () => {
  const room = openRoom({ settings: { day: nano(10_000) } });
  const reservation = await room.reserve();
  expect(reservation.maxOutputTokens).toBe(2_000);
  expect((await room.total()).held).toEqual({ calls: 1, tokens: 3_000, nanoUsd: most });
  await reservation.settle(used(900, 100));
  expect(await room.total()).toMatchObject({ calls: 1, nanoUsd: usage(900, 200), held: { calls: 0 } });
  await (await room.reserve()).void();
  expect(await room.total()).toMatchObject({ calls: 1, held: { calls: 0 } });
});

test("a call that broke off is counted by what came, with all that went in, and the ledger says that it is a guess", async () => {
  const room = openRoom({ settings: { day: nano(20_000) } });
  await (await room.reserve()).settle({ type: "partial", chars: 501 });
  await (await room.reserve()).settle({ type: "partial", chars: 90_000 });
  expect(await room.work.rows({ states: ["settled"], limit: 9 })).toMatchObject([
    { usage: usage(1_000, 2_000), estimated: true },
    { usage: usage(1_000, 251), estimated: true },
  ]);
});

test("a call that does not fit is refused: which budget, how far, when anew, and how it is raised", async () => {
  const room = openRoom({ settings: { day: nano(6_000) } });
  await (await room.reserve()).settle(used(1_000, 1_900));
  const refused = room.reserve();
  await expect(refused).rejects.toMatchObject({
    ...{ kind: "denied", code: "budget.day", retryAt: Date.parse("2026-11-28T00:00:00Z") },
    hint: "To raise it: homarus config set budgets.day 0.000012",
  });
  await expect(refused).rejects.toThrow("The budget of the house for the day has no room for this call");
  await expect(refused).rejects.toThrow("It begins anew on 2026-11-28 (UTC).");
  expect(room.notices).toHaveLength(2);
  await room.clock.advance(12 * 3_600_000);
  expect((await room.reserve()).maxOutputTokens).toBe(2_000);
});

test.each([
  ["budget.month", { month: nano(1) }, "budgets.month", {}],
  ["budget.session", { sessions: { total: nano(1) } }, "budgets.sessions.total", {}],
  ["budget.day", { agents: { default: { day: nano(1) } } }, "budgets.agents.default.day", {}],
  ["budget.day", { jobs: { j: { dayTokens: 10 } } }, "budgets.jobs.j.dayTokens 3000", { job: "j" }],
  ["budget.session", { sessions: { totalTokens: 0 } }, "budgets.sessions.totalTokens 100000", {}],
  ["budget.day", { day: 0 }, "budgets.day 1", {}],
])("%s refuses by %j", async (code, settings, path, changes) => {
  const room = openRoom({ settings });
  const refused = room.reserve(changes);
  await expect(refused).rejects.toMatchObject({ code, hint: expect.stringContaining(path) });
  expect(await room.work.rows({ limit: 9 })).toEqual([]);
});

test("where only a part fits, the call may write so much less; where that is too little it is refused", async () => {
  const room = openRoom({ settings: { day: nano(1_002 + 2 * 1_500) } });
  expect((await room.reserve()).maxOutputTokens).toBe(1_500);
  const poor = openRoom({ settings: { day: nano(1_002 + 2 * 1_000) } });
  await expect(poor.reserve()).rejects.toMatchObject({ code: "budget.day" });
  expect((await poor.reserve({ maxOutputTokens: 600 })).maxOutputTokens).toBe(600);
});

test("a model of which nobody knows how much it writes is held to a limit, so that the hold is one", async () => {
  const room = openRoom({ settings: { day: 1 } });
  const { maxOutputTokens: _, ...call } = room.call();
  expect((await room.costs.reserve(call)).maxOutputTokens).toBe(8_192);
});

test("calls side by side see each other's holds: one waits until another has ended, and goes on if there is room", async () => {
  const room = openRoom({ settings: { day: nano(6_000) } });
  const first = await room.reserve();
  let waits = 0;
  const second = room.costs.reserve(room.call(), { onWait: () => (waits += 1) });
  expect(await soon(second)).toBe(isWaiting);
  expect(waits).toBe(1);
  await first.settle(used(10, 10));
  expect((await second).maxOutputTokens).toBe(2_000);
});

test("who waits for room goes when it is told to stop, or is refused when there will be none", async () => {
  const room = openRoom({ settings: { day: nano(6_000) } });
  const first = await room.reserve();
  const stop = new AbortController();
  const stopped = room.costs.reserve(room.call(), { signal: stop.signal });
  const refused = room.reserve();
  expect(await soon(Promise.race([stopped, refused]))).toBe(isWaiting);
  stop.abort(new Error("told to stop"));
  await expect(stopped).rejects.toThrow("told to stop");
  await first.settle(used(1_000, 2_000));
  await expect(refused).rejects.toMatchObject({ code: "budget.day" });
});

test("what a crash left held counts in full, in this process and the next, until the owner gives it back", async () => {
  const room = openRoom({ settings: { day: nano(8_000) } });
  await room.reserve();
  for (let restart = 0; restart < 2; restart += 1) {
    const next = openRoom({ settings: { day: nano(8_000) }, store: room.store });
    await expect(next.reserve()).rejects.toMatchObject({ hint: expect.stringContaining("homarus cost release") });
  }
  const last = openRoom({ settings: { day: nano(8_000) }, store: room.store });
  await expect(last.reserve()).rejects.toMatchObject({ code: "budget.day" });
  expect(await last.work.release()).toHaveLength(1);
  expect((await last.reserve()).maxOutputTokens).toBe(2_000);
  expect(await last.work.release()).toEqual([]);
  await expect(last.work.release("nothing")).rejects.toMatchObject({ code: "costs.no-hold" });
});

test("a budget is counted from what the ledger had before it was set, and is in force for the next call", async () => {
  const room = openRoom();
  await (await room.reserve()).settle(used(1_000, 2_000));
  const open = await room.reserve();
  room.state.settings = { ...none, day: nano(6_000) };
  await expect(room.reserve()).rejects.toMatchObject({ code: "budget.day" });
  room.state.settings = { ...none, day: nano(12_000) };
  const reservation = await room.reserve();
  await open.settle(used(1_000, 1_500));
  await reservation.settle(used(0, 0));
  await expect(room.reserve()).rejects.toMatchObject({ code: "budget.day" });
  room.state.settings = none;
  expect((await room.reserve()).maxOutputTokens).toBeUndefined();
});

test("the owner is told once for a period and limit that a budget is near its end, and whoever settled hears it", async () => {
  const room = openRoom({ settings: { day: nano(20_000) } });
  const settle = async () => (await room.reserve()).settle(used(1_000, 2_000));
  expect([await settle(), await settle(), await settle()]).toEqual([[], [], []]);
  const [told] = await (await room.reserve()).settle(used(1_000, 1_000));
  expect(told).toContain("The budget of the house for the day is 90 % used");
  expect(room.notices).toEqual([told ?? ""]);
  const next = openRoom({ settings: { day: nano(20_000), warnAt: 0.5 }, store: room.store });
  expect(await (await next.reserve({ maxOutputTokens: 100 })).settle(used(0, 0))).toEqual([]);
  next.state.settings = { ...none, day: nano(21_000) };
  expect(await (await next.reserve({ maxOutputTokens: 100 })).settle(used(0, 0))).toHaveLength(1);
});

test("under a budget in dollars an unknown price is refused, unless the owner lets it pass uncounted", async () => {
  const room = openRoom({ settings: { agents: { main: { month: 1 } } }, rate: { free: false } });
  await expect(room.reserve()).rejects.toMatchObject({
    ...{ kind: "denied", code: "budget.unknown-price" },
    hint: expect.stringContaining("budgets.unknownPrice allow"),
  });
  expect((await room.reserve({ agent: "other" })).maxOutputTokens).toBeUndefined();
  room.state.settings = { ...room.state.settings, unknownPrice: "allow" };
  await (await room.reserve()).settle(used(10, 10));
  room.state.settings = { ...none, dayTokens: 4_000 };
  expect((await room.reserve({ maxOutputTokens: 3_000 })).maxOutputTokens).toBe(2_980);
});

test("a free model is let go though the budget in dollars is spent, and counted where tokens are", async () => {
  const room = openRoom({ settings: { day: 0 }, rate: { free: true } });
  expect((await room.reserve()).maxOutputTokens).toBeUndefined();
  room.state.settings = { ...none, day: 0, monthTokens: 3_500 };
  expect((await room.reserve()).maxOutputTokens).toBe(2_000);
  await expect(room.reserve({ sessionKey: "t", inputTokens: 4_000 })).rejects.toMatchObject({ code: "budget.month" });
});

test("what a session starts is paid from its budget too", async () => {
  const room = openRoom({ settings: { sessions: { day: nano(6_000) } } });
  await (await room.reserve({ sessionKey: "kid", parent: "s" })).settle(used(1_000, 2_000));
  await expect(room.reserve()).rejects.toMatchObject({ message: expect.stringContaining("session s for the day") });
  expect((await room.reserve({ sessionKey: "other" })).maxOutputTokens).toBe(2_000);
});

test("a hold that the store does not take is none, and the call is not made", async () => {
  const inner = createMemoryStore();
  let isBroken = true;
  const store: Store = {
    ...inner,
    commit: (writes) => (isBroken ? Promise.reject(new Error("full")) : inner.commit(writes)),
  };
  const room = openRoom({ settings: { day: nano(6_000) }, store });
  await expect(room.reserve()).rejects.toThrow("full");
  isBroken = false;
  expect((await room.reserve()).maxOutputTokens).toBe(2_000);
});

test("what the ledger cannot say is no leave: the call is refused, and the next one asks anew", async () => {
  const inner = createMemoryStore();
  let isBroken = true;
  const store: Store = {
    ...inner,
    ledgerSums: (query) => (isBroken ? Promise.reject(new Error("unreadable")) : inner.ledgerSums(query)),
  };
  const room = openRoom({ settings: { day: nano(6_000) }, store });
  await expect(room.reserve()).rejects.toThrow("unreadable");
  isBroken = false;
  expect((await room.reserve()).maxOutputTokens).toBe(2_000);
});

test("counters of sessions that nobody asked for in a while are let go, and what they counted is not forgotten", async () => {
  const room = openRoom({ settings: { sessions: { total: nano(6_000) } } });
  await (await room.reserve({ sessionKey: "first" })).settle(used(1_000, 2_000));
  const going = await room.reserve({ sessionKey: "going" });
  for (let number = 0; number < 2_100; number += 1)
    await room.costs.reserve(room.call({ sessionKey: `s${number}` })).then((reservation) => reservation.void());
  await expect(room.reserve({ sessionKey: "first" })).rejects.toMatchObject({ code: "budget.session" });
  expect(await soon(room.reserve({ sessionKey: "going" }))).toBe(isWaiting);
  await going.void();
});

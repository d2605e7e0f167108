import { expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { createKeptLogs } from "./kept-logs.ts";
import { openLog } from "./log.ts";
import { newSession } from "./session.ts";

const line = (text: string) => ({ type: "user", content: [{ type: "text", text }] }) as const;

function open(window = 10) {
  const store = createMemoryStore();
  const clock = createFakeClock(1_000);
  let ids = 0;
  const parts = { store, clock, window, newId: () => `id-${++ids}`, kept: createKeptLogs() };
  return { store, clock, parts, log: () => openLog("agent:main:main", "main", parts) };
}

test("a session that is not there yet begins, and nothing is written before the first commit", async () => {
  const it = open();
  const log = await it.log();
  expect(log.session).toEqual(newSession("agent:main:main", "main", { id: "id-1", now: 1_000 }));
  expect(log.entries()).toEqual([]);
  expect(await it.store.sessions()).toEqual([]);
});

test("[E03] lines are numbered without a gap, over turns", async () => {
  const it = open();
  const first = await it.log();
  await it.store.commit([first.change({ title: "Talk" }), ...first.append([line("a"), line("b")], "r1")]);
  await it.clock.advance(5);
  const second = await it.log();
  await it.store.commit(second.append([line("c")]));
  const entries = await it.store.entries("id-1");
  expect(entries.map(({ seq, at, runId }) => [seq, at, runId])).toEqual([
    [1, 1_000, "r1"],
    [2, 1_000, "r1"],
    [3, 1_005, undefined],
  ]);
  expect(second.entries()).toEqual(entries);
  expect(second.session).toMatchObject({ id: "id-1", title: "Talk" });
});

test("only the newest lines are read, and the numbers go on", async () => {
  const it = open(2);
  const log = await it.log();
  await it.store.commit([log.change({}), ...log.append(["a", "b", "c"].map(line))]);
  const next = await it.log();
  expect(next.entries().map((entry) => entry.seq)).toEqual([2, 3]);
  await it.store.commit(next.append([line("d")]));
  expect(await it.store.lastSeq("id-1")).toBe(4);
});

test("a change is stamped and seen at once", async () => {
  const it = open();
  const log = await it.log();
  await it.clock.advance(7);
  expect(log.change({ label: "x" })).toMatchObject({ type: "session-put", session: { label: "x", updatedAt: 1_007 } });
  expect(log.session.label).toBe("x");
});

test("lines kept in memory are used only while the store has no newer ones", async () => {
  const it = open();
  const log = await it.log();
  await it.store.commit([log.change({}), ...log.append([line("a")])]);
  log.keep();
  const other = await openLog("agent:main:main", "main", { ...it.parts, kept: createKeptLogs() });
  await it.store.commit(other.append([line("b")]));
  expect((await it.log()).entries().map((entry) => entry.seq)).toEqual([1, 2]);
});

test("what was appended and not committed is not kept for the next turn", async () => {
  const it = open();
  const log = await it.log();
  await it.store.commit([log.change({}), ...log.append([line("a")])]);
  log.append([line("never committed")]);
  expect((await it.log()).entries()).toHaveLength(1);
});

test("a run that goes on after a restart has its own entries whole, though they outgrow the window", async () => {
  const store = createMemoryStore();
  const parts = { store, clock: createFakeClock(), newId: () => "s-1", window: 3 };
  const first = await openLog("agent:main:main", "main", parts);
  const bodies = Array.from({ length: 10 }, (_, index) => ({
    type: "user" as const,
    content: [{ type: "text" as const, text: String(index) }],
  }));
  await store.commit([
    first.change({}),
    ...first.append(bodies.slice(0, 2)),
    ...first.append(bodies.slice(2), "run-1"),
  ]);
  expect((await openLog("agent:main:main", "main", parts)).entries()).toHaveLength(3);
  expect(
    (await openLog("agent:main:main", "main", { ...parts, runId: "run-1" })).entries().map((entry) => entry.seq),
  ).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
});

test("a session that was cut is read from there on, however long its log is; one that was not, by its newest", async () => {
  const store = createMemoryStore();
  const parts = { store, clock: createFakeClock(), newId: () => "s-1" };
  const first = await openLog("agent:main:main", "main", parts);
  const bodies = Array.from({ length: 2_100 }, (_, index) => line(String(index)));
  await store.commit([first.change({}), ...first.append(bodies)]);
  expect((await openLog("agent:main:main", "main", parts)).entries()[0]?.seq).toBe(101);
  await store.commit([first.change({ readFrom: 2_090 })]);
  const cut = await openLog("agent:main:main", "main", parts);
  expect(cut.entries()[0]?.seq).toBe(2_090);
  const kept = createKeptLogs();
  const warm = await openLog("agent:main:main", "main", { ...parts, kept });
  warm.keep();
  await store.commit([first.change({ readFrom: 50 })]);
  expect((await openLog("agent:main:main", "main", { ...parts, kept })).entries()[0]?.seq).toBe(101);
});

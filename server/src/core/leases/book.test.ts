import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import type { AuditRecord, Store, Write } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import { LeaseBook, type LeaseBookParts } from "./book.ts";
import { leaseLimits } from "./lease.ts";

const start = 1_800_000_000_000;
const tokenOf = (letter: string): string => `hl_${letter.repeat(43)}`;

function open(parts: Partial<LeaseBookParts> = {}, store: Store = createMemoryStore()) {
  const clock = createFakeClock(start);
  const vault = new Map([
    ["db", "value-of-db"],
    ["other", "value-of-other"],
  ]);
  const learned: string[] = [];
  let ids = 0;
  const world = { halted: false };
  const again = (more: Partial<LeaseBookParts> = {}) =>
    new LeaseBook({
      ...{ store, clock, log: silentLog, newId: () => `lease-${++ids}`, longestMs: () => 86_400_000 },
      digest: (text) => createHash("sha256").update(text).digest("hex"),
      names: () => [...vault.keys()],
      read: (name) => vault.get(name),
      isHalted: async () => world.halted,
      learn: (_, token) => void learned.push(token),
      ...parts,
      ...more,
    });
  const audit = async (): Promise<readonly AuditRecord[]> => store.auditLinks({ type: "secret", limit: 100 });
  return { book: again(), again, clock, store, vault, learned, world, audit };
}

test("[L02] a lease gives the vault's value of now, within its names, its time and its uses", async () => {
  const { book, clock, vault } = open();
  const made = await book.make({ names: ["db", "db"], token: tokenOf("a"), uses: 2, note: "backup" }, "cli");
  expect(made).toMatchObject({ names: ["db"], uses: 2, used: 0, note: "backup", endsAt: start + leaseLimits.usualMs });
  expect(await book.use(tokenOf("a"), "db")).toEqual({ type: "value", value: "value-of-db" });
  vault.set("db", "another");
  expect(await book.use(tokenOf("a"), "other")).toEqual({ type: "not-leased" });
  expect(await book.use(tokenOf("a"), "db")).toEqual({ type: "value", value: "another" });
  expect(await book.use(tokenOf("a"), "db")).toEqual({ type: "unknown" });
  await book.make({ names: ["db", "other"], token: tokenOf("b"), ttlMs: 60_000 }, "cli");
  vault.delete("other");
  expect(await book.use(tokenOf("b"), "other")).toEqual({ type: "missing" });
  await clock.advance(60_000);
  expect(await book.use(tokenOf("b"), "db")).toEqual({ type: "unknown" });
  expect((await book.list()).map(({ state, used }) => [state, used])).toEqual([
    ["used-up", 2],
    ["over", 0],
  ]);
});

test("[L02] one that ended, one that nobody knows and what is no token are answered alike", async () => {
  const { book } = open();
  const { id } = await book.make({ names: ["db"], token: tokenOf("a") }, "cli");
  expect(await book.end(id, "cli")).toEqual([id]);
  for (const token of [tokenOf("a"), tokenOf("z"), "", "x", (await book.list())[0]?.hash ?? ""])
    expect(await book.use(token, "db")).toEqual({ type: "unknown" });
  await expect(book.end(id, "cli")).rejects.toThrow("no lease");
  await expect(book.end("nothing", "cli")).rejects.toThrow("no lease");
  expect(await book.end(undefined, "cli")).toEqual([]);
});

test("[L02] many at once never get more values than a lease has uses", async () => {
  const { book } = open();
  await book.make({ names: ["db"], token: tokenOf("a"), uses: 5 }, "cli");
  const given = await Promise.all(Array.from({ length: 60 }, () => book.use(tokenOf("a"), "db")));
  expect(given.filter(({ type }) => type === "value").length).toBe(5);
  expect((await book.list())[0]).toMatchObject({ used: 5, state: "used-up" });
});

test("[L02] a use is in the store before its value is given, so that a crash spends it and never gives it twice", async () => {
  const memory = createMemoryStore();
  let crash = false;
  const store: Store = {
    ...memory,
    async commit(writes: readonly Write[]) {
      await memory.commit(writes);
      // It was written, and then the process is gone: nothing comes back.
      if (crash) throw new Error("killed");
    },
  };
  const at = open({}, store);
  await at.book.make({ names: ["db"], token: tokenOf("a"), uses: 1 }, "cli");
  crash = true;
  await expect(at.book.use(tokenOf("a"), "db")).rejects.toThrow("killed");
  crash = false;
  const after = at.again();
  expect((await after.list())[0]).toMatchObject({ used: 1, state: "used-up" });
  expect(await after.use(tokenOf("a"), "db")).toEqual({ type: "unknown" });
});

test("[L02] where a use cannot be written, no value is given", async () => {
  const memory = createMemoryStore();
  let isFull = false;
  const store: Store = {
    ...memory,
    commit: (writes) => (isFull ? Promise.reject(new Error("full")) : memory.commit(writes)),
  };
  const { book } = open({}, store);
  await book.make({ names: ["db"], token: tokenOf("a"), uses: 1 }, "cli");
  isFull = true;
  await expect(book.use(tokenOf("a"), "db")).rejects.toThrow("full");
  isFull = false;
  expect(await book.use(tokenOf("a"), "db")).toEqual({ type: "value", value: "value-of-db" });
});

test("[L02] while everything is stopped nothing is leased and nothing given, also when the stop comes in between", async () => {
  const { book, world } = open();
  await book.make({ names: ["db"], token: tokenOf("a") }, "cli");
  world.halted = true;
  expect(await book.use(tokenOf("a"), "db")).toEqual({ type: "halted" });
  await expect(book.make({ names: ["db"], token: tokenOf("b") }, "cli")).rejects.toThrow("stopped");
  world.halted = false;
  expect((await book.use(tokenOf("a"), "db")).type).toBe("value");

  const memory = createMemoryStore();
  const stop = { comes: false };
  const late = open(
    {},
    {
      ...memory,
      async commit(writes) {
        await memory.commit(writes);
        late.world.halted = stop.comes;
      },
    },
  );
  await late.book.make({ names: ["db"], token: tokenOf("a") }, "cli");
  stop.comes = true;
  expect(await late.book.use(tokenOf("a"), "db")).toEqual({ type: "halted" });
});

test("[L02] a restart knows the leases and no token; clearing takes all of them away", async () => {
  const { book, again, store, learned } = open();
  await book.make({ names: ["db"], token: tokenOf("a") }, "cli");
  expect(JSON.stringify(await store.values("secret-leases").list())).not.toContain(tokenOf("a").slice(3));
  const after = again();
  learned.length = 0;
  expect((await after.use(tokenOf("a"), "db")).type).toBe("value");
  expect(learned).toEqual([tokenOf("a")]);
  const record = { type: "secret", at: start, actor: "cli", action: "rotates" } as const;
  await after.clear({ type: "audit", record });
  expect(await after.list()).toEqual([]);
  expect((await after.use(tokenOf("a"), "db")).type).toBe("unknown");
  expect((await again().use(tokenOf("a"), "db")).type).toBe("unknown");
});

test("[L02] the audit tells what was made, read, refused and ended, with names and without values or tokens", async () => {
  const { book, audit } = open();
  const { id } = await book.make({ names: ["db"], token: tokenOf("a"), uses: 9 }, "cli");
  await book.use(tokenOf("a"), "db");
  await book.use(tokenOf("a"), "other");
  for (let count = 0; count < 5; count += 1) await book.use(tokenOf("z"), `${tokenOf("z")} no name`);
  await book.end(undefined, "cli");
  const lines = (await audit()).map(({ actor, action, detail }) => [actor, action, detail]);
  expect(lines.reverse()).toEqual([
    ["cli", `makes lease ${id}`, { id, names: ["db"], endsAt: start + 600_000, uses: 9 }],
    [`lease ${id}`, "reads db", { names: ["db"], left: 8 }],
    [`lease ${id}`, "is refused", { reason: "not leased", names: ["other"] }],
    // Once a minute, however often it is tried.
    ["an unknown lease", "is refused", { reason: "unknown" }],
    ["cli", "ends leases", { ids: [id] }],
  ]);
  expect(JSON.stringify(lines)).not.toMatch(/value-of|hl_/);
});

test("[L02] a token serves one lease, leases are bounded in number, and those long over are forgotten", async () => {
  const { book, clock, store } = open();
  await book.make({ names: ["db"], token: tokenOf("a") }, "cli");
  await expect(book.make({ names: ["db"], token: tokenOf("a") }, "cli")).rejects.toThrow("already");
  for (let count = 1; count < leaseLimits.open; count += 1)
    await book.make({ names: ["db"], token: `hl_${String(count).padStart(43, "0")}` }, "cli");
  await expect(book.make({ names: ["db"], token: tokenOf("b") }, "cli")).rejects.toThrow("256 leases");
  await clock.advance(leaseLimits.usualMs + leaseLimits.overMs + 1);
  expect(await book.list()).toEqual([]);
  await book.make({ names: ["db"], token: tokenOf("b") }, "cli");
  expect((await store.values("secret-leases").list()).length).toBe(1);
});

test("[L02] the owner's longest time bounds the usual one too", async () => {
  const { again } = open();
  const book = again({ longestMs: () => 60_000 });
  expect((await book.make({ names: ["db"], token: tokenOf("a") }, "cli")).endsAt).toBe(start + 60_000);
});

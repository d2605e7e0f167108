import { expect, test } from "bun:test";
import { unprovenCalls } from "../../server/src/core/audit/proofs.ts";
import { createSessionWork } from "../../server/src/core/line/session-work.ts";
import { openSession } from "../../server/src/core/sessions/session.ts";
import { openWorld, say } from "./world.ts";

const key = "agent:main:main";

function open() {
  const world = openWorld({ script: [{ text: "Hello back." }, { text: "Again." }] });
  return {
    world,
    work: createSessionWork({ ...world.parts, exclusive: world.line.exclusive, shorten: world.line.shorten }),
  };
}

test("a session that nobody wrote to is begun in memory only", async () => {
  const { world } = open();
  const session = await openSession(key, "main", world.parts);
  expect(session).toMatchObject({ key, agent: "main" });
  expect(await world.store.session(key)).toBeUndefined();
});

test("[E05] settings change, clear with null, and outlive a reset that begins a new log", async () => {
  const { world, work } = open();
  const patched = await work.patch(key, { label: "Home", thinking: "high" });
  expect(patched).toMatchObject({ label: "Home", thinking: "high" });
  expect(await work.patch(key, { thinking: null })).not.toHaveProperty("thinking");
  const fresh = await work.reset(key);
  expect(fresh.id).not.toBe(patched.id);
  expect(await world.store.session(key)).toMatchObject({ id: fresh.id, label: "Home" });
});

test("the main session cannot be removed, another one can, once", async () => {
  const { work } = open();
  await expect(work.remove(work.resolveKey("main"))).rejects.toMatchObject({ kind: "denied" });
  await work.patch(work.resolveKey("work"), { label: "Work" });
  expect(await work.remove(work.resolveKey("work"))).toBe(true);
  expect(await work.remove(work.resolveKey("work"))).toBe(false);
});

test("a transcript goes out and comes in under another key, never over one that is taken", async () => {
  const { world, work } = open();
  await (await world.line.receive(say("Hello", { session: key }))).ended;
  const lines = await work.exportLines(key);
  expect(lines).toContain("Hello back.");
  const { entries } = await work.importLines("agent:main:copy", lines);
  expect(entries).toBeGreaterThan(1);
  await expect(work.importLines(key, lines)).rejects.toMatchObject({ code: "session.taken" });
  await expect(work.exportLines("agent:main:none")).rejects.toMatchObject({ kind: "invalid" });
});

test("an injected note stands in the log as the agent's own words", async () => {
  const { world, work } = open();
  await work.inject(key, "the door is open", "door");
  const session = await world.store.session(key);
  const entries = await world.store.entries(session?.id ?? "");
  expect(JSON.stringify(entries)).toContain("[door]\\n\\nthe door is open");
});

test("a note of the house is read by the next run, and starts none itself", async () => {
  const { world, work } = open();
  await work.note(key, "the washing is done");
  expect(world.provider.requests).toHaveLength(0);
  await (await world.line.receive(say("Anything new?", { session: key }))).ended;
  expect(JSON.stringify(world.provider.requests[0]?.turns)).toContain("System: the washing is done");
});

test("a session is copied up to an entry, under its own id, never over one that is taken", async () => {
  const { world, work } = open();
  await (await world.line.receive(say("Hello", { session: key }))).ended;
  await work.patch(key, { label: "Home", thinking: "high" });
  const copy = await work.copy(key, "agent:main:branch", 1);
  expect(copy).toMatchObject({ key: "agent:main:branch", thinking: "high" });
  expect(copy).not.toHaveProperty("label");
  expect((await world.store.entries(copy.id)).map((entry) => entry.body.type)).toEqual(["user"]);
  await expect(work.copy(key, "agent:main:branch")).rejects.toMatchObject({ code: "session.taken" });
  await expect(work.copy("agent:main:none", "agent:main:x")).rejects.toMatchObject({ code: "session.unknown" });
});

test("a cut lets the model read only the newest entries, from where somebody speaks; nothing is lost and it can be undone", async () => {
  const world = openWorld({ script: Array.from({ length: 4 }, (_, index) => ({ text: `answer ${index}` })) });
  const work = createSessionWork({ ...world.parts, exclusive: world.line.exclusive, shorten: world.line.shorten });
  const ask = async (text: string) => (await world.line.receive(say(text, { session: key }))).ended;
  await ask("first");
  await ask("second");
  expect(await work.cut(key, 100)).toBeUndefined();
  expect(await work.cut(key, 2)).toBe(3);
  await ask("third");
  const read = JSON.stringify(world.provider.requests[2]?.turns);
  expect([read.includes("first"), read.includes("second")]).toEqual([false, true]);
  expect(await work.exportLines(key)).toContain("first");
  await work.uncut(key);
  await ask("fourth");
  expect(JSON.stringify(world.provider.requests[3]?.turns)).toContain("first");
});

test("[Y09] an imported log and a copied one are told from one that claims calls that were never made", async () => {
  const world = openWorld({ script: [{ calls: [{ id: "c1", name: "act", input: {} }] }, { text: "Done." }] });
  const { signer, store } = world.parts;
  const work = createSessionWork({ ...world.parts, exclusive: world.line.exclusive, shorten: world.line.shorten });
  await (await world.line.receive(say("Hello", { session: key }))).ended;
  await work.importLines("agent:main:in", await work.exportLines(key));
  await work.copy(key, "agent:main:branch");
  const unproven = async (name: string) => {
    const session = await store.session(name);
    const found = unprovenCalls(session?.id ?? "", await store.entries(session?.id ?? ""), { signer, since: 0 });
    return found.map(({ reason }) => reason);
  };
  expect(await unproven(key)).toEqual([]);
  expect(await unproven("agent:main:in")).toEqual(["imported"]);
  expect(await unproven("agent:main:branch")).toEqual([]);
});

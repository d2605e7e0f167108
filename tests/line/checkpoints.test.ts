// What is there is kept before a run first changes anything, and any channel leads back to it.
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeClock, createMemoryFiles, createMemoryStore, type ScriptedStep, sha256 } from "@homarus/sdk/testing";
import { createCheckpoints } from "../../server/src/core/checkpoints/checkpoints.ts";
import { answerRollback } from "../../server/src/core/line/answer-rollback.ts";
import { openBlobs } from "../../server/src/host/checkpoints/blobs.ts";
import { openFiles } from "../../server/src/host/files/jail.ts";
import { openWorld, say, type World } from "./world.ts";

function open(script: readonly ScriptedStep[]) {
  const store = createMemoryStore();
  const files = createMemoryFiles({ "notes.md": "before" });
  const kept = new Map<string, Uint8Array>();
  let ids = 0;
  const base = openWorld({ store });
  const checkpoints = createCheckpoints({
    ...{ store, clock: base.clock, newId: () => `checkpoint${++ids}`, files: async () => files },
    blobs: {
      async keep(bytes) {
        const hash = sha256(Buffer.from(bytes).toString("latin1"));
        kept.set(hash, bytes);
        return hash;
      },
      read: async (hash) => kept.get(hash) ?? new Uint8Array(),
      sweep: async () => undefined,
    },
    config: { read: () => "", write: () => undefined },
  });
  const world: World = openWorld({
    ...{ store, clock: base.clock, script },
    execute: async () => {
      await files.write("notes.md", new TextEncoder().encode("after"));
      return { content: [{ type: "text", text: "ok" }] };
    },
    parts: { checkpoints },
  });
  const notes = async () => new TextDecoder().decode(await files.read("notes.md", { maxBytes: 99 }));
  return { world, checkpoints, files, notes };
}

function openFolder() {
  const folder = mkdtempSync(join(tmpdir(), "checkpoints-"));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}

const acting: readonly ScriptedStep[] = [
  { calls: [{ id: "c1", name: "act", input: {} }] },
  { calls: [{ id: "c2", name: "act", input: { again: true } }] },
  { text: "Changed." },
];

test("[Y15] a run that changes something is preceded by one checkpoint, and /rollback leads back from any channel", async () => {
  const it = open(acting);
  await (await it.world.line.receive(say("change it"))).ended;
  expect(await it.notes()).toBe("after");
  expect(await it.checkpoints.list()).toMatchObject([{ reason: "before act", agent: "main" }]);
  const list = await it.world.line.receive(say("/rollback list", { channel: "other" }));
  expect(await list.ended).toMatchObject({ text: expect.stringContaining("checkpoint1") });
  const back = await it.world.line.receive(say("/rollback", { channel: "other" }));
  expect(await back.ended).toMatchObject({ text: expect.stringContaining("files: 1 put back") });
  expect(await it.notes()).toBe("before");
  const undo = await it.world.line.receive(say("/rollback checkpoint2"));
  expect(await undo.ended).toMatchObject({ type: "replied" });
  expect(await it.notes()).toBe("after");
});

test("what a tool's name says does not make a checkpoint one of a way back, and a way back is none", async () => {
  const it = open(acting);
  const signal = new AbortController().signal;
  const about = { agent: "main", sessionKey: "s", runId: "r", reason: "before going back to work" };
  await it.checkpoints.take(about, signal);
  const back = async () =>
    (await (
      await it.world.line.receive(say("/rollback", { channel: "other" }))
    ).ended) as object;
  expect(await back()).toMatchObject({ text: expect.stringContaining("Back to `checkpoint1`") });
  expect(await back()).toMatchObject({ text: expect.stringContaining("Back to `checkpoint1`") });
});

test("[Y15] going back says what was left out and was not touched", async () => {
  const it = open(acting);
  await it.files.write("big.bin", new Uint8Array(20_000_001));
  await (await it.world.line.receive(say("change it"))).ended;
  const back = await it.world.line.receive(say("/rollback"));
  expect(await back.ended).toMatchObject({ text: expect.stringMatching(/Not touched[\s\S]*`big\.bin`/) });
  expect(await it.files.facts("big.bin")).toMatchObject({ size: 20_000_001 });
});

test("[Y15] a call that comes while the checkpoint is taken waits for it, and after a failure the next one is preceded by another", async () => {
  const events: string[] = [];
  const holding = Promise.withResolvers<void>();
  let tries = 0;
  const none = openWorld().parts.checkpoints;
  const world = openWorld({
    script: [
      { calls: [1, 2].map((number) => ({ id: `c${number}`, name: "act", input: { number } })) },
      { calls: [{ id: "c3", name: "act", input: {} }] },
      { calls: [{ id: "c4", name: "act", input: {} }] },
      { text: "Changed." },
    ],
    parallel: true,
    execute: async ({ call }) => {
      events.push(call.id);
      return { content: [{ type: "text", text: "ok" }] };
    },
    parts: {
      checkpoints: {
        ...none,
        async take() {
          tries += 1;
          events.push(`try ${tries}`);
          if (tries > 1) return none.take({ agent: "", sessionKey: "", runId: "", reason: "" }, AbortSignal.any([]));
          await holding.promise;
          throw new Error("the disk is full");
        },
      },
    },
  });
  const { ended } = await world.line.receive(say("change it"));
  for (let turn = 0; turn < 200; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(["try 1"]);
  holding.resolve();
  await ended;
  expect(events).toEqual(["try 1", "c1", "c2", "try 2", "c3", "c4"]);
});

test("nobody but the owner goes back", async () => {
  const it = open(acting);
  await (await it.world.line.receive(say("change it"))).ended;
  for (const other of [{ place: { id: "g", type: "group" as const } }, { origin: "hook" as const }]) {
    const { ended } = await it.world.line.receive(say("/rollback", other));
    expect(await ended).toMatchObject({ type: "failed", fault: { kind: "denied" } });
  }
  expect(await it.notes()).toBe("after");
});

test("where nothing was changed there is nothing to go back to", async () => {
  const it = open([{ text: "Hello." }]);
  const row = { position: 1, message: say("/rollback"), admittedAt: 1 };
  const at = {
    row,
    route: { agent: "main", sessionKey: "agent:main:main" },
    authority: { audience: "owner", marks: [], isUnattended: false },
  } as const;
  const answer = (argument: string) => answerRollback({ name: "rollback", argument }, at, it.world.parts);
  expect(await answer("")).toContain("nothing to go back to");
  expect(await answer("list")).toContain("Nothing is kept yet");
});

test("[Y15] going back on a real folder leaves it nowhere else: a link that was put in the way is not followed", async () => {
  using it = openFolder();
  const [workspace, outside] = [join(it.folder, "workspace"), join(it.folder, "outside")];
  const files = openFiles(workspace);
  await files.write("notes/a.md", new TextEncoder().encode("mine"));
  await files.write("b.md", new TextEncoder().encode("b"));
  const checkpoints = createCheckpoints({
    ...{ store: createMemoryStore(), clock: createFakeClock(1), newId: () => crypto.randomUUID() },
    ...{ blobs: openBlobs(join(it.folder, "kept")), files: async () => files },
    config: { read: () => "", write: () => undefined },
  });
  const signal = new AbortController().signal;
  const about = { agent: "main", sessionKey: "s", runId: "r", reason: "before exec" };
  const { id } = await checkpoints.take(about, signal);
  writeFileSync(outside, "theirs");
  rmSync(join(workspace, "b.md"));
  symlinkSync(outside, join(workspace, "b.md"));
  writeFileSync(join(workspace, "notes", "a.md"), "changed");
  // A link stands where a file was: it is refused, and nothing outside is written.
  await checkpoints.restore(id, "Pat", signal).catch(() => undefined);
  expect(readFileSync(outside, "utf8")).toBe("theirs");
  rmSync(join(workspace, "b.md"));
  await checkpoints.restore(id, "Pat", signal);
  expect([
    readFileSync(join(workspace, "notes", "a.md"), "utf8"),
    readFileSync(join(workspace, "b.md"), "utf8"),
  ]).toEqual(["mine", "b"]);
});

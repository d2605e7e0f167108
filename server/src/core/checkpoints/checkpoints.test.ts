import { describe, expect, test } from "bun:test";
import { Fault, type Files } from "@homarus/sdk";
import { createFakeClock, createMemoryFiles, createMemoryStore, sha256 } from "@homarus/sdk/testing";
import { type Blobs, createCheckpoints } from "./checkpoints.ts";
import { differences, mostBytes, mostFiles, takeTree } from "./tree.ts";

const going = () => new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);
const about = { agent: "main", sessionKey: "s", runId: "r", reason: "before exec" };

function memoryBlobs(): Blobs & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    async keep(value) {
      const hash = sha256(Buffer.from(value).toString("latin1"));
      kept.set(hash, value);
      return hash;
    },
    async read(hash) {
      const found = kept.get(hash);
      if (!found) throw new Error("gone");
      return found;
    },
    async sweep(wanted) {
      for (const hash of kept.keys()) if (!wanted.has(hash)) kept.delete(hash);
    },
  };
}

function open(texts: Readonly<Record<string, string>>, changed: (files: Files) => Files = (files) => files) {
  const memory = createMemoryFiles(texts);
  const files = changed(memory);
  const blobs = memoryBlobs();
  const store = createMemoryStore();
  const clock = createFakeClock(1_000);
  const config = { text: "{ a: 1 }" };
  let ids = 0;
  const checkpoints = createCheckpoints({
    ...{ store, clock, blobs, files: async () => files, newId: () => `id${String(++ids).padStart(10, "0")}` },
    config: {
      read: () => config.text,
      write: (text) => {
        config.text = text;
      },
    },
  });
  const text = async (path: string) =>
    files.read(path, { maxBytes: 100 }).then(
      (found) => new TextDecoder().decode(found),
      () => undefined,
    );
  return { files, blobs, store, clock, config, checkpoints, text };
}

describe("[Y15] checkpoints", () => {
  test("[Y15] go back to what was: changed, new and deleted files, skills and the config; and that can be taken back", async () => {
    const it = open({ "a.md": "first", "skills/x/SKILL.md": "do x", "b.md": "b" });
    const kept = await it.checkpoints.take(about, going());
    await it.files.write("a.md", bytes("second"));
    await it.files.write("skills/x/SKILL.md", bytes("do harm"));
    await it.files.write("new.md", bytes("new"));
    await it.files.remove("b.md");
    it.config.text = "{ a: 2 }";
    expect(await it.checkpoints.compare(kept.id, going())).toEqual({
      changed: ["a.md", "skills/x/SKILL.md"],
      added: ["new.md"],
      gone: ["b.md"],
      left: [],
    });
    const done = await it.checkpoints.restore(kept.id, "Pat", going());
    expect(done).toMatchObject({ gone: ["new.md"], added: ["b.md"], config: true });
    expect([
      await it.text("a.md"),
      await it.text("skills/x/SKILL.md"),
      await it.text("b.md"),
      await it.text("new.md"),
    ]).toEqual(["first", "do x", "b", undefined]);
    expect(it.config.text).toBe("{ a: 1 }");
    await it.checkpoints.restore(done.undo, "Pat", going());
    expect([await it.text("a.md"), await it.text("new.md"), await it.text("b.md")]).toEqual([
      "second",
      "new",
      undefined,
    ]);
    expect(it.config.text).toBe("{ a: 2 }");
    expect((await it.store.auditPage(0, 9)).map(({ type, actor }) => [type, actor])).toEqual([
      ["checkpoint", "Pat"],
      ["checkpoint", "Pat"],
    ]);
  });

  test("what programs make again is left out, and what was not touched is not read again", async () => {
    const it = open({ "a.md": "a", "node_modules/x/i.js": "x", ".git/HEAD": "ref", "src/__pycache__/a.pyc": "c" });
    let reads = 0;
    const files = {
      ...it.files,
      read: (...args: Parameters<typeof it.files.read>) => {
        reads += 1;
        return it.files.read(...args);
      },
    };
    const first = await takeTree(undefined, { files, keep: it.blobs.keep, signal: going() });
    expect(Object.keys(first.files)).toEqual(["a.md"]);
    await it.files.write("b.md", bytes("b"));
    const second = await takeTree(first, { files, keep: it.blobs.keep, signal: going() });
    expect(reads).toBe(2);
    expect(differences(first, second)).toEqual({ changed: [], added: ["b.md"], gone: [], left: [] });
  });

  test("the newest fifty stay, and bytes that none of them needs go", async () => {
    const it = open({ "a.md": "0" });
    for (let number = 1; number <= 55; number += 1) {
      await it.files.write("a.md", bytes(String(number)));
      await it.clock.advance(1);
      await it.checkpoints.take(about, going());
    }
    const all = await it.checkpoints.list();
    expect(all).toHaveLength(50);
    // A tree and the bytes of a.md for each, and one config.
    expect(it.blobs.kept.size).toBe(101);
    await it.checkpoints.restore(all.at(-1)?.id ?? "", "Pat", going());
    expect(await it.text("a.md")).toBe("6");
  });

  test("[Y15] what was left out for its size is never touched on the way back, and is named", async () => {
    const it = open({ "a.md": "first" });
    await it.files.write("big.bin", new Uint8Array(mostBytes + 1));
    const kept = await it.checkpoints.take(about, going());
    await it.files.write("a.md", bytes("second"));
    await it.files.write("big.bin", bytes("small now"));
    expect(await it.checkpoints.compare(kept.id, going())).toMatchObject({ added: [], left: ["big.bin"] });
    const done = await it.checkpoints.restore(kept.id, "Pat", going());
    expect(done).toMatchObject({ changed: ["a.md"], added: [], gone: [], left: ["big.bin"] });
    expect(await it.text("big.bin")).toBe("small now");
    await it.files.write("a.md", new Uint8Array(mostBytes + 1));
    // It could not be brought back again, since it is too large to be kept now.
    const again = await it.checkpoints.restore(kept.id, "Pat", going());
    expect(again).toMatchObject({ changed: [], added: [], gone: [], left: ["a.md", "big.bin"] });
    expect((await it.files.facts("a.md"))?.size).toBe(mostBytes + 1);
  });

  test("[Y15] of more files than are kept the rest stays as it is, also after those before it are gone", async () => {
    const facts = { type: "file", size: 0, modifiedAt: 0 } as const;
    const crowd = Array.from({ length: mostFiles + 1 }, (_, number) => ({ ...facts, path: `a/${number}` }));
    const it = open({ "a/0": "", "z.md": "", "z/last.md": "" });
    let inside = crowd;
    const files: Files = {
      ...it.files,
      list: async (path) => (path === "a" ? inside : it.files.list(path)),
      read: async () => new Uint8Array(),
    };
    const take = () => takeTree(undefined, { files, keep: it.blobs.keep, signal: going() });
    const [before, last] = [await take(), crowd.at(-1)?.path ?? ""];
    expect(Object.keys(before.files)).toHaveLength(mostFiles);
    inside = crowd.slice(9);
    const now = await take();
    expect([before.files[last], now.files[last]]).toEqual([undefined, expect.anything()]);
    const way = differences(now, before);
    expect([way.gone, way.added.length, way.left]).toEqual([[], 9, ["a/"]]);
    expect(
      differences({ ...now, files: { ...now.files, "y.md": { hash: "", size: 0, seen: "" } } }, before).gone,
    ).toEqual(["y.md"]);
  });

  test("[Y15] a folder and a file that cannot be read are left out and named, and stay when they can be read again", async () => {
    let isShut = true;
    const shut = async (path: string): Promise<void> => {
      if (isShut && /^(shut|shut\.md)$/.test(path)) throw new Fault("denied", "files.forbidden", "Not for you.");
    };
    const it = open({ "a.md": "a", "shut/deep/b.md": "b", "shut.md": "s" }, (files) => ({
      ...files,
      list: async (path) => shut(path).then(() => files.list(path)),
      read: async (path, how) => shut(path).then(() => files.read(path, how)),
    }));
    const kept = await it.checkpoints.take(about, going());
    isShut = false;
    const done = await it.checkpoints.restore(kept.id, "Pat", going());
    expect(done).toMatchObject({ gone: [], left: ["shut.md", "shut/"] });
    expect([await it.text("shut/deep/b.md"), await it.text("shut.md")]).toEqual(["b", "s"]);
  });

  test("a file that grows while it is kept does not pass for its beginning", async () => {
    const it = open({ "a.md": "a" }, (files) => ({
      ...files,
      read: async (_, { maxBytes }) => new Uint8Array(Math.min(maxBytes, mostBytes * 2)),
    }));
    const tree = await takeTree(undefined, { files: it.files, keep: it.blobs.keep, signal: going() });
    expect(tree).toMatchObject({ files: {}, left: ["a.md"] });
  });

  test("a tree of an earlier version, which may not name all it left out, takes nothing away", () => {
    const file = { hash: "h", size: 1, seen: "" };
    const old = { files: { "a.md": file }, left: ["big.bin"] };
    const now = { files: { "a.md": file, "b.md": file }, left: [], namesAll: true } as const;
    expect(differences(now, old).gone).toEqual([]);
    expect(differences(now, { ...old, left: [] }).gone).toEqual(["b.md"]);
  });

  test("bytes that the newest look relies on stay, although no checkpoint of that agent does", async () => {
    const it = open({ "a.md": "mine" });
    const other = createMemoryFiles({ "b.md": "0" });
    const checkpoints = createCheckpoints({
      ...{ store: it.store, clock: it.clock, blobs: it.blobs, newId: () => crypto.randomUUID() },
      files: async (agent) => (agent === "main" ? it.files : other),
      config: { read: () => "", write: () => undefined },
    });
    await checkpoints.take(about, going());
    for (let number = 1; number <= 51; number += 1) {
      await other.write("b.md", bytes(String(number)));
      await it.clock.advance(1);
      await checkpoints.take({ ...about, agent: "other" }, going());
    }
    expect(await checkpoints.list("main")).toEqual([]);
    await it.clock.advance(1);
    const kept = await checkpoints.take(about, going());
    await it.files.write("a.md", bytes("theirs"));
    await checkpoints.restore(kept.id, "Pat", going());
    expect(await it.text("a.md")).toBe("mine");
  });

  test("an unknown one is refused, and nothing changes", async () => {
    const it = open({ "a.md": "a" });
    await expect(it.checkpoints.restore("nope", "Pat", going())).rejects.toMatchObject({ code: "checkpoint.unknown" });
    expect(await it.checkpoints.list()).toEqual([]);
    expect(await it.checkpoints.list("other")).toEqual([]);
  });
});

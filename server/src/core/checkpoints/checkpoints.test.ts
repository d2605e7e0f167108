import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryFiles, createMemoryStore, sha256 } from "@homarus/sdk/testing";
import { type Blobs, createCheckpoints } from "./checkpoints.ts";
import { differences, takeTree } from "./tree.ts";

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

function open(texts: Readonly<Record<string, string>>) {
  const files = createMemoryFiles(texts);
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
    expect(differences(first, second)).toEqual({ changed: [], added: ["b.md"], gone: [] });
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

  test("an unknown one is refused, and nothing changes", async () => {
    const it = open({ "a.md": "a" });
    await expect(it.checkpoints.restore("nope", "Pat", going())).rejects.toMatchObject({ code: "checkpoint.unknown" });
    expect(await it.checkpoints.list()).toEqual([]);
    expect(await it.checkpoints.list("other")).toEqual([]);
  });
});

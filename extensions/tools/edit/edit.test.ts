import { describe, expect, test } from "bun:test";
import type { Fault, InferSchema } from "@homarus/sdk";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import fc from "fast-check";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Input = InferSchema<(typeof manifest)["input"]>;
const tool = activate({ config: {} } as Parameters<typeof activate>[0]);

function world(texts: Record<string, string> = { f: "one\ntwo\nthree\ntwo\n" }) {
  const files = createMemoryFiles(texts);
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

/** The file after the edit, or the code and message of the fault. */
async function edit(text: string, input: Omit<Input, "path">) {
  const { files, call } = world({ f: text });
  const fault = await tool.execute({ path: "f", ...input }, call()).then(
    () => undefined,
    (thrown: Fault) => thrown,
  );
  const after = new TextDecoder("utf-8", { ignoreBOM: true }).decode(await files.read("f", { maxBytes: 1e6 }));
  if (fault) expect(after).toBe(text);
  return fault ? { code: fault.code, message: fault.message } : after;
}

runContract({ describe, test }, toolContract, {
  title: "[H04] edit",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [
      { path: "f", old_text: "one", new_text: "1" },
      { path: "f", old_text: "two", new_text: "2", replace_all: true },
    ],
    hopeless: [
      { path: "f", old_text: "four", new_text: "4" },
      { path: "f", old_text: "t", new_text: "T" },
      { path: "f", old_text: "three", new_text: "three" },
      { path: "missing", old_text: "a", new_text: "b" },
      { path: "../out", old_text: "a", new_text: "b" },
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

describe("[H26] [T21] exact replacement:", () => {
  test("a piece that is there once is replaced, everything else stays", async () => {
    expect(await edit("one\ntwo\nthree\n", { old_text: "two\n", new_text: "" })).toBe("one\nthree\n");
    expect(await edit("a $& b", { old_text: "$&", new_text: "$1 $& $$" })).toBe("a $1 $& $$ b");
    expect(await edit("(x)*", { old_text: "(x)*", new_text: "y" })).toBe("y");
  });

  test("a piece that is not there is refused, with the count and where something like it stands", async () => {
    expect(await edit("one\n", { old_text: "two", new_text: "2" })).toMatchObject({
      code: "edit.not-found",
      message: expect.stringContaining("found 0 times"),
    });
    expect(await edit("a\n\tif (x) {\n\t\ty\n", { old_text: "if (x) {\n  y", new_text: "z" })).toMatchObject({
      message: expect.stringContaining("line 2"),
    });
  });

  test("a piece that is there more than once is refused, with the count and the lines", async () => {
    expect(await edit("two\none\ntwo\ntwo\n", { old_text: "two", new_text: "2" })).toEqual({
      code: "edit.ambiguous",
      message: "old_text was found 3 times (at the lines 1, 3, 4), and should be there once.",
    });
    expect(await edit("aaa", { old_text: "aa", new_text: "b" })).toMatchObject({ code: "edit.ambiguous" });
  });

  test("replace_all replaces each", async () => {
    expect(await edit("two one two", { old_text: "two", new_text: "2", replace_all: true })).toBe("2 one 2");
    expect(await edit("aaa", { old_text: "aa", new_text: "b", replace_all: true })).toBe("ba");
  });

  test("the same text twice is refused", async () => {
    expect(await edit("a", { old_text: "a", new_text: "a" })).toMatchObject({ code: "edit.same" });
  });

  test("line breaks of Windows and a byte order mark stay", async () => {
    expect(await edit("\ufeffone\r\ntwo\r\nthree\r\n", { old_text: "one\ntwo", new_text: "1\n2\n2b" })).toBe(
      "\ufeff1\r\n2\r\n2b\r\nthree\r\n",
    );
    expect(await edit("one\r\ntwo\r\n", { old_text: "two", new_text: "2\n3" })).toBe("one\r\n2\r\n3\r\n");
    expect(await edit("one\r\ntwo\r\n", { old_text: "one\r\ntwo", new_text: "1\r\n2" })).toBe("1\r\n2\r\n");
    expect(await edit("a\r\nb\nc\n", { old_text: "b\nc", new_text: "d\ne" })).toBe("a\r\nd\ne\n");
    expect(await edit("a\r\nb\nc\n", { old_text: "a\nb", new_text: "d\ne" })).toBe("d\r\ne\nc\n");
  });

  test("it does what cutting and joining does, for any text", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string(),
        fc.string({ minLength: 1 }),
        fc.string(),
        fc.string(),
        async (before, old, fresh, after) => {
          const text = `${before}${old}${after}`;
          fc.pre(old !== fresh && !/[\r\ufeff]/.test(text + fresh) && text.isWellFormed());
          const isOnce = text.indexOf(old) === before.length && text.indexOf(old, before.length + 1) < 0;
          const result = await edit(text, { old_text: old, new_text: fresh });
          if (isOnce) expect(result).toBe(`${before}${fresh}${after}`);
          else expect(result).toMatchObject({ code: "edit.ambiguous" });
        },
      ),
    );
  });
});

test("what is not text, or too large, is refused", async () => {
  const { files, call } = world();
  await files.write("latin", Uint8Array.from([72, 228]));
  await files.write("large", new Uint8Array(5 * 1024 * 1024 + 1));
  for (const [path, code] of [
    ["latin", "edit.binary"],
    ["large", "edit.too-large"],
  ] as const) {
    expect(await tool.execute({ path, old_text: "H", new_text: "h" }, call()).catch((fault: Fault) => fault.code)).toBe(
      code,
    );
  }
});

test("a change by somebody else in the meantime is not overwritten", async () => {
  const { files, call } = world();
  const meanwhile = {
    ...files,
    read: async (path: string, options: { maxBytes: number }) => {
      const bytes = await files.read(path, options);
      await files.write("f", new TextEncoder().encode("theirs"));
      return bytes;
    },
  };
  const fault = await tool
    .execute({ path: "f", old_text: "one", new_text: "1" }, { ...call(), files: meanwhile })
    .catch((thrown: Fault) => thrown);
  expect(fault).toMatchObject({ code: "edit.changed" });
  expect(new TextDecoder().decode(await files.read("f", { maxBytes: 99 }))).toBe("theirs");
});

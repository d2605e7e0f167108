import { describe, expect, test } from "bun:test";
import type { Fault, InferSchema } from "@homarus/sdk";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);
const png = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);

function world() {
  const files = createMemoryFiles({
    "note.txt": "one\ntwo\nthree\n",
    "long.txt": "line\n".repeat(5000),
    "windows.txt": "\ufeffa\r\nb\r\n",
    "empty.txt": "",
  });
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

async function read(input: InferSchema<(typeof manifest)["input"]>, { call } = world()) {
  const { content } = await tool.execute(input, call());
  return content.map((block) => (block.type === "text" ? block.text : `<${block.type}>`)).join("\n");
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "no fault",
    (fault: Fault) => fault.code,
  );

runContract({ describe, test }, toolContract, {
  title: "[H04] read",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [
      { path: "note.txt" },
      { path: "long.txt" },
      { path: "long.txt", offset: 4000, limit: 10 },
      { path: "empty.txt" },
    ],
    hopeless: [
      { path: "missing.txt" },
      { path: "../secret" },
      { path: "/etc/passwd" },
      { path: "." },
      { path: "note.txt", offset: 99 },
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("[H04] text comes with line numbers", async () => {
  expect(await read({ path: "note.txt" })).toBe("1\tone\n2\ttwo\n3\tthree");
  expect(await read({ path: "note.txt", offset: 2, limit: 1 })).toBe(
    "2\ttwo\n[The file goes on. Read more with offset 3.]",
  );
  expect(await read({ path: "note.txt", offset: 3 })).toBe("3\tthree");
  expect(await read({ path: "windows.txt" })).toBe("1\ta\n2\tb");
  expect(await read({ path: "empty.txt" })).toBe("[The file is empty.]");
});

test("at most 2,000 lines come at a time, with the way to go on", async () => {
  const text = await read({ path: "long.txt" });
  expect(text.split("\n")).toHaveLength(2001);
  expect(text).toEndWith("2000\tline\n[The file goes on. Read more with offset 2001.]");
  expect(await read({ path: "long.txt", offset: 4999 })).toBe("4999\tline\n5000\tline");
});

test("at most 50 KB come at a time, also of wide characters", async () => {
  const { files, call } = world();
  await files.write("wide", new TextEncoder().encode(`${"ü".repeat(900)}\n`.repeat(100)));
  const text = await read({ path: "wide" }, { files, call });
  expect(new TextEncoder().encode(text).byteLength).toBeLessThan(52_000);
  expect(text).toMatch(/Read more with offset \d+\.\]$/);
});

test("every line of a file can be reached by going on", async () => {
  const { files, call } = world();
  const lines = Array.from({ length: 30_000 }, (_, index) => `${index} ${"x".repeat(index % 300)}`);
  await files.write("big", new TextEncoder().encode(lines.join("\n")));
  const seen: string[] = [];
  for (let offset: number | undefined = 1; offset !== undefined; ) {
    const part: string[] = (await read({ path: "big", offset }, { files, call })).split("\n");
    const next: string | undefined = /offset (\d+)/.exec(part.at(-1) ?? "")?.[1];
    seen.push(...(next ? part.slice(0, -1) : part).map((line) => line.replace(/^\d+\t/, "")));
    offset = next ? Number(next) : undefined;
  }
  expect(seen).toEqual(lines);
});

test("a very long line is cut and says so", async () => {
  const { files, call } = world();
  await files.write("min.js", new TextEncoder().encode("x".repeat(100_000)));
  const text = await read({ path: "min.js" }, { files, call });
  expect(text.length).toBeLessThan(2100);
  expect(text).toEndWith("[... 98000 more characters in this line]");
});

test("a character cut by the end of a chunk is read whole", async () => {
  const { files, call } = world();
  const line = `${"a".repeat(1023)}\n`;
  await files.write("f", new TextEncoder().encode(`${line.repeat(255)}${"a".repeat(1023)}ü${"b"}`));
  expect(await read({ path: "f", offset: 256 }, { files, call })).toBe(`256\t${"a".repeat(1023)}üb`);
});

test("images are shown as images, by their bytes and not their name", async () => {
  const { files, call } = world();
  await files.write("picture.txt", png);
  const { content } = await tool.execute({ path: "picture.txt" }, call());
  expect(content[1]).toEqual({
    type: "image",
    mediaType: "image/png",
    data: Buffer.from(png).toString("base64"),
    name: "picture.txt",
  });
  const large = new Uint8Array(5 * 1024 * 1024 + 1);
  large.set(png);
  await files.write("large.png", large);
  expect(await codeOf(tool.execute({ path: "large.png" }, call()))).toBe("read.image-size");
});

test("other binary files are refused and not shown as rubbish", async () => {
  const { files, call } = world();
  await files.write("zip", Uint8Array.from([80, 75, 3, 4, 0, 0]));
  await files.write("latin", Uint8Array.from([72, 228, 117, 115, 10]));
  expect(await codeOf(tool.execute({ path: "zip" }, call()))).toBe("read.binary");
  expect(await codeOf(tool.execute({ path: "latin" }, call()))).toBe("read.binary");
});

import { describe, expect, test } from "bun:test";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);

function world(texts: Record<string, string> = { "b.txt": "four", "a/x": "", "z/y": "" }) {
  const files = createMemoryFiles(texts);
  files.link("link");
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

runContract({ describe, test }, toolContract, {
  title: "[H05] list",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [{}, { path: "a" }],
    hopeless: [{ path: "missing" }, { path: "b.txt" }, { path: ".." }, { path: "/" }, { path: "link" }],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("[H05] folders come first, files with their size, links are named as such", async () => {
  expect((await tool.execute({}, world().call())).content).toEqual([
    { type: "text", text: "a/\nz/\nb.txt\t4 bytes\nlink\tlink, not followed" },
  ]);
});

test("a large folder is cut, and the rest is counted", async () => {
  const many = Object.fromEntries(
    Array.from({ length: 700 }, (_, index) => [`file-${String(index).padStart(3, "0")}`, ""]),
  );
  const [block] = (await tool.execute({}, world(many).call())).content;
  const lines = block?.type === "text" ? block.text.split("\n") : [];
  expect([lines.length, lines.at(-1)]).toEqual([501, "[201 more. Use glob to narrow it down.]"]);
});

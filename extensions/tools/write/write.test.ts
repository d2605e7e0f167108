import { describe, expect, test } from "bun:test";
import type { Fault } from "@homarus/sdk";
import { createMemoryFiles, createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const tool = activate({ config: {} } as Parameters<typeof activate>[0]);

function world() {
  const files = createMemoryFiles({ "old.txt": "old", "folder/f": "" });
  files.link("link");
  return { files, call: (signal?: AbortSignal) => createToolCall({ files, ...(signal ? { signal } : {}) }) };
}

runContract({ describe, test }, toolContract, {
  title: "[H04] write",
  capabilities: [],
  open: async () => ({
    ...{ tool: tool as never, manifest, ...world() },
    samples: [
      { path: "new.txt", content: "hello" },
      { path: "old.txt", content: "", append: true },
      { path: "a/b/c.txt", content: "ü" },
    ],
    hopeless: [
      { path: "../out.txt", content: "x" },
      { path: "/etc/passwd", content: "x" },
      { path: "folder", content: "x" },
      { path: "link", content: "x" },
    ],
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

test("[H04] a file is made, replaced and added to, and the answer says which", async () => {
  const { files, call } = world();
  const say = async (input: Parameters<typeof tool.execute>[0]) => (await tool.execute(input, call())).content[0];
  expect(await say({ path: "n.txt", content: "grüße" })).toMatchObject({ text: "Wrote 7 bytes to n.txt, a new file." });
  expect(await say({ path: "n.txt", content: "b" })).toMatchObject({
    text: "Wrote 1 bytes to n.txt, in place of the 7 bytes there were.",
  });
  expect(await say({ path: "n.txt", content: "c", append: true })).toMatchObject({
    text: "Wrote 1 bytes to n.txt, added to the 1 bytes there were.",
  });
  expect(new TextDecoder().decode(await files.read("n.txt", { maxBytes: 9 }))).toBe("bc");
});

test("nothing is written once the call was stopped", async () => {
  const { files, call } = world();
  const thrown = await tool
    .execute({ path: "old.txt", content: "new" }, call(AbortSignal.abort()))
    .catch((fault: Fault) => fault.name);
  expect(thrown).toBe("AbortError");
  expect(new TextDecoder().decode(await files.read("old.txt", { maxBytes: 9 }))).toBe("old");
});

import { expect, test } from "bun:test";
import { createMemoryFiles } from "@homarus/sdk/testing";
import { openContext, writeNotes } from "./context.ts";

const noon = Date.UTC(2026, 0, 2, 12);

test("[B20] notes go to the file of their day, each line once however often it is said", async () => {
  const files = createMemoryFiles();
  await writeNotes(files, ["- one", "- two"], noon);
  await writeNotes(files, ["- two", "- three"], noon);
  await writeNotes(files, ["- three"], noon);
  const text = new TextDecoder().decode(await files.read("memory/2026-01-02.md", { maxBytes: 10_000 }));
  expect(text).toBe("# From conversations of this day\n\n- one\n- two\n- three\n");
});

test("a day's file has an end", async () => {
  const files = createMemoryFiles();
  await writeNotes(files, [`- ${"x".repeat(210_000)}`], noon);
  await writeNotes(files, ["- one more"], noon);
  expect((await files.facts("memory/2026-01-02.md"))?.size).toBeLessThan(210_100);
});

test("settings are those of the config at that moment", () => {
  let recallTokens = 1;
  const values = { get: async () => undefined, set: async () => undefined, remove: async () => undefined };
  const context = openContext(
    {
      ...{ store: { values: () => ({ ...values, list: async () => [] }) } as never, log: {} as never },
      ...{ config: { current: () => ({ context: { recallTokens } }) } as never, workspace: () => "/" },
    },
    { facts: () => undefined },
  );
  expect(context.settings().recallTokens).toBe(1);
  recallTokens = 2;
  expect(context.settings().recallTokens).toBe(2);
});

import { describe, expect, test } from "bun:test";
import type { ModelRequest, ProviderEvent } from "@homarus/sdk";
import { createProviderContext } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";
import { planFor } from "./requests.ts";

const context = (paceMs = 0) => createProviderContext(manifest, { config: { paceMs }, fetch });

const request = (
  text: string,
  tools = ["list", "write", "session_status", "read", "exec", "grep", "web_fetch"],
): ModelRequest => ({
  ...{ model: "demonstration", system: { stable: "", volatile: "" }, thinking: "low", cacheKey: "k" },
  turns: [{ type: "user", content: [{ type: "text", text }] }],
  tools: tools.map((name) => ({ name, description: name, inputSchema: {} })),
});

async function events(asked: ModelRequest, signal = new AbortController().signal): Promise<ProviderEvent[]> {
  const seen: ProviderEvent[] = [];
  for await (const event of activate(context()).stream(asked, signal)) seen.push(event);
  return seen;
}

describe("the offline demonstration", () => {
  test.each([
    ["list the files", "list", { path: "." }],
    ["write hello to note.txt", "write", { path: "note.txt", content: "hello\n" }],
    ["Please write 'good morning' into the file a/b.md.", "write", { path: "a/b.md", content: "good morning\n" }],
    ["what time is it", "session_status", {}],
    ["What's the time?", "session_status", {}],
    ["remember that I like tea.", "write", { path: "MEMORY.md", content: "- I like tea\n", append: true }],
    ["read note.txt", "read", { path: "note.txt" }],
    ["run `uname -a`", "exec", { command: "uname -a" }],
    ["fetch https://example.com/x", "web_fetch", { url: "https://example.com/x" }],
  ])("understands: %s", (text, tool, input) => {
    expect(planFor(text)).toMatchObject({ tool, input: input as never });
  });

  test("reasons, then calls the tool, and ends the step once", async () => {
    const seen = await events(request("list the files"));
    expect(seen.map((event) => event.type).filter((type, index, all) => type !== all[index - 1])).toEqual([
      "thinking-delta",
      "tool-call-start",
      "step-end",
    ]);
    expect(seen.at(-1)).toMatchObject({
      stopReason: "tool-calls",
      content: [{ type: "thinking" }, { type: "tool-call", name: "list" }],
    });
  });

  test("says what it is when it does not understand, and names the next step", async () => {
    const end = (await events(request("compose a symphony"))).at(-1);
    expect(JSON.stringify(end)).toContain("not a language model");
    expect(JSON.stringify(end)).toContain("ANTHROPIC_API_KEY");
  });

  test("tells what a tool gave, and its failure as a failure", async () => {
    const asked = request("list the files");
    const result = (isError: boolean): ModelRequest => ({
      ...asked,
      turns: [
        ...asked.turns,
        {
          type: "tool",
          results: [
            { type: "tool-result", callId: "1", name: "list", content: [{ type: "text", text: "note.txt" }], isError },
          ],
        },
      ],
    });
    expect(JSON.stringify((await events(result(false))).at(-1))).toContain("note.txt");
    expect(JSON.stringify((await events(result(true))).at(-1))).toContain("did not work");
  });

  test("says so when the owner does not allow the tool", async () => {
    expect(JSON.stringify((await events(request("list the files", []))).at(-1))).toContain("not allowed");
  });

  test("stops when told to", async () => {
    expect(await events(request("hello"), AbortSignal.abort())).toMatchObject([
      { type: "fault", fault: { kind: "aborted" } },
    ]);
  });
});

import { describe, expect, test } from "bun:test";
import { type Json, type ModelRequest, noUsage, type ProviderEvent, type ToolSpec, textOf } from "@homarus/sdk";
import fc from "fast-check";
import { createFenceFilter } from "./text-fence.ts";
import { asTextTools, leanTools } from "./text-tools.ts";

const tool = (name: string): ToolSpec => ({
  ...{ name, description: `Does ${name}. And more words that nobody needs.` },
  inputSchema: {
    type: "object",
    properties: { path: { type: "string" }, limit: { type: "integer" } },
    required: ["path"],
  },
});

const request = (changes: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ model: "m", system: { stable: "You are.", volatile: "" }, turns: [], thinking: "off", cacheKey: "k" },
  tools: [tool("read"), tool("obscure")],
  ...changes,
});

/** Mends what the tests call almost right. */
const repair = async (text: string): Promise<Json | undefined> => {
  const mended = text.replaceAll("'", '"').replaceAll(/,\s*}/g, "}");
  try {
    return JSON.parse(mended) as Json;
  } catch {
    return undefined;
  }
};

async function answered(text: string, size = 3) {
  let ids = 0;
  const { answer } = asTextTools(request(), repair, () => `${++ids}`);
  async function* spoken(): AsyncGenerator<ProviderEvent> {
    for (let at = 0; at < text.length; at += size) yield { type: "text-delta", text: text.slice(at, at + size) };
    yield { type: "step-end", content: [{ type: "text", text }], stopReason: "end", usage: noUsage };
  }
  const events = await Array.fromAsync(answer(spoken()));
  const end = events.at(-1);
  if (end?.type !== "step-end") throw new Error("no end");
  const shown = events.flatMap((event) => (event.type === "text-delta" ? [event.text] : [])).join("");
  const calls = end.content.flatMap((block) => (block.type === "tool-call" ? [block] : []));
  return { shown, end, calls, text: textOf(end.content) };
}

describe("[A26] tool calls in text", () => {
  test("[A45] the tools are described in words, few of them, and none is offered by the vendor's means", () => {
    const it = asTextTools(request(), repair, () => "1").request;
    expect(it.tools).toEqual([]);
    expect(it.system.stable).toContain("- read{path: string, limit?: integer}: Does read.");
    expect(it.system.stable).not.toContain("obscure");
    expect(leanTools).toContain("read");
  });

  test("earlier calls and their results are read as words", () => {
    const turns: ModelRequest["turns"] = [
      { type: "user", content: [{ type: "text", text: "look" }] },
      {
        ...{ type: "step", provider: "other", model: "big" },
        content: [
          { type: "thinking", text: "hm", signature: "s" },
          { type: "tool-call", id: "c", name: "read", input: { path: "a" } },
        ],
      },
      {
        type: "tool",
        results: [
          { type: "tool-result", callId: "c", name: "read", content: [{ type: "text", text: "B" }], isError: false },
        ],
      },
    ];
    const read = asTextTools(request({ turns }), repair, () => "1").request.turns;
    expect(read.map((turn) => turn.type)).toEqual(["user", "step", "user"]);
    expect(JSON.stringify(read[1])).toContain('{\\"tool\\":\\"read\\",\\"arguments\\":{\\"path\\":\\"a\\"}}');
    expect(read[2]).toMatchObject({ content: [{ text: "[Result of read]\nB" }] });
  });

  test.each([
    ['```tool\n{"tool": "read", "arguments": {"path": "a"}}\n```', "a fence"],
    ['```json\n{"name": "read", "parameters": {"path": "a"}}\n```', "another fence and spelling"],
    ['<tool_call>\n{"name": "read", "arguments": {"path": "a"}}\n</tool_call>', "tags"],
    ['{"tool": "read", "input": {"path": "a"}}', "bare JSON"],
    ['{"type": "function", "function": {"name": "read", "arguments": "{\\"path\\": \\"a\\"}"}}', "a vendor's shape"],
    ["```tool\n{'tool': 'read', 'arguments': {'path': 'a'},}\n```", "JSON to be mended"],
  ])("%s is a call: %s", async (text) => {
    const it = await answered(`${text.startsWith("{") ? "" : "I look. "}${text}`);
    expect(it.calls).toMatchObject([{ name: "read", input: { path: "a" }, id: "text_1" }]);
    expect(it.end.stopReason).toBe("tool-calls");
    expect(it.shown.trim()).toBe(text.startsWith("{") ? "" : "I look.");
  });

  test("several blocks are several calls, each with an id of its own", async () => {
    const block = '```tool\n{"tool": "read", "arguments": {"path": "a"}}\n```\n';
    expect((await answered(block + block)).calls.map(({ id }) => id)).toEqual(["text_1", "text_2"]);
  });

  test.each([
    '```json\n{"a": 1}\n```',
    '```tool\n{"tool": "unknown", "arguments": {}}\n```',
    '{"tool": "read", "argum',
    "```js\nlet a = 1;\n```",
    "a < b and `code` and ``` at the end",
    '```json\n{"a": 1}\n``` is what stands in it, and `b`',
    '```tool\n{"tool": "read", "arguments": {"path"',
  ])("%s is no call, and the person reads all of it", async (text) => {
    const it = await answered(`${text.startsWith("{") ? "" : "See: "}${text}`);
    expect([it.calls.length, it.end.stopReason]).toEqual([0, "end"]);
    expect(it.shown).toBe(`${text.startsWith("{") ? "" : "See: "}${text}`);
    expect(it.text).toBe(it.shown);
  });

  test("arguments that are no object go back as they were written", async () => {
    const it = await answered('```tool\n{"tool": "read", "arguments": [1]}\n```');
    expect(it.calls).toMatchObject([{ input: {}, malformed: '{"tool": "read", "arguments": [1]}' }]);
  });

  test("however a text is cut into pieces, what is shown and what is held are the same", () => {
    const piece = fc.constantFrom(
      "word ",
      "```tool\n",
      "```",
      "`",
      "<tool_call>",
      "</tool_call>",
      "<",
      "{",
      "}",
      "\n",
      "to",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), fc.integer({ min: 1, max: 7 }), (parts, size) => {
        const text = parts.join("");
        const read = (by: number) => {
          const filter = createFenceFilter();
          const segments = [];
          for (let at = 0; at < text.length; at += by) segments.push(...filter.take(text.slice(at, at + by)));
          segments.push(...filter.end());
          const blocks = segments.flatMap((segment) => ("inner" in segment ? [segment.inner] : []));
          return { blocks, all: segments.map((one) => ("inner" in one ? one.raw : one.text)).join("") };
        };
        const whole = read(text.length || 1);
        expect(read(size)).toEqual(whole);
        expect(whole.all).toBe(text);
      }),
    );
  });
});

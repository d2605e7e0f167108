import { describe, expect, test } from "bun:test";
import type { StepBlock } from "../content.ts";
import type { StopReason } from "../session.ts";
import { closedBlocks, type OpenBlock, stepEnd } from "./step-end.ts";

const usage = { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 };
const thought = { type: "thinking", text: "hm" } as const;
const said = { type: "text", text: "yes" } as const;

describe("the end of an answer", () => {
  const end = (content: readonly StepBlock[], stopReason: StopReason, refusal?: string) =>
    stepEnd({ content, stopReason, usage, ...(refusal === undefined ? {} : { refusal }) });

  test("is a step with all that was said", () => {
    expect(end([thought, said], "end")).toEqual({
      type: "step-end",
      content: [thought, said],
      stopReason: "end",
      usage,
    });
  });

  test.each([
    ["end", [thought]],
    ["tool-calls", []],
    ["length", []],
  ] as const)("is a fault where it stopped for %s with nothing but %j", (reason, content) => {
    expect(end(content, reason)).toMatchObject({ type: "fault", fault: { code: "provider.empty" } });
  });

  test("is a step where the tokens ran out while it thought", () => {
    expect(end([thought], "length")).toMatchObject({ type: "step-end", content: [thought] });
  });

  test("says why it was refused only where nothing else was said", () => {
    expect(end([thought], "refused", "Not this.")).toMatchObject({ content: [thought, { text: "Not this." }] });
    expect(end([], "refused")).toMatchObject({ content: [{ text: "The model declined to answer this." }] });
    expect(end([said], "refused", "Not this.")).toMatchObject({ content: [said] });
  });
});

describe("blocks of a stream", () => {
  const open = (part: Partial<OpenBlock> & Pick<OpenBlock, "type">): OpenBlock => ({
    ...{ id: "", name: "", text: "", signature: "" },
    ...part,
  });

  test("are left out where they said nothing, save a signature without thinking and redacted data", () => {
    const blocks = [
      open({ type: "text" }),
      open({ type: "thinking" }),
      open({ type: "thinking", signature: "s" }),
      open({ type: "redacted", text: "AA==" }),
    ];
    expect(closedBlocks(blocks, "end")).toEqual([
      { type: "thinking", text: "", signature: "s" },
      { type: "thinking", text: "", vendor: { redacted: "AA==" } },
    ]);
  });

  test("are cut in the last one alone, and only where the tokens ran out", () => {
    const calls = [
      open({ type: "tool-call", id: "c1", name: "read" }),
      open({ type: "tool-call", id: "c2", name: "list" }),
    ];
    const [first, last] = closedBlocks(calls, "length");
    expect(first).toEqual({ type: "tool-call", id: "c1", name: "read", input: {} });
    expect(last).toEqual({ type: "tool-call", id: "c2", name: "list", input: {}, malformed: "" });
    expect(closedBlocks(calls, "tool-calls").at(-1)).not.toHaveProperty("malformed");
  });
});

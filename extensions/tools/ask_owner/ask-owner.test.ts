import { describe, expect, test } from "bun:test";
import type { ExtensionContext, InferSchema } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Config = InferSchema<(typeof manifest)["config"]>;
const start = (threshold = 0.8) => activate({ config: { threshold } } as ExtensionContext<Config>);
const input = { question: "Shall I cancel the booking?", plan: "Cancel it by mail." };

const asking = (answer: { readonly type: "allowed" | "denied" | "expired"; readonly note?: string }) => {
  const asked: { readonly text: string; readonly confidence: number }[] = [];
  const call = {
    ...createToolCall(),
    owner: {
      ask: async (question: { readonly text: string; readonly confidence: number }) => {
        asked.push(question);
        return { ...answer, by: "Pat" };
      },
    },
  };
  return { call, asked };
};

const textIn = async (output: ReturnType<ReturnType<typeof start>["execute"]>): Promise<string> =>
  (await output).content.map((block) => (block.type === "text" ? block.text : "")).join("");

runContract({ describe, test }, toolContract, {
  title: "ask_owner",
  capabilities: [],
  open: async () => ({
    ...{
      tool: start() as never,
      manifest,
      samples: [{ question: "May I?", confidence: 0.9 }],
      hopeless: [{ question: "May I?" }],
    },
    call: (signal) => createToolCall(signal ? { signal } : {}),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

describe("[K04] asking the owner", () => {
  test("[K04] an agent that is sure enough goes on, one that is not asks and waits", async () => {
    const { call, asked } = asking({ type: "allowed" });
    expect(await textIn(start().execute({ ...input, confidence: 0.8 }, call))).toContain("sure enough");
    expect(asked).toEqual([]);
    expect(await textIn(start().execute({ ...input, confidence: 0.79 }, call))).toBe("Pat says yes.");
    expect(asked).toEqual([{ text: "Shall I cancel the booking?\n\nPlan: Cancel it by mail.", confidence: 0.79 }]);
  });

  test("[K04] without a word about it, and where the owner wants to be asked always, it asks", async () => {
    const { call, asked } = asking({ type: "denied", note: "Keep it." });
    expect(await textIn(start().execute({ question: "May I?" }, call))).toContain("Pat says no. They said: Keep it.");
    await start(1).execute({ ...input, confidence: 1 }, call);
    expect(asked).toHaveLength(2);
  });

  test("no answer is a no, and where nobody can be asked it says so", async () => {
    expect(await textIn(start().execute(input, asking({ type: "expired" }).call))).toContain("which is a no");
    await expect(start().execute(input, createToolCall())).rejects.toMatchObject({ code: "owner.absent" });
  });
});

// The contract over the two providers that have no vendor at a far end: the offline demonstration and the scripted one
// of the tests. What needs a far end is skipped for them.
import { describe, expect, test } from "bun:test";
import type { ModelRequest, ProviderEvent } from "@homarus/sdk";
import {
  createFakeClock,
  createProviderContext,
  createScriptedProvider,
  type ProviderScene,
  type ProviderWorld,
  plainRequest,
  providerContract,
  runContract,
  type ScriptedStep,
  userTurn,
} from "@homarus/sdk/testing";
import { activate } from "../../extensions/providers/offline/index.ts";
import manifest from "../../extensions/providers/offline/manifest.ts";

const clock = createFakeClock();
const kept = { [Symbol.asyncDispose]: () => Promise.resolve() };

const asked: Readonly<Partial<Record<ProviderScene, string>>> = {
  text: "compose a symphony",
  thinking: "list the files",
  "tool-call": "read note.txt",
};

/** Tools by the names that the demonstration calls. */
function demonstrationRequest(text: string): ModelRequest {
  const [tool] = plainRequest("demonstration", []).tools;
  if (!tool) throw new Error("the plain request has a tool");
  const tools = ["read", "list"].map((name) => ({ ...tool, name }));
  return { ...plainRequest("demonstration", [userTurn(text)]), tools };
}

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A01] The offline demonstration",
  capabilities: ["thinking", "tools"],
  async open() {
    const provider = activate(createProviderContext(manifest, { config: { paceMs: 0 }, fetch, clock }));
    const play = (scene: ProviderScene) => ({ request: demonstrationRequest(asked[scene] ?? ""), says: {} });
    return { ...kept, provider, id: "offline", model: "demonstration", now: clock.now(), play };
  },
});

const call = (path: string) => ({ id: `call-${path}`, name: "read", input: { path } });
const script: Readonly<Partial<Record<ProviderScene, ScriptedStep>>> = {
  text: { text: "Hello there, friend." },
  "tool-call": { text: "I look.", calls: [call("note.txt")] },
  "parallel-calls": { calls: [call("a.txt"), call("b.txt")] },
};

runContract<ProviderWorld>({ describe, test }, providerContract, {
  title: "[A01] The scripted provider",
  capabilities: ["tools", "parallel-calls", "usage"],
  async open() {
    const stage: { step: ScriptedStep } = { step: { text: "" } };
    const play = (scene: ProviderScene) => {
      stage.step = script[scene] ?? { text: "" };
      const usage = { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 };
      return { request: plainRequest("scripted", [userTurn("hello")]), says: { usage } };
    };
    const provider = createScriptedProvider(() => stage.step);
    return { ...kept, provider, id: "scripted", model: "scripted", now: clock.now(), play };
  },
});

test("the contract catches a provider that throws, one that says nothing at the end, and one that goes on after it", async () => {
  const [first] = providerContract;
  const end = {
    type: "step-end",
    content: [{ type: "text", text: "ab" }],
    stopReason: "end",
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  } as const;
  const deltas = [
    { type: "text-delta", text: "a" },
    { type: "text-delta", text: "b" },
  ] as const;
  const world = (events: readonly ProviderEvent[], thrown?: Error): ProviderWorld => ({
    ...{ id: "bad", model: "bad", now: 0 },
    provider: {
      async *stream() {
        yield* events;
        if (thrown) throw thrown;
      },
    },
    play: () => ({ request: plainRequest("bad", []), says: { text: "ab" } }),
  });
  const outcome = async (given: ProviderWorld) =>
    first?.run(given).then(
      () => "passed",
      (error: Error) => error.message,
    );
  expect(await outcome(world([...deltas, end]))).toBe("passed");
  expect(await outcome(world(deltas, new Error("boom")))).toContain("the stream threw");
  expect(await outcome(world(deltas))).toContain("exactly one step-end or fault");
  expect(await outcome(world([...deltas, end, end]))).toContain("exactly one step-end or fault");
  expect(await outcome(world([end, ...deltas]))).toContain("nothing follows the end");
  expect(await outcome(world([deltas[0], end]))).toContain("the whole text is what the deltas said");
});

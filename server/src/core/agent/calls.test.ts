import { describe, expect, test } from "bun:test";
import {
  type Entry,
  type EntryBody,
  Fault,
  interruptedText,
  type RunEventBody,
  type ToolCallBlock,
  type ToolOutput,
  textOf,
} from "@homarus/sdk";
import { createFakeClock } from "@homarus/sdk/testing";
import { type CallGate, type CallParts, runCalls } from "./calls.ts";

const call = (id: string, name = "act", more: Partial<ToolCallBlock> = {}): ToolCallBlock => ({
  ...{ type: "tool-call", id, name, input: { id } },
  ...more,
});
const said = (text: string): ToolOutput => ({ content: [{ type: "text", text }] });
const entry = (body: EntryBody): Entry => ({ seq: 1, at: 1, body });
const openGate: CallGate = {
  pass: async () => ({ type: "open" }),
  seal: async (_, result) => ({ result, writes: () => [] }),
};
const facts = (name: string) => ({ name, idempotent: name === "look", parallel: name === "look", timeoutMs: 5_000 });

function open(more: Partial<CallParts> = {}) {
  const clock = createFakeClock(0);
  const stop = new AbortController();
  const log: EntryBody[] = [];
  const ran: string[] = [];
  const parts: CallParts = {
    ...{
      tools: new Map(["look", "act"].map((name) => [name, facts(name)])),
      gate: openGate,
      clock,
      signal: stop.signal,
    },
    execute: async (item) => {
      ran.push(item.id);
      return said(`did ${item.id}`);
    },
    commit: async (bodies) => void log.push(...bodies),
    ...more,
  };
  const run = async (calls: readonly ToolCallBlock[], earlier: readonly Entry[] = []): Promise<RunEventBody[]> =>
    Array.fromAsync(runCalls(calls, earlier, parts));
  const results = () => log.flatMap((body) => (body.type === "tool-result" ? [body.result] : []));
  return { clock, stop, log, ran, run, results, parts };
}

const started = (callId: string, name = "act") => entry({ type: "tool-start", callId, name });

describe("tool calls", () => {
  test("[T38] a call is committed as started before it runs, and its result after", async () => {
    const order: string[] = [];
    const it = open({
      execute: async () => {
        order.push("run");
        return said("ok");
      },
      commit: async (bodies) => void order.push(...bodies.map((body) => body.type)),
    });
    const events = await it.run([call("a"), call("b")]);
    expect(order).toEqual(["tool-start", "run", "tool-result", "tool-start", "run", "tool-result"]);
    expect(events.map((event) => event.type)).toEqual(["tool-start", "tool-end", "tool-start", "tool-end"]);
  });

  test("[K05] what a person said with their yes stands on a line of its own before the result", async () => {
    const gate = { ...openGate, pass: async () => ({ type: "open", note: "Pat changed it." }) as const };
    const it = open({ gate });
    await it.run([call("a")]);
    expect(it.results().map(({ content }) => textOf(content))).toEqual(["Pat changed it.\ndid a"]);
  });

  test("calls run together only where all of them say that they may", async () => {
    const most = async (names: readonly string[]): Promise<number> => {
      let [now, greatest] = [0, 0];
      const it = open({
        execute: async () => {
          now += 1;
          greatest = Math.max(greatest, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
          return said("ok");
        },
      });
      await it.run(names.map((name, index) => call(`c${index}`, name)));
      return greatest;
    };
    expect(await most(["look", "look", "look"])).toBe(3);
    expect(await most(["look", "act", "look"])).toBe(1);
  });

  test("what has its result is not run again; what was cut is told, or run again where that is harmless", async () => {
    const it = open();
    const done = entry({
      ...{ type: "tool-result", durationMs: 1 },
      result: { type: "tool-result", callId: "a", name: "act", content: [], isError: false },
    });
    await it.run(
      [call("a"), call("b"), call("c", "look"), call("d")],
      [started("a"), done, started("b"), started("c", "look")],
    );
    expect(it.ran).toEqual(["c", "d"]);
    expect(it.results().map((result) => [result.callId, result.isError])).toEqual([
      ["b", true],
      ["c", false],
      ["d", false],
    ]);
    expect(JSON.stringify(it.results()[0])).toContain(interruptedText);
    expect(it.log.filter((body) => body.type === "tool-start")).toMatchObject([{ callId: "d" }]);
  });

  test("an unknown tool, broken arguments and a refusal are told to the model, and nothing runs", async () => {
    const it = open({
      gate: { ...openGate, pass: async () => ({ type: "shut", text: "The owner says no." }) },
    });
    await it.run([call("a", "nope"), call("b", "look", { malformed: "{" }), call("c", "act")]);
    expect(it.ran).toEqual([]);
    expect(it.results().every((result) => result.isError)).toBe(true);
    const [unknown, broken, refused] = it.results().map((result) => JSON.stringify(result.content));
    expect(unknown).toContain("look, act");
    expect(broken).toContain("JSON");
    expect(refused).toContain("owner");
  });

  test("a tool's fault is told with its hint, and what it threw otherwise with its words", async () => {
    const thrown = [new Fault("denied", "files.outside", "Outside.", { hint: "Stay inside." }), new Error("broke")];
    const it = open({ execute: () => Promise.reject(thrown.shift()) });
    await it.run([call("a"), call("b")]);
    expect(it.results().map((result) => result.content)).toEqual([
      [{ type: "text", text: "Outside. Stay inside." }],
      [{ type: "text", text: "broke" }],
    ]);
  });

  test("a tool that takes too long is stopped, and the model is told", async () => {
    const it = open({
      execute: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    });
    const running = it.run([call("a")]);
    while (it.clock.sleepers() === 0) await new Promise((resolve) => setImmediate(resolve));
    await it.clock.advance(5_000);
    await running;
    expect(JSON.stringify(it.results())).toContain("longer than 5 s");
    expect(it.clock.sleepers()).toBe(0);
  });

  test("after a stop the calls that have not begun are left", async () => {
    const it = open();
    const own = { ...it.parts };
    const stopping: CallParts = {
      ...own,
      execute: async (item) => {
        it.stop.abort(new Fault("aborted", "run.stopped", "stopped"));
        return own.execute(item, it.stop.signal, () => undefined);
      },
    };
    await Array.fromAsync(runCalls([call("a"), call("b")], [], stopping));
    expect(it.ran).toEqual(["a"]);
  });

  test("progress is told between start and end, and a result is bounded", async () => {
    const it = open({
      execute: async (_, __, progress) => {
        progress("half");
        return said("x".repeat(300_000));
      },
    });
    const events = await it.run([call("a")]);
    expect(events.map((event) => event.type)).toEqual(["tool-start", "tool-progress", "tool-end"]);
    const [block] = it.results()[0]?.content ?? [];
    expect(block?.type === "text" && block.text.length).toBeLessThan(200_100);
    expect(JSON.stringify(block)).toContain("100000 characters left out");
  });
});

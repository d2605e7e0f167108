import { describe, expect, test } from "bun:test";
import { Fault, type InferSchema, type KnownProcess, type SessionProcesses } from "@homarus/sdk";
import {
  createFakeClock,
  createFakeSandbox,
  createToolCall,
  runContract,
  someSpec,
  toolContract,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Input = InferSchema<(typeof manifest)["input"]>;
const open = (outputBytes = 20_000) => {
  const clock = createFakeClock();
  const tool = activate({ config: { outputBytes }, clock } as unknown as Parameters<typeof activate>[0]);
  return { clock, tool };
};

/** As the house gives them, over the fake sandbox. */
function sessionProcesses(): SessionProcesses {
  const workspace = createFakeSandbox().open(someSpec("/workspace"));
  const known: KnownProcess[] = [];
  return {
    async start(request) {
      const process = await (await workspace).start(request);
      let end: ReturnType<KnownProcess["ended"]>;
      const facts = { id: `p${known.length + 1}`, command: request.command, startedAt: 0 };
      const item = { ...facts, hasTerminal: request.terminal !== undefined, process, ended: () => end };
      known.push(item);
      void process.exited.then((told) => {
        end = told;
      });
      return item;
    },
    list: () => known,
    find(id) {
      const found = known.find((item) => item.id === id);
      if (!found) throw new Fault("invalid", "process.unknown", `There is no process ${id}.`);
      return found;
    },
  };
}

runContract({ describe, test }, toolContract, {
  title: "process",
  capabilities: [],
  open: async () => {
    const processes = sessionProcesses();
    await processes.start({ command: "cat", maxOutputBytes: 100 });
    return {
      tool: open().tool as never,
      manifest,
      samples: [
        { action: "list" },
        { action: "start", command: "echo hello", wait_seconds: 0 },
        { action: "poll", id: "p1", wait_seconds: 0 },
        { action: "write", id: "p1", input: "x\n", wait_seconds: 0 },
        { action: "kill", id: "p1" },
      ],
      hopeless: [{ action: "start" }, { action: "poll" }, { action: "kill", id: "p99" }, { action: "write", id: "p1" }],
      call: (signal) => createToolCall({ processes, ...(signal ? { signal } : {}) }),
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
});

async function session(outputBytes?: number) {
  const processes = sessionProcesses();
  const { tool, clock } = open(outputBytes);
  return {
    clock,
    async run(input: Input): Promise<string> {
      const { content } = await tool.execute({ wait_seconds: 0, ...input }, createToolCall({ processes }));
      return content.map((block) => (block.type === "text" ? block.text : "")).join();
    },
  };
}

test("a process is spoken with, and a poll tells only what is new", async () => {
  const { run } = await session();
  expect(await run({ action: "start", command: "cat" })).toBe("[Process p1 is running.]");
  expect(await run({ action: "write", id: "p1", input: "one\n" })).toBe("one\n[Process p1 is running.]");
  expect(await run({ action: "poll", id: "p1" })).toBe("[Process p1 is running.]");
  expect(await run({ action: "write", id: "p1", end_input: true })).toContain("Process p1");
  expect(await run({ action: "poll", id: "p1" })).toBe("[Process p1 has ended with exit code 0.]");
});

test("a wait ends with the first output, and with its time where there is none", async () => {
  const { run, clock } = await session();
  const quiet = run({ action: "start", command: "cat", wait_seconds: 5 });
  while (clock.sleepers() === 0) await Promise.resolve();
  await clock.advance(6_000);
  expect(await quiet).toBe("[Process p1 is running.]");
  const spoken = run({ action: "write", id: "p1", input: "now\n", wait_seconds: 60 });
  for (let turns = 0; turns < 50; turns++) await Promise.resolve();
  await clock.advance(200);
  expect(await spoken).toBe("now\n[Process p1 is running.]");
});

test("[H25] what a process says is bounded, and the model is told how much is missing", async () => {
  const { run } = await session(1_000);
  const text = await run({ action: "start", command: "seq 1 20000" });
  expect(text).toMatch(/^\[107894 bytes before this are no longer kept\.\]/);
  expect(text.length).toBeLessThan(1_200);
});

test("a list names each with its state; a killed one says so", async () => {
  const { run } = await session();
  expect(await run({ action: "list" })).toBe("[No process was started in this session.]");
  await run({ action: "start", command: "cat" });
  await run({ action: "start", command: "sleep 600", terminal: true });
  expect(await run({ action: "kill", id: "p2" })).toBe("[Process p2 was killed.]");
  const lines = (await run({ action: "list" })).split("\n");
  expect(lines).toEqual([
    expect.stringMatching(/^p1 {2}cat .*is running/),
    expect.stringMatching(/^p2 {2}sleep 600 .*terminal.*was killed/),
  ]);
});

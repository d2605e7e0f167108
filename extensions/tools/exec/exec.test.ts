import { describe, expect, test } from "bun:test";
import { Fault, type InferSchema } from "@homarus/sdk";
import {
  createFakeSandbox,
  createToolCall,
  type RecordedToolCall,
  runContract,
  toolContract,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Config = InferSchema<(typeof manifest)["config"]>;
type Input = InferSchema<(typeof manifest)["input"]>;
const open = (config: Partial<Config> = {}) =>
  activate({ config: { timeoutSeconds: 120, outputBytes: 30_000, ...config } } as Parameters<typeof activate>[0]);

async function run(input: Input, call: RecordedToolCall, config: Partial<Config> = {}) {
  const { content, isError } = await open(config).execute(input, call);
  return {
    text: content.map((block) => (block.type === "text" ? block.text : block.type)).join(),
    isError: isError ?? false,
  };
}

runContract({ describe, test }, toolContract, {
  title: "[H03] exec",
  capabilities: [],
  open: async () => ({
    tool: open() as never,
    manifest,
    samples: [
      { command: "echo hello" },
      { command: "pwd", folder: "." },
      { command: "seq 1 100000", timeout_seconds: 5 },
    ],
    hopeless: [{ command: "no-such-command" }, { command: "pwd", folder: ".." }, { command: "exit 1" }],
    call: (signal) => createToolCall({ sandbox: createFakeSandbox(), ...(signal ? { signal } : {}) }),
    [Symbol.asyncDispose]: async () => undefined,
  }),
});

const withSandbox = (signal?: AbortSignal) => {
  const sandbox = createFakeSandbox();
  return { sandbox, call: createToolCall({ sandbox, ...(signal ? { signal } : {}) }) };
};

test("[H03] output and exit code come back", async () => {
  expect(await run({ command: "echo a; echo b" }, withSandbox().call)).toEqual({ text: "a\nb", isError: false });
  expect(await run({ command: "echo a; exit 3" }, withSandbox().call)).toEqual({
    text: "a\n[Exit code 3.]",
    isError: true,
  });
  expect(await run({ command: "mkdir x" }, withSandbox().call)).toEqual({
    text: "[Exit code 0, no output.]",
    isError: false,
  });
});

test("[H25] [T20] a command has 120 seconds unless it asks for other, and the model is told when they were over", async () => {
  const { sandbox, call } = withSandbox();
  await run({ command: "echo a" }, call);
  await run({ command: "echo a", timeout_seconds: 600 }, call);
  expect(sandbox.requests.map((request) => request.timeoutMs)).toEqual([120_000, 600_000]);
  const late = await run({ command: "echo begun; sleep 9", timeout_seconds: 0.05 }, withSandbox().call);
  expect(late.isError).toBe(true);
  expect(late.text).toStartWith("begun\n[Killed after");
});

test("[H25] [T20] a long output keeps both ends", async () => {
  const { text } = await run({ command: "seq 1 100000" }, withSandbox().call, { outputBytes: 1000 });
  expect(text).toStartWith("1\n2\n");
  expect(text).toEndWith("99999\n100000");
  expect(text).toContain("bytes left out");
  expect(text.length).toBeLessThan(1200);
});

test("progress is told as output comes, and is bounded", async () => {
  const { call } = withSandbox();
  await run({ command: "echo one; echo two" }, call);
  expect(call.progressed).toEqual(["one\n", "two\n"]);
  const long = withSandbox().call;
  await run({ command: "seq 1 100000; seq 1 100000" }, long);
  expect(long.progressed.join("").length).toBe(20_000);
});

test("an aborted command is an aborted fault that keeps what it said", async () => {
  const stop = new AbortController();
  const call = { ...withSandbox(stop.signal).call, progress: () => stop.abort() };
  const fault = await run({ command: "echo begun; sleep 9" }, call).catch((thrown: Fault) => thrown);
  expect(fault).toMatchObject({ kind: "aborted", message: "begun\nThe command was stopped." });
});

test("without a sandbox nothing runs, and its fault comes through", async () => {
  const sandbox = createFakeSandbox();
  sandbox.faults.push(new Fault("config", "sandbox.bubblewrap-missing", "Not installed.", { hint: "Install it." }));
  const fault = await run({ command: "echo x" }, createToolCall({ sandbox })).catch((thrown: Fault) => thrown);
  expect(fault).toMatchObject({ kind: "config", hint: "Install it." });
  expect(sandbox.requests).toEqual([]);
});

test("the preview is the command on one line", () => {
  expect(open().preview?.({ command: "echo a\n\n  echo b" })).toBe("echo a echo b");
  expect(open().preview?.({ command: "make", folder: "src" })).toBe("make (in src)");
  expect(open().preview?.({ command: "x".repeat(500) })?.length).toBeLessThan(200);
});

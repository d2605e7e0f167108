// One server of MCP, over a program that really runs and over HTTP on this machine.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolsetContext } from "@homarus/sdk";
import {
  createFakeClock,
  createMemoryStore,
  runContract,
  silentLog,
  type ToolsetWorld,
  toolsetContract,
} from "@homarus/sdk/testing";
import { startSpoken } from "../../../server/src/host/process/spoken.ts";
import type { Settings } from "./connect.ts";
import { activate } from "./index.ts";
import { serveFake } from "./testing/fake-http.ts";

const program = new URL("testing/fake-program.ts", import.meta.url).pathname;
const secretVariable = "HOMARUS_TEST_SECRET";

function openToolset(config: Partial<Settings>, signal = new AbortController().signal) {
  const environment = { ...process.env, [secretVariable]: "the house's own" };
  const context: ToolsetContext<Settings> = {
    ...{ id: "fake", signal, log: silentLog, clock: createFakeClock(), fetch: (input, init) => fetch(input, init) },
    config: { enabled: true, private: false, timeoutMs: 20_000, deny: [], trusted: false, ...config },
    store: createMemoryStore().values("extension/toolset/fake"),
    startProgram: (request) => startSpoken(request, { environment }),
  };
  return activate(context);
}

/** `manner` says how the program misbehaves. */
function programSettings(manner: string, notes?: string): Partial<Settings> {
  return { command: process.execPath, args: [program, manner, ...(notes === undefined ? [] : [notes])] };
}

const known = { name: "read", input: { path: "a.md" }, text: "The note a.md says hello." };

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function openProgramWorld(): Promise<ToolsetWorld & AsyncDisposable> {
  const folder = mkdtempSync(join(tmpdir(), "mcp-"));
  const notes = join(folder, "notes");
  const toolset = openToolset(programSettings("well", notes));
  const call = (name: string) =>
    toolset.call({ name, input: {}, signal: new AbortController().signal, progress: () => undefined });
  return {
    ...{ toolset, known, wrong: "wrong", waits: "wait" },
    takenBack: () => until(() => readFileSync(notes, "utf8").includes("cancelled")),
    async change() {
      await call("wipe");
      return "late";
    },
    async breakOff() {
      await call("die").catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      await toolset.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openHttpWorld(): Promise<ToolsetWorld & AsyncDisposable> {
  const fake = await serveFake();
  const toolset = openToolset({ url: fake.url, headers: { authorization: "Bearer of-the-owner" } });
  return {
    ...{ toolset, known, wrong: "wrong", waits: "wait" },
    takenBack: () => until(() => fake.server.heard.includes("cancelled")),
    async change() {
      const notice = fake.server.addTool();
      await until(() => fake.listeners() > 0);
      fake.notify(notice);
      return "late";
    },
    async breakOff() {
      fake.forget();
    },
    async [Symbol.asyncDispose]() {
      await toolset.close();
      await fake[Symbol.asyncDispose]();
    },
  };
}

runContract({ describe, test }, toolsetContract, {
  title: "[H19] a server of MCP that is a program",
  capabilities: [],
  open: openProgramWorld,
});

runContract({ describe, test }, toolsetContract, {
  title: "[H19] a server of MCP over Streamable HTTP",
  capabilities: [],
  open: openHttpWorld,
});

const signal = () => new AbortController().signal;
const quiet = { input: {}, progress: () => undefined };
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "no fault",
    (fault) => `${fault.kind} ${fault.code}`,
  );

function open(manner: string, more: object = {}) {
  const toolset = openToolset({ ...programSettings(manner), ...more });
  return Object.assign(toolset, { [Symbol.asyncDispose]: () => toolset.close() });
}

test("answers of every kind come through, and what is too long is cut with a word about it", async () => {
  await using world = await openProgramWorld();
  const { content } = await world.toolset.call({ name: "kinds", ...quiet, signal: signal() });
  expect(content).toMatchObject([
    { type: "text", text: "words" },
    { type: "image", mediaType: "image/png" },
    { type: "text", text: "[note:///a.txt]\na note" },
    { type: "file", mediaType: "application/x-b", data: "AAEC", name: "b.bin" },
    { type: "text", text: "[page: https://a.example/p]" },
  ]);
  const structured = await world.toolset.call({ name: "structured", ...quiet, signal: signal() });
  expect(structured.content).toEqual([{ type: "text", text: '{"degrees":21}' }]);
  const [long] = (await world.toolset.call({ name: "long", ...quiet, signal: signal() })).content;
  expect(long?.type === "text" && long.text).toMatch(/x\n\[200000 characters left out\]$/);
});

test("what the server says of its tools comes along, and a tool without a name or for tasks alone does not", async () => {
  await using toolset = open("well");
  const tools = await toolset.list(signal());
  expect(tools[0]).toMatchObject({ name: "read", hints: { readOnly: true, openWorld: false } });
  expect(tools.find(({ name }) => name === "wipe")?.hints).toEqual({ destructive: true, openWorld: true });
  expect(tools.filter(({ name }) => name === "" || name === "task")).toEqual([]);
  expect(tools.find(({ name }) => name.startsWith("strange"))?.inputSchema).toEqual({});
});

test("a program has PATH, HOME, LANG and what it is given, and nothing of the house", async () => {
  await using toolset = open("well", { env: { GIVEN: "yes" } });
  const { content } = await toolset.call({ name: "environment", ...quiet, signal: signal() });
  const [block] = content;
  const variables = JSON.parse(block?.type === "text" ? block.text : "");
  expect(variables).toMatchObject({ GIVEN: "yes", HOME: process.env.HOME, PATH: process.env.PATH });
  expect(Object.keys(variables)).not.toContain(secretVariable);
  expect(Object.keys(variables).filter((name) => !/^(GIVEN|HOME|PATH|LANG|PWD|SHLVL|_|BUN_.*)$/.test(name))).toEqual(
    [],
  );
});

test("five thousand tools are listed, page by page", async () => {
  await using toolset = open("many");
  expect((await toolset.list(signal())).length).toBeGreaterThan(5_000);
});

test("notes on the output are passed over; a program that only writes such is given up", async () => {
  await using notes = open("notes");
  expect((await notes.list(signal())).length).toBeGreaterThan(5);
  await using garbage = open("garbage");
  expect(await codeOf(garbage.list(signal()))).toBe("unavailable mcp.gone");
});

test("a program that ends at once is told with its last words, one that is not there with what to do", async () => {
  await using ends = open("ends");
  expect(await ends.list(signal()).catch((fault) => fault.message)).toContain("I need a key.");
  const missing = openToolset({ command: "/no/such/program" });
  expect(await codeOf(missing.list(signal()))).toBe("config program.start");
  expect(await codeOf(openToolset({}).list(signal()))).toBe("config mcp.settings");
});

test("a program that never answers ends with the house", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mcp-"));
  const stop = new AbortController();
  const notes = join(folder, "notes");
  const toolset = openToolset(programSettings("hangs", notes), stop.signal);
  const work = codeOf(toolset.list(signal()));
  const pid = async (): Promise<number> => {
    for (;;) {
      // It has not begun yet, or its line is not whole.
      const found = existsSync(notes) ? /start (\d+)\D/.exec(`${readFileSync(notes, "utf8")}`)?.[1] : undefined;
      if (found) return Number(found);
      await Bun.sleep(5);
    }
  };
  const started = await pid();
  stop.abort();
  await toolset.close();
  expect(await work).toStartWith("aborted");
  expect(() => process.kill(started, 0)).toThrow();
  rmSync(folder, { recursive: true, force: true });
});

test("a call that takes too long is given up", async () => {
  await using toolset = open("well", { timeoutMs: 300 });
  expect(await codeOf(toolset.call({ name: "wait", ...quiet, signal: signal() }))).toBe("unavailable mcp.silent");
});

test("headers go with each request, and a refusal says what is missing", async () => {
  await using fake = await serveFake();
  const toolset = openToolset({ url: fake.url, headers: { "x-key": "of-mine" } });
  await toolset.list(signal());
  await toolset.close();
  expect(fake.headers.every((headers) => headers["x-key"] === "of-mine")).toBe(true);
  const closed = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("no", { status: 401 }) });
  expect(await codeOf(openToolset({ url: `http://127.0.0.1:${closed.port}/` }).list(signal()))).toBe(
    "auth mcp.refused",
  );
  await closed.stop(true);
});

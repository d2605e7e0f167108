// The house with servers of MCP of its owner's, as real processes: what they are given, what they cannot spoil, and that
// they end with the house.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { serveFake } from "../../extensions/toolsets/mcp/testing/fake-http.ts";
import { makeStateFolder, runCommand, type StateFolder, startHouse } from "./fakes/house-process.ts";

const fakeServer = join(import.meta.dir, "../../extensions/toolsets/mcp/testing/fake-program.ts");
const preload = join(import.meta.dir, "fakes", "list-modules.ts");
const mock = new LLMock({ port: 0, host: "127.0.0.1" });
const key = "sk-a-key-of-the-house-0123456789";

beforeAll(async () => {
  await mock.start();
  const calls = {
    "its variables": ["environment", {}],
    "the note": ["read", { path: "a.md" }],
    "be gone": ["die", {}],
  };
  for (const [words, [name, input]] of Object.entries(calls)) {
    const call = { name: `notes__${name}`, arguments: JSON.stringify(input) };
    mock.on({ userMessage: new RegExp(words), hasToolResult: true }, { content: "That is all." });
    mock.on({ userMessage: new RegExp(words), hasToolResult: false }, { content: "I look.", toolCalls: [call] });
  }
  mock.on({}, { content: "Hello." });
});
afterAll(() => mock.stop());

const program = (manner: string, ...rest: string[]) => ({
  command: process.execPath,
  args: [fakeServer, manner, ...rest],
});

function stateWith(servers: object, more: object = {}): StateFolder {
  return makeStateFolder({ log: { level: "error" }, mcp: { servers }, ...more });
}

async function ask(state: StateFolder, words: string, ...more: string[]) {
  mock.clearRequests();
  const model = { LLM_BASE_URL: `${mock.url}/v1`, LLM_API_KEY: key, LLM_MODEL: "qwen3-8b" };
  const { code, out, error } = await runCommand(state, ["agent", words, ...more], model);
  return { code, out, error, bodies: mock.getRequests().map((entry) => JSON.stringify(entry.body)) };
}

describe("[H19] servers of MCP", () => {
  test("[H19] a program has none of the house's variables and secrets", async () => {
    using state = stateWith({ notes: { ...program("well"), env: { GIVEN: "a-value-of-mine" } } });
    const { code, bodies } = await ask(state, "tell me its variables");
    expect(code).toBe(0);
    expect(bodies[1]).toContain("GIVEN");
    for (const name of ["LLM_API_KEY", "HOMARUS_HOME", key]) expect(bodies[1]).not.toContain(name);
  }, 20_000);

  test("[H19] the shape that other programs write is read as well, and HTTP with a key of the owner's", async () => {
    await using fake = await serveFake();
    const headers = { authorization: "Bearer key-for-the-notes-0123" };
    using state = makeStateFolder({
      ...{ log: { level: "error" }, mcpServers: { notes: { type: "http", url: fake.url, headers } } },
    });
    const { code, bodies } = await ask(state, "tell me the note");
    expect([code, fake.server.heard]).toEqual([0, ["call read"]]);
    expect(bodies[1]).toContain("The note a.md says hello.");
    expect(fake.headers.every(({ authorization }) => authorization === headers.authorization)).toBe(true);
  }, 20_000);

  test.each([
    ["ends at once", "ends"],
    ["hangs", "hangs"],
    ["writes garbage", "garbage"],
    ["lists five thousand tools", "many"],
  ])(
    "[H19] one that %s costs a run a few seconds and not its answer",
    async (_, manner) => {
      using state = stateWith({ other: program(manner), notes: program("well") });
      const { code, out, bodies } = await ask(state, "tell me the note");
      expect({ code, out }).toMatchObject({ code: 0, out: expect.stringContaining("That is all.") });
      expect(bodies[1]).toContain("The note a.md says hello.");
    },
    30_000,
  );

  test("[H19] one that dies in a call does not end the run, and the next house starts it anew", async () => {
    using state = stateWith({ notes: program("well") });
    expect((await ask(state, "be gone")).out).toContain("That is all.");
    expect((await ask(state, "tell me the note", "-s", "another")).bodies[1]).toContain("The note a.md says hello.");
  }, 30_000);

  test("[H19] a program ends with the house, and none is started or loaded before a run wants it", async () => {
    using outer = makeStateFolder({});
    const notes = join(outer.folder, "notes");
    const list = join(outer.folder, "modules.json");
    using state = stateWith({ notes: program("well", notes) });
    const house = await startHouse(state, { preload, environment: { LIST_MODULES: list } });
    while (!existsSync(list) || readFileSync(list, "utf8") === "") await Bun.sleep(20);
    const modules = JSON.parse(readFileSync(list, "utf8")) as readonly string[];
    expect(modules.some((path) => path.includes("server/src/gateway/"))).toBe(true);
    expect(
      modules.filter((path) => /\/toolsets\/(mcp\/|server|offer\.ts)|modelcontextprotocol|process\/spoken/.test(path)),
    ).toEqual([]);
    expect(existsSync(notes)).toBe(false);
    await house.stop();
    await ask(state, "tell me the note");
    const pid = Number(/start (\d+)/.exec(readFileSync(notes, "utf8"))?.[1]);
    expect(pid).toBeGreaterThan(1);
    expect(() => process.kill(pid, 0)).toThrow();
  }, 30_000);

  test("[H19] the owner sees how each server is, what it offers and what is wrong with it", async () => {
    using state = stateWith({
      notes: program("well"),
      far: program("ends"),
      idle: { ...program("well"), enabled: false },
    });
    const listed = await runCommand(state, ["mcp", "list", "--json"]);
    expect(JSON.parse(listed.out).servers).toMatchObject([{ state: "unused" }, { state: "unused" }, { state: "off" }]);
    const tested = await runCommand(state, ["mcp", "test", "--json"]);
    expect(tested.code).toBe(1);
    const [notes, far, idle] = JSON.parse(tested.out).servers;
    expect(notes).toMatchObject({ state: "connected", left: [expect.stringContaining("broken")] });
    expect(notes.tools[0]).toMatchObject({ name: "notes__read", description: "Reads a note." });
    expect(far).toMatchObject({ state: "trouble", trouble: { message: expect.stringContaining("I need a key.") } });
    expect(idle).toMatchObject({ state: "off", tools: [] });
    const one = await runCommand(state, ["mcp", "test", "notes"]);
    expect([one.code, one.out]).toEqual([0, expect.stringContaining("notes__read")]);
  }, 30_000);

  test("[H19] what stands in the settings is masked where the config is shown", async () => {
    using state = stateWith({ notes: { ...program("well"), env: { API_KEY: "a-secret-of-the-notes-01" } } });
    const shown = await runCommand(state, ["config", "show"]);
    expect(shown.out).toContain("notes");
    expect(shown.out).not.toContain("a-secret-of-the-notes-01");
  });
});

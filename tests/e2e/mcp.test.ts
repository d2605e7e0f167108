// The house as desktop clients meet it: `homarus mcp serve` as a child process and the gateway's own port, by the
// official client library of the Model Context Protocol.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type HouseProcess, makeStateFolder, runCommand, type StateFolder, startHouse } from "./fakes/house-process.ts";

const start = join(import.meta.dir, "..", "..", "server", "src", "cli", "start.ts");
const quiet = { providers: { offline: { paceMs: 0 } }, log: { level: "error" } };
const newest: ClientOptions = { versionNegotiation: { mode: { pin: "2026-07-28" } } };
const eras = [
  ["2025-11-25", {}],
  ["2026-07-28", newest],
] as const;

function environment(state: StateFolder): Record<string, string> {
  return { PATH: process.env.PATH ?? "", HOME: state.folder, HOMARUS_HOME: state.folder, TZ: "UTC" };
}

async function desktop(state: StateFolder, args: readonly string[] = [], options: ClientOptions = {}) {
  const transport = new StdioClientTransport({
    ...{ command: process.execPath, args: [start, "mcp", "serve", ...args], env: environment(state), stderr: "ignore" },
  });
  const client = new Client({ name: "Test Desktop", version: "1" }, options);
  await client.connect(transport);
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

async function overHttp(house: HouseProcess, options: ClientOptions = {}) {
  const client = new Client({ name: "Test Editor", version: "1" }, options);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`http://127.0.0.1:${house.port}/mcp`), {
      requestInit: { headers: { authorization: `Bearer ${house.token}` } },
    }),
  );
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.close() });
}

const textOf = (result: unknown): string =>
  (result as { content: readonly { text?: string }[] }).content.map(({ text }) => text ?? "").join("");

function skill(state: StateFolder): void {
  mkdirSync(join(state.workspace, "skills", "brew"), { recursive: true });
  const head = "name: brew\ndescription: How we like our coffee.\narguments: [{name: cups, required: true}]";
  writeFileSync(join(state.workspace, "skills", "brew", "SKILL.md"), `---\n${head}\n---\nBrew $cups cups.\n`);
}

describe.each(eras)("[Q08] a desktop client of %s, without a running gateway", (version, options) => {
  test("asks the agent, uses its tools, reads its resources and takes its skills as prompts", async () => {
    using state = makeStateFolder(quiet);
    skill(state);
    await using client = await desktop(state, [], options);
    expect(client.getNegotiatedProtocolVersion()).toBe(version);
    const words: string[] = [];
    const answer = await client.callTool(
      { name: "agent_ask", arguments: { message: "write hello to note.txt" } },
      { onprogress: ({ message }) => words.push(message ?? "") },
    );
    expect(answer.structuredContent).toMatchObject({ outcome: "answered", session: expect.stringContaining(":mcp:") });
    expect(words[0]).toBe("[write]");
    expect(readFileSync(join(state.workspace, "note.txt"), "utf8")).toBe("hello\n");
    expect(textOf(await client.callTool({ name: "read", arguments: { path: "note.txt" } }))).toContain("hello");
    const outside = await client.callTool({ name: "read", arguments: { path: "../homarus.json" } });
    expect(outside.isError).toBe(true);
    const bad = await client.callTool({ name: "read", arguments: { path: 7 } });
    expect([bad.isError, textOf(bad)]).toMatchObject([true, expect.stringContaining("arguments of read do not fit")]);
    const { resources } = await client.listResources();
    const session = resources.find(({ uri }) => uri.includes("mcp"));
    const read = await client.readResource({ uri: session?.uri ?? "" });
    expect((read.contents[0] as { text: string }).text).toContain("write hello to note.txt");
    const agents = await client.readResource({ uri: "homarus://workspace/main/AGENTS.md" });
    expect((agents.contents[0] as { text: string }).text).toContain("How I work");
    expect((await client.listPrompts()).prompts).toMatchObject([
      { name: "brew", arguments: [{ name: "cups", required: true }] },
    ]);
    const prompt = await client.getPrompt({ name: "brew", arguments: { cups: "two" } });
    expect(prompt.messages[0]?.content).toEqual({ type: "text", text: "Brew two cups." });
  });
});

describe("[Q08] homarus mcp serve", () => {
  test("offers an agent of one's choice, and only what reads when told so", async () => {
    using state = makeStateFolder({
      ...quiet,
      agents: {
        list: [
          { id: "main", default: true },
          { id: "reader", tools: { allow: ["read", "write"] } },
        ],
      },
    });
    const house = await startHouse(state);
    await using client = await desktop(state, ["--agent", "reader", "--read-only"]);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toEqual(["jobs_list", "read", "sessions_history", "sessions_list", "sessions_search"]);
    await expect(desktop(state, ["--agent", "nobody"])).rejects.toThrow("there is no agent nobody here");
    expect(await house.stop()).toBe(0);
  });

  test("outlives the gateway: what was asked is answered with an error, and what comes next with the gateway's return", async () => {
    using state = makeStateFolder({ ...quiet, providers: { offline: { paceMs: 200 } } });
    const house = await startHouse(state);
    await using client = await desktop(state);
    const lost = client
      .callTool({ name: "agent_ask", arguments: { message: "compose a symphony" } })
      .catch((error) => error);
    while (!(await runCommand(state, ["sessions", "list"])).out.includes("mcp")) await Bun.sleep(10);
    await house.kill();
    expect(String(await lost)).toContain("connection to the gateway was lost");
    expect(String(await client.listTools().catch((error) => error))).toContain("homarus gateway");
    const again = await startHouse(state, { port: house.port });
    expect((await client.listTools()).tools.length).toBeGreaterThan(5);
    expect(textOf(await client.callTool({ name: "list", arguments: {} }))).toContain("AGENTS.md");
    // It goes on with the symphony, and nobody waits for it.
    await again.kill();
  });

  test("writes nothing but the protocol, answers what is no message, and ends with its input", async () => {
    using state = makeStateFolder(quiet);
    const preload = join(import.meta.dir, "fakes", "noise.ts");
    const child = Bun.spawn([process.execPath, "--preload", preload, start, "mcp", "serve"], {
      ...{ env: environment(state), stdin: "pipe", stdout: "pipe", stderr: "ignore" },
    });
    const introduction = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const messages = [
      "{ this is no JSON",
      `{"a":"${"x".repeat(5 * 1024 * 1024)}"}`,
      JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: introduction }),
      JSON.stringify({ jsonrpc: "2.0", id: "two", method: "tools/call", params: { name: "session_status" } }),
    ];
    child.stdin.write(`${messages.join("\n")}\n`);
    child.stdin.end();
    const lines = (await new Response(child.stdout).text()).trim().split("\n");
    expect(await child.exited).toBe(0);
    const told = lines.map((line) => JSON.parse(line));
    expect(told).toContainEqual(
      expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32700 }) }),
    );
    expect(told).toContainEqual(
      expect.objectContaining({ id: null, error: expect.objectContaining({ code: -32600 }) }),
    );
    expect(told.map(({ id }) => id).filter((id) => id !== null)).toEqual([1, "two"]);
    expect(existsSync(join(state.folder, "gateway.json"))).toBe(false);
  });

  test("its help shows what to paste", async () => {
    using state = makeStateFolder(quiet);
    const { out } = await runCommand(state, ["mcp", "--help"]);
    const pasted = /^\s*(\{"mcpServers.*\})$/m.exec(out)?.[1] ?? "";
    expect(JSON.parse(pasted)).toEqual({ mcpServers: { homarus: { command: "homarus", args: ["mcp", "serve"] } } });
    expect((await runCommand(state, ["mcp"])).code).toBe(2);
  });
});

test("[G14] a call that is silent for longer than the machine waits is answered all the same", async () => {
  using state = makeStateFolder(quiet);
  const house = await startHouse(state);
  const calls = eras.map(async ([, options]) => {
    await using client = await overHttp(house, options);
    const slow = { name: "exec", arguments: { command: "sleep 12; echo done" } };
    return textOf(await client.callTool(slow, { timeout: 40_000 }));
  });
  for (const text of await Promise.all(calls)) expect(text).toContain("done");
  expect(await house.stop()).toBe(0);
}, 60_000);

test("[G14] a client that leaves ends the command it was waiting for", async () => {
  using state = makeStateFolder(quiet);
  const house = await startHouse(state);
  await using client = await overHttp(house, newest);
  const call = new AbortController();
  const slow = { name: "exec", arguments: { command: "touch begun; sleep 2; touch ended" } };
  const asked = client.callTool(slow, { signal: call.signal }).catch((error) => String(error));
  while (!existsSync(join(state.workspace, "begun"))) await Bun.sleep(10);
  call.abort("enough");
  expect(await asked).toContain("enough");
  await client.callTool({ name: "exec", arguments: { command: "sleep 3" } });
  expect(existsSync(join(state.workspace, "ended"))).toBe(false);
  expect(await house.stop()).toBe(0);
});

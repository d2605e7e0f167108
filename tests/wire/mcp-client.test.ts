// The official client library of the Model Context Protocol against the gateway's door for it: both ways of speaking,
// over both transports.
import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import {
  Client,
  type ClientOptions,
  type ListToolsResult,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import type { House } from "../../server/src/gateway/house.ts";
import { ordinaryRun } from "../../server/src/gateway/testing/fake-house.ts";
import { openForTest, token } from "../../server/src/gateway/testing/open-for-test.ts";
import { listen } from "../../server/src/host/net/serve.ts";
import { SocketTransport } from "./socket-transport.ts";

interface Way {
  readonly name: string;
  readonly era: "legacy" | "modern";
  readonly transport: (url: string, secret: string) => Transport;
}

const http = (url: string, secret: string) =>
  new StreamableHTTPClientTransport(new URL(url.replace("ws", "http")), {
    requestInit: { headers: { authorization: `Bearer ${secret}` } },
    reconnectionOptions: {
      maxRetries: 0,
      initialReconnectionDelay: 1,
      maxReconnectionDelay: 1,
      reconnectionDelayGrowFactor: 1,
    },
  });
const socket = (url: string, secret: string) => new SocketTransport(url, secret);

const ways: readonly Way[] = [
  { name: "2026-07-28 over HTTP", era: "modern", transport: http },
  { name: "2025-11-25 over HTTP", era: "legacy", transport: http },
  { name: "2026-07-28 over a WebSocket", era: "modern", transport: socket },
  { name: "2025-11-25 over a WebSocket", era: "legacy", transport: socket },
];

interface Extra {
  readonly query?: string;
  readonly secret?: string;
  readonly house?: (house: House) => House;
  readonly options?: ClientOptions;
}

async function open(way: Way, { query = "", secret = token, house, options = {} }: Extra = {}) {
  const clock = createFakeClock(1_800_000_000_000);
  const it = await openForTest({ listen, clock, store: createMemoryStore(), ...(house ? { house } : {}) });
  const client = new Client(
    { name: "Test Desktop", version: "1.0" },
    { ...options, ...(way.era === "modern" ? { versionNegotiation: { mode: { pin: "2026-07-28" } } } : {}) },
  );
  const connect = () => client.connect(way.transport(`${it.url}/mcp${query}`, secret));
  return {
    ...{ ...it, clock, client, connect },
    async [Symbol.asyncDispose]() {
      await client.close();
      await it[Symbol.asyncDispose]();
    },
  };
}

async function connected(way: Way, extra: Extra = {}) {
  const it = await open(way, extra);
  await it.connect();
  return it;
}

type Opened = Awaited<ReturnType<typeof connected>>;

/** The next message that the house heard. */
async function heard(it: Opened) {
  while (it.fake.heard.length === 0) await Bun.sleep(1);
  const message = it.fake.heard.shift();
  const runId = message?.options?.runId ?? "";
  return { message, runId, key: message?.session ?? "" };
}

const textOf = (result: unknown): string =>
  (result as { content: readonly { text?: string }[] }).content.map(({ text }) => text ?? "").join("");

describe.each(ways)("[G14] $name", (way) => {
  test("both agree on the version, and the house introduces itself", async () => {
    await using it = await connected(way);
    const version = way.era === "modern" ? "2026-07-28" : "2025-11-25";
    expect(it.client.getNegotiatedProtocolVersion()).toBe(version);
    expect(it.client.getServerVersion()).toMatchObject({ name: "homarus", version: "0.1.0-test" });
    expect(it.client.getServerCapabilities()).toEqual({
      ...{ tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} },
      resources: { subscribe: true, listChanged: true },
    });
    expect(it.client.getInstructions()).toContain("agent_ask");
  });

  test("the agent's tools are listed with schema and hints, without those that the owner forbids, and called", async () => {
    await using it = await connected(way);
    const { tools }: ListToolsResult = await it.client.listTools();
    expect(tools.map(({ name }) => name)).not.toContain("forbidden");
    expect(tools.find(({ name }) => name === "echo")).toMatchObject({
      ...{ title: "echo", description: "Call echo to echo." },
      inputSchema: { type: "object", properties: { text: { type: "string" } } },
      annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    });
    expect(tools.find(({ name }) => name === "jobs_remove")?.annotations).toMatchObject({
      ...{ readOnlyHint: false, destructiveHint: true },
    });
    const result = await it.client.callTool({ name: "echo", arguments: { text: "hello" } });
    expect(result.content).toEqual([{ type: "text", text: "hello" }]);
  });

  test("an unknown tool is an error of the protocol; wrong arguments and refusals are results that say so", async () => {
    await using it = await connected(way);
    await expect(it.client.callTool({ name: "nothing", arguments: {} })).rejects.toMatchObject({ code: -32602 });
    await expect(it.client.callTool({ name: "forbidden", arguments: {} })).rejects.toMatchObject({ code: -32602 });
    const wrong = await it.client.callTool({ name: "sessions_history", arguments: { limit: "many" } });
    expect(wrong.isError).toBe(true);
    expect(textOf(wrong)).toContain("must have required property 'session'");
    const none = await it.client.callTool({ name: "sessions_history", arguments: { session: "nobody" } });
    expect([none.isError, textOf(none)]).toEqual([true, "there is no session nobody; sessions_list shows them"]);
    const unsaid = await it.client.callTool({
      name: "message_send",
      arguments: { to: "5", text: "x", channel: "icq" },
    });
    expect([unsaid.isError, textOf(unsaid)]).toEqual([true, "unsupported channel: icq"]);
  });

  test("a tool tells how far it is, and stops when its call is taken back", async () => {
    let stopped: Promise<void> | undefined;
    await using it = await connected(way, {
      house: (house) => ({
        ...house,
        tools: {
          ...house.tools,
          async invoke({ signal, progress }) {
            const { promise, resolve } = Promise.withResolvers<void>();
            stopped = promise;
            progress?.("half of it");
            await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
            resolve();
            throw new Error("not reached");
          },
        },
      }),
    });
    const call = new AbortController();
    const { promise: first, resolve } = Promise.withResolvers<string | undefined>();
    const asked = it.client.callTool(
      { name: "echo", arguments: {} },
      { signal: call.signal, onprogress: ({ message }) => resolve(message) },
    );
    expect(await first).toBe("half of it");
    call.abort("changed my mind");
    await expect(asked).rejects.toThrow("changed my mind");
    expect(stopped).toBeDefined();
    expect((await it.client.listTools()).tools.length).toBeGreaterThan(5);
  });

  test("agent_ask waits for the answer, tells its words as they come, and goes on in a session", async () => {
    await using it = await connected(way);
    const words: string[] = [];
    const ask = (args: object) =>
      it.client.callTool(
        { name: "agent_ask", arguments: { message: "hello", ...args } },
        { onprogress: ({ message }) => words.push(message ?? "") },
      );
    const asked = ask({});
    const { message, runId, key } = await heard(it);
    expect(message).toMatchObject({ text: "hello", origin: "program", peer: { id: "mcp", name: "Test Desktop" } });
    expect(key).toStartWith("agent:main:mcp:");
    const [begin, one, ...rest] = ordinaryRun(runId, ["Hi ", "there."]);
    it.fake.happen(
      runId,
      key,
      begin as never,
      { type: "tool-start", callId: "c", name: "read", input: {} },
      one as never,
    );
    await it.clock.advance(1_000);
    it.fake.happen(runId, key, ...rest);
    await it.fake.end(runId, { type: "replied", runId, text: "Hi there." });
    const result = await asked;
    expect(result.content).toEqual([{ type: "text", text: "Hi there." }]);
    expect(result.structuredContent).toEqual({ answer: "Hi there.", session: key, run: runId, outcome: "answered" });
    expect(words).toEqual(["[read]", "Hi ", "there."]);
    const again = ask({ session: key, thinking: "high" });
    const next = await heard(it);
    expect([next.key, next.message?.options?.thinking]).toEqual([key, "high"]);
    await it.fake.end(next.runId, {
      type: "failed",
      fault: { kind: "limited", code: "x", message: "The model is busy." } as never,
    });
    const failed = await again;
    expect([failed.isError, textOf(failed)]).toMatchObject([true, expect.stringContaining("The model is busy.")]);
  });

  test("an ask that is taken back stops the run, also one that had not begun", async () => {
    await using it = await connected(way);
    const call = new AbortController();
    const asked = it.client.callTool({ name: "agent_ask", arguments: { message: "hello" } }, { signal: call.signal });
    const { runId, key } = await heard(it);
    call.abort("enough");
    await expect(asked).rejects.toThrow("enough");
    while (it.fake.aborted.length === 0) await Bun.sleep(1);
    it.fake.happen(runId, key, { type: "run-start", messageId: runId, model: "offline/demo" });
    expect(it.fake.aborted).toEqual([runId, runId]);
    expect(it.fake.watchers()).toBeGreaterThan(0);
  });

  test("sessions, jobs and messages are kept by the house's own tools, each with its structure", async () => {
    await using it = await connected(way);
    await it.fake.remember("agent:main:tea", { label: "Tea" });
    const call = async (name: string, args: object) =>
      (await it.client.callTool({ name, arguments: args as Record<string, unknown> })).structuredContent;
    expect(await call("sessions_list", {})).toMatchObject({
      ...{
        total: 1,
        has_more: false,
        sessions: [{ session: "agent:main:tea", model: "offline/demo", is_running: false }],
      },
    });
    expect(await call("sessions_history", { session: "tea" })).toMatchObject({
      session: "agent:main:tea",
      messages: [
        { role: "user", text: "hi" },
        { role: "agent", text: "word0 word1" },
      ],
    });
    expect(await call("sessions_search", { query: "word1" })).toMatchObject({
      ...{ results: [{ session: "agent:main:tea", role: "agent" }], has_more: false },
    });
    expect(await call("sessions_send", { session: "tea", message: "More?" })).toMatchObject({
      ...{ session: "agent:main:tea", status: "started" },
    });
    expect((await heard(it)).message?.text).toBe("More?");
    const job = await call("jobs_add", { name: "Tea", message: "Is it time?", every: "2h" });
    expect(job).toMatchObject({ name: "Tea", says: "Is it time?", schedule: "every 7200 s", is_enabled: true });
    const { job: id } = job as { job: string };
    expect(await call("jobs_list", {})).toMatchObject({ jobs: [{ job: id }] });
    expect(await call("jobs_remove", { job: id })).toEqual({ removed: true });
    expect(await call("jobs_remove", { job: id })).toEqual({ removed: false });
    expect(await call("message_send", { to: "5", text: "Tea is ready." })).toMatchObject({
      channel: "telegram",
      to: "5",
    });
    expect(it.fake.spoken).toMatchObject([{ channel: "telegram", place: { id: "5" }, text: "Tea is ready." }]);
  });

  test("settings, workspace texts and sessions are resources, in pages, and read", async () => {
    await using it = await connected(way);
    for (let count = 0; count < 150; count += 1)
      await it.fake.remember(`agent:main:s${count}`, { createdAt: 1_000 + count });
    const first = await it.client.listResources({ cursor: undefined } as never);
    const all =
      first.resources.length > 100 ? first.resources : [...first.resources, ...(await rest(it, first.nextCursor))];
    expect(new Set(all.map(({ uri }) => uri)).size).toBe(152);
    expect(all.slice(0, 3)).toMatchObject([
      { uri: "homarus://config", mimeType: "application/json" },
      { uri: "homarus://workspace/main/AGENTS.md", title: "AGENTS.md of main", size: 13 },
      { uri: "homarus://sessions/agent%3Amain%3As149", mimeType: "text/markdown" },
    ]);
    const { resourceTemplates } = await it.client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      "homarus://sessions/{key}",
      "homarus://sessions/{key}/messages",
      "homarus://workspace/{agent}/{name}",
    ]);
    const read = async (uri: string) => (await it.client.readResource({ uri })).contents[0] as { text: string };
    expect((await read("homarus://workspace/main/AGENTS.md")).text).toBe("# How I work\n");
    expect((await read("homarus://sessions/agent:main:s7")).text).toContain("word0 word1");
    const json = JSON.parse((await read("homarus://sessions/agent%3Amain%3As7/messages")).text);
    expect(json).toMatchObject({ session: "agent:main:s7", messages: [{ role: "user" }, { role: "assistant" }] });
    expect(JSON.parse((await read("homarus://config")).text)).toMatchObject({
      valid: true,
      config: { gateway: { port: 0 } },
    });
    for (const uri of [
      "homarus://sessions/none",
      "homarus://workspace/main/SOUL.md",
      "homarus://workspace/main/..%2f..%2fx",
      "homarus://workspace/nobody/AGENTS.md",
      "file:///etc/passwd",
      "x",
    ])
      await expect(it.client.readResource({ uri })).rejects.toMatchObject({ code: -32602, data: { uri } });
    await expect(it.client.listResources({ cursor: "x" })).rejects.toMatchObject({ code: -32602 });
  });

  test("skills are prompts, with what is filled in; values are completed", async () => {
    await using it = await connected(way);
    expect((await it.client.listPrompts()).prompts).toEqual([
      {
        name: "weather",
        description: "Tells the weather.",
        arguments: [{ name: "city", description: "Where.", required: true }],
      },
    ]);
    const prompt = await it.client.getPrompt({ name: "weather", arguments: { city: "Oslo" } });
    expect(prompt.messages).toEqual([
      { role: "user", content: { type: "text", text: "Find out the weather in Oslo." } },
    ]);
    await expect(it.client.getPrompt({ name: "weather" })).rejects.toMatchObject({ code: -32602 });
    await expect(it.client.getPrompt({ name: "none" })).rejects.toMatchObject({ code: -32602 });
    const complete = async (ref: object, name: string, value: string) =>
      (await it.client.complete({ ref, argument: { name, value } } as never)).completion;
    const ref = { type: "ref/prompt", name: "weather" };
    expect(await complete(ref, "city", "be")).toEqual({ values: ["Berlin", "Bern"], total: 2, hasMore: false });
    expect(await complete(ref, "unit", "")).toMatchObject({ values: [] });
    await it.fake.remember("agent:main:tea");
    const template = (uri: string) => ({ type: "ref/resource", uri });
    expect(await complete(template("homarus://sessions/{key}"), "key", "agent:")).toMatchObject({
      values: ["agent:main:tea"],
    });
    expect(await complete(template("homarus://workspace/{agent}/{name}"), "name", "")).toMatchObject({
      values: ["AGENTS.md"],
    });
    await expect(complete(template("homarus://{x}"), "x", "")).rejects.toMatchObject({ code: -32602 });
  });

  test("whoever follows a session is told when it changes, and of new ones", async () => {
    const told: string[] = [];
    await using it = await open(way);
    it.client.setNotificationHandler("notifications/resources/updated", ({ params }) => void told.push(params.uri));
    it.client.setNotificationHandler("notifications/resources/list_changed", () => void told.push("list"));
    it.client.setNotificationHandler("notifications/tools/list_changed", () => void told.push("tools"));
    await it.connect();
    const uri = "homarus://sessions/agent%3Amain%3Atea";
    const session = await it.fake.remember("agent:main:tea", { createdAt: 1 });
    if (way.era === "modern")
      await it.client.listen({ resourceSubscriptions: [uri], resourcesListChanged: true, toolsListChanged: true });
    else await it.client.subscribeResource({ uri });
    // Over HTTP an older client hears by a stream that it opens by itself, some time after it is connected.
    while (it.fake.watchers() < 2 || told.length === 0) {
      it.fake.emit({ type: "session-changed", session });
      await Bun.sleep(10);
    }
    expect(new Set(told)).toEqual(new Set([uri]));
    it.fake.emit({ type: "session-changed", session: await it.fake.remember("agent:main:new") });
    it.fake.emit({ type: "config-changed", changed: ["tools"] });
    while (!told.includes("tools") || !told.includes("list")) await Bun.sleep(5);
    if (way.era === "modern") return;
    await it.client.unsubscribeResource({ uri });
    await expect(it.client.subscribeResource({ uri: "file:///x" })).rejects.toMatchObject({ code: -32602 });
  });

  test("a wrong token does not come in", async () => {
    await using it = await open(way, { secret: "wrong" });
    await expect(it.connect()).rejects.toThrow();
  });

  test("[Q08] with the right to read alone, nothing can be done", async () => {
    await using it = await connected(way, { query: "?scopes=operator.read" });
    const { tools } = await it.client.listTools();
    expect(tools.every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    for (const name of ["agent_ask", "sessions_send", "jobs_add", "message_send"])
      await expect(it.client.callTool({ name, arguments: {} })).rejects.toMatchObject({ code: -32602 });
    expect((await it.client.listResources()).resources.length).toBeGreaterThan(0);
  });
});

async function rest(it: Opened, cursor: string | undefined) {
  if (cursor === undefined) return [];
  const next = await it.client.listResources({ cursor });
  return next.resources;
}

test("a text of a workspace that was written in a run is told once the run is over", async () => {
  await using it = await connected(ways[0] as Way);
  const told: string[] = [];
  it.client.setNotificationHandler("notifications/resources/updated", ({ params }) => void told.push(params.uri));
  it.client.setNotificationHandler("notifications/resources/list_changed", () => void told.push("list"));
  const uris = ["AGENTS.md", "SOUL.md"].map((name) => `homarus://workspace/main/${name}`);
  await it.client.listen({ resourceSubscriptions: uris, resourcesListChanged: true });
  await it.fake.house.workspace.write("main", "SOUL.md", "Calm.");
  it.fake.happen("r", "agent:main:main", ...ordinaryRun("r", ["Done."]));
  while (told.length < 2) await Bun.sleep(5);
  expect(told.sort()).toEqual([uris[1] ?? "", "list"]);
});

test.each(ways)("nobody watches the house for a client that has left: $name", async (way) => {
  await using it = await open(way);
  const before = it.fake.watchers();
  await it.connect();
  await it.client.listTools();
  if (way.era === "modern") await it.client.listen({ toolsListChanged: true });
  while (it.fake.watchers() === before) await Bun.sleep(1);
  const { transport } = it.client;
  if (transport instanceof StreamableHTTPClientTransport) await transport.terminateSession();
  await it.client.close();
  while (it.fake.watchers() > before) await Bun.sleep(1);
});

test("a WebSocket answers what is no message, and closes on what is too large", async () => {
  await using it = await open(ways[3] as Way);
  const raw = new WebSocket(`${it.url}/mcp`, { headers: { authorization: `Bearer ${token}` } } as unknown as string[]);
  const answers: { id: unknown; error: { code: number } }[] = [];
  raw.onmessage = ({ data }) => answers.push(JSON.parse(String(data)));
  const closed = new Promise<number>((resolve) => {
    raw.onclose = ({ code }) => resolve(code);
  });
  await new Promise((resolve) => {
    raw.onopen = resolve;
  });
  for (const text of [
    "{",
    "[]",
    "null",
    '{"jsonrpc":"2.0","id":9,"method":5}',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
  ])
    raw.send(text);
  raw.send(new TextEncoder().encode('{"jsonrpc":"2.0","id":10,"method":"nothing"}'));
  while (answers.length < 6) await Bun.sleep(1);
  expect(answers.map(({ id, error }) => [id, error.code])).toEqual([
    [null, -32700],
    [null, -32600],
    [null, -32600],
    [9, -32600],
    [null, -32600],
    [10, -32601],
  ]);
  raw.send(`"${"x".repeat(5 * 1024 * 1024)}"`);
  expect(await closed).toBe(1009);
});

test("a WebSocket without a login, or of another page, is closed before it is served", async () => {
  await using it = await open(ways[3] as Way);
  const close = (headers: Record<string, string>, first?: string) =>
    new Promise<number>((resolve) => {
      const raw = new WebSocket(`${it.url}/mcp`, { headers } as unknown as string[]);
      raw.onopen = () => first !== undefined && raw.send(first);
      raw.onclose = ({ code }) => resolve(code);
    });
  expect(await close({})).toBe(1008);
  expect(await close({ authorization: "Bearer wrong" })).toBe(1008);
  expect(await close({ authorization: `Bearer ${token}`, origin: "https://evil.example" })).toBe(1008);
});

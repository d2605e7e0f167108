// `homarus acp` as editors start it: a child process with a gateway of its own or beside a running one, driven by the
// official library of the Agent Client Protocol.
import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ContentBlock, methods } from "@agentclientprotocol/sdk";
import { openGatewayClient } from "@homarus/sdk/client";
import { type Editor, spoken, startEditor, type Told } from "./fakes/editor.ts";
import { makeStateFolder, runCommand, type StateFolder, startHouse } from "./fakes/house-process.ts";

const quiet = { providers: { offline: { paceMs: 0 } }, log: { level: "error" } };
/** Slow enough that a long answer can be stopped in the middle. */
const slow = { providers: { offline: { paceMs: 30 } }, log: { level: "error" } };
const { session } = methods.agent;

async function opened(state: StateFolder, options?: Parameters<typeof startEditor>[1]): Promise<Editor> {
  const editor = startEditor(state, options);
  await editor.initialize();
  return editor;
}

const kinds = (told: readonly Told[]): string[] =>
  told.map(({ update }) => update.sessionUpdate).filter((kind, index, all) => kind !== all[index - 1]);

/** What a request is refused with; undefined when it was not. */
async function refusal(request: Promise<unknown>): Promise<{ code?: number; message?: string } | undefined> {
  try {
    await request;
  } catch (thrown) {
    return thrown as { code: number; message: string };
  }
  return undefined;
}

describe("an agent for editors, with a gateway of its own", () => {
  test("[Y21] says what it can do, and takes a session, prompts, tools and a command in order", async () => {
    using state = makeStateFolder(quiet);
    await using editor = startEditor(state);
    const hello = await editor.agent.request(methods.agent.initialize, { protocolVersion: 9, clientCapabilities: {} });
    expect(hello).toMatchObject({
      ...{ protocolVersion: 1, agentInfo: { name: "homarus" }, authMethods: [] },
      agentCapabilities: {
        ...{ loadSession: true, promptCapabilities: { image: true, audio: true, embeddedContext: true } },
        sessionCapabilities: { list: {}, resume: {}, close: {}, delete: {} },
      },
    });
    const id = await editor.open();
    expect(id).toMatch(/^agent:main:acp:[0-9a-f-]{36}$/);
    const { update } = await editor.until((told) => told.update.sessionUpdate === "available_commands_update");
    expect(update).toMatchObject({
      availableCommands: expect.arrayContaining([expect.objectContaining({ name: "model" })]),
    });
    expect(await editor.say(id, "write hello to note.txt")).toBe("end_turn");
    expect(readFileSync(join(state.workspace, "note.txt"), "utf8")).toBe("hello\n");
    expect(kinds(editor.told)).toEqual([
      ...["available_commands_update", "agent_thought_chunk", "tool_call", "tool_call_update", "agent_message_chunk"],
      ...["usage_update", "session_info_update"],
    ]);
    const path = join(state.workspace, "note.txt");
    expect(editor.told.find((told) => told.update.sessionUpdate === "tool_call")?.update).toMatchObject({
      ...{ title: "Write note.txt", name: "write", kind: "edit", status: "in_progress", locations: [{ path }] },
      ...{ rawInput: { path: "note.txt", content: "hello\n" }, content: [{ type: "diff", path, newText: "hello\n" }] },
    });
    expect(editor.told.find((told) => told.update.sessionUpdate === "tool_call_update")?.update).toMatchObject({
      status: "completed",
      rawOutput: { content: [{ text: expect.stringContaining("note.txt") }] },
    });
    expect(spoken(editor.told)).toContain("I called `write`");
    expect(editor.told.filter((told) => told.update.sessionUpdate === "agent_message_chunk").length).toBeGreaterThan(3);
    const before = editor.told.length;
    expect(await editor.say(id, "/status")).toBe("end_turn");
    expect(spoken(editor.told.slice(before))).toContain(id);
    expect(await editor.close()).toBe(0);
  });

  test("[Y21] what the editor shows of its files reaches the agent, and comes back as it was sent", async () => {
    using state = makeStateFolder(quiet);
    await using editor = await opened(state);
    const id = await editor.open(join(state.folder, "project"));
    const png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    const { stopReason } = await editor.agent.request(session.prompt, {
      sessionId: id,
      prompt: [
        { type: "text", text: "hello, look at " },
        { type: "resource", resource: { uri: "file:///p/main.py", mimeType: "text/x-python", text: "print(1)\n" } },
        { type: "text", text: " and " },
        { type: "resource_link", uri: "file:///p/b.txt", name: "b.txt" },
        { type: "image", mimeType: "image/png", data: png },
      ],
    });
    expect(stopReason).toBe("end_turn");
    const exported = await runCommandBeside(state, editor, ["sessions", "export", id]);
    expect(exported).toContain("print(1)");
    expect(exported).toContain("hello, look at [@main.py](file:///p/main.py) and [@b.txt](file:///p/b.txt)");
    expect(exported).toContain("image/png");
    editor.told.length = 0;
    await editor.agent.request(session.load, { sessionId: id, cwd: state.folder, mcpServers: [] });
    expect(editor.told.slice(0, 3).map(({ update }) => update)).toMatchObject([
      {
        sessionUpdate: "user_message_chunk",
        content: { type: "text", text: expect.stringContaining("hello, look at") },
      },
      {
        content: {
          type: "resource",
          resource: { uri: "file:///p/main.py", mimeType: "text/x-python", text: "print(1)\n" },
        },
      },
      { content: { type: "text", text: "[image-5.png]" } },
    ]);
  });

  test("[Y21] cancel ends the prompt as cancelled, stops the run, and the next prompt is answered", async () => {
    using state = makeStateFolder(slow);
    await using editor = await opened(state);
    const id = await editor.open();
    const ending = editor.say(id, "compose a long symphony");
    await editor.until((told) => told.update.sessionUpdate === "agent_message_chunk");
    await editor.agent.notify(session.cancel, { sessionId: id });
    expect(await ending).toBe("cancelled");
    const said = spoken(editor.told);
    expect(said).not.toContain("ANTHROPIC_API_KEY");
    const row = JSON.parse(await runCommandBeside(state, editor, ["sessions", "list", "--json"]));
    expect(row.sessions).toMatchObject([{ key: id, hasActiveRun: false }]);
    expect(await editor.say(id, "what time is it")).toBe("end_turn");
    expect(spoken(editor.told).slice(said.length)).toContain("session_status");
  });

  test("[Y21] a cancel right behind the prompt is not lost, nor is one of the request alone", async () => {
    using state = makeStateFolder(slow);
    await using editor = await opened(state);
    const id = await editor.open();
    const ending = editor.say(id, "compose a symphony");
    await editor.agent.notify(session.cancel, { sessionId: id });
    expect(await ending).toBe("cancelled");
    const controller = new AbortController();
    const prompt: ContentBlock[] = [{ type: "text", text: "compose another symphony" }];
    const second = editor.agent.request(
      session.prompt,
      { sessionId: id, prompt },
      { cancellationSignal: controller.signal },
    );
    const from = editor.told.length;
    await editor.until(
      (told) => editor.told.indexOf(told) >= from && told.update.sessionUpdate === "agent_message_chunk",
    );
    controller.abort();
    expect((await second).stopReason).toBe("cancelled");
    expect(spoken(editor.told)).not.toContain("ANTHROPIC_API_KEY");
  });

  test("[Y21] words sent while the agent works join its run, and both prompts get their end", async () => {
    using state = makeStateFolder(slow);
    await using editor = await opened(state);
    const id = await editor.open();
    const first = editor.say(id, "write hello to note.txt");
    await editor.until((told) => told.update.sessionUpdate === "agent_thought_chunk");
    const second = editor.say(id, "read note.txt");
    expect(await second).toBe("end_turn");
    expect(spoken(editor.told)).toContain("I called `read`");
    expect(await first).toBe("end_turn");
    const titles = editor.told.flatMap(({ update }) => (update.sessionUpdate === "tool_call" ? [update.title] : []));
    expect(titles).toEqual(["Write note.txt", "Read note.txt"]);
    expect(spoken(editor.told).match(/I called `read`/g)).toHaveLength(1);
  });

  test("[Y21] a session is loaded with its whole history, resumed without, listed, closed and deleted", async () => {
    using state = makeStateFolder(quiet);
    const first = await opened(state);
    const id = await first.open();
    await first.say(id, "write hello to note.txt");
    expect(await first.close()).toBe(0);
    await using editor = await opened(state);
    const { sessions } = await editor.agent.request(session.list, {});
    expect(sessions).toMatchObject([{ sessionId: id, cwd: state.workspace, title: "write hello to note.txt" }]);
    const loaded = await editor.agent.request(session.load, { sessionId: id, cwd: state.folder, mcpServers: [] });
    expect(loaded.configOptions?.map((option) => option.id)).toEqual(["model", "thinking"]);
    expect(kinds(editor.told.filter(({ update }) => update.sessionUpdate !== "available_commands_update"))).toEqual([
      ...["user_message_chunk", "agent_thought_chunk", "tool_call", "tool_call_update", "agent_message_chunk"],
    ]);
    expect(spoken(editor.told, "user_message_chunk")).toBe("write hello to note.txt");
    expect(editor.told.find((told) => told.update.sessionUpdate === "tool_call_update")?.update).toMatchObject({
      status: "completed",
    });
    const from = editor.told.length;
    await editor.agent.request(session.resume, { sessionId: id, cwd: state.folder });
    expect(await editor.say(id, "read note.txt")).toBe("end_turn");
    expect(spoken(editor.told.slice(from))).toContain("hello");
    expect(spoken(editor.told.slice(from), "user_message_chunk")).toBe("");
    await editor.agent.request(session.close, { sessionId: id });
    expect(await refusal(editor.say(id, "hello"))).toMatchObject({ code: -32_002 });
    await editor.agent.request(session.delete, { sessionId: id });
    await editor.agent.request(session.delete, { sessionId: id });
    expect((await editor.agent.request(session.list, {})).sessions).toEqual([]);
  });

  test("[Y21] model and thinking are set by options, by the older modes, and by the house's own commands", async () => {
    using state = makeStateFolder(quiet);
    await using editor = await opened(state);
    const made = await editor.agent.request(session.new, { cwd: state.folder, mcpServers: [] });
    const { sessionId } = made;
    expect(made.configOptions).toMatchObject([
      { id: "model", category: "model", currentValue: "offline/demonstration" },
      { id: "thinking", category: "thought_level", currentValue: "default" },
    ]);
    const set = await editor.agent.request(session.setConfigOption, { sessionId, configId: "thinking", value: "high" });
    expect(set.configOptions).toMatchObject([{ id: "model" }, { id: "thinking", currentValue: "high" }]);
    await editor.until((told) => JSON.stringify(told.update).includes('"currentModeId":"high"'));
    await editor.agent.request(session.setMode, { sessionId, modeId: "low" });
    await editor.say(sessionId, "/status");
    expect(spoken(editor.told)).toContain("Thinking: low");
    const from = editor.told.length;
    await editor.say(sessionId, "/think medium");
    expect(editor.told.slice(from).map(({ update }) => update)).toContainEqual({
      sessionUpdate: "current_mode_update",
      currentModeId: "medium",
    });
    expect(
      await refusal(editor.agent.request(session.setConfigOption, { sessionId, configId: "thinking", value: "loud" })),
    ).toMatchObject({ code: -32_602, message: expect.stringContaining("loud") });
    expect(await refusal(editor.agent.request(session.setMode, { sessionId, modeId: "x" }))).toMatchObject({
      code: -32_602,
    });
  });

  test("[Y21] bad input gets the right error, and the agent lives on", async () => {
    using state = makeStateFolder(quiet);
    await using editor = startEditor(state);
    expect(await refusal(editor.open())).toMatchObject({ code: -32_600 });
    await editor.initialize();
    const id = await editor.open();
    editor.write("{ this is no JSON");
    expect(JSON.parse(await editor.line((line) => line.includes("-32700")))).toMatchObject({ id: null });
    editor.write('[{"jsonrpc":"2.0","id":1,"method":"session/list","params":{}}]');
    editor.write('{"jsonrpc":"2.0","id":{},"method":"session/list"}');
    expect(JSON.parse(await editor.line((line) => line.includes("-32600") && line.includes("null")))).toBeDefined();
    editor.write('{"jsonrpc":"2.0","method":"no/such/notification"}');
    editor.write('{"jsonrpc":"2.0","method":"session/cancel","params":{"sessionId":"nobody"}}');
    editor.write('{"jsonrpc":"2.0","id":"ghost","result":{}}');
    const { agent } = editor;
    expect(await refusal(agent.request("no/such/method", {}))).toMatchObject({ code: -32_601 });
    expect(await refusal(agent.request(session.prompt, { sessionId: id } as never))).toMatchObject({ code: -32_602 });
    expect(await refusal(editor.say("nobody", "hello"))).toMatchObject({ code: -32_002 });
    expect(await refusal(editor.say(id, "  "))).toMatchObject({ code: -32_602, message: "The prompt is empty." });
    for (const sessionId of ["nobody", "main", "", "agent:main:acp:x", "a\u0000b", "x".repeat(2_000)])
      expect(
        await refusal(agent.request(session.load, { sessionId, cwd: state.folder, mcpServers: [] })),
      ).toMatchObject({ code: -32_002 });
    expect(await refusal(editor.open("relative/folder"))).toMatchObject({ code: -32_602 });
    expect(await refusal(agent.request(session.list, { cursor: "x" }))).toMatchObject({ code: -32_602 });
    expect(await refusal(agent.request(session.delete, { sessionId: "agent:main:main" }))).toMatchObject({
      code: -32_602,
      message: expect.stringContaining("homarus sessions delete"),
    });
    const image = { type: "image" as const, mimeType: "image/png", data: "A".repeat(8 * 1024 * 1024) };
    expect(await refusal(agent.request(session.prompt, { sessionId: id, prompt: [image] }))).toMatchObject({
      code: -32_602,
      message: expect.stringContaining("size limit"),
    });
    const many = Array.from({ length: 5 }, () => image);
    expect(await refusal(agent.request(session.prompt, { sessionId: id, prompt: many }))).toMatchObject({
      code: -32_602,
      message: expect.stringContaining("too large"),
    });
    expect(await editor.say(id, "list the files")).toBe("end_turn");
    expect(await editor.close()).toBe(0);
  });

  test("[Y21] a step that runs out of tokens or is refused ends the prompt so, and a failing model with its words", async () => {
    await using model = openEndingModel();
    using state = makeStateFolder({
      ...{ agents: { defaults: { model: "openai/ending" } }, log: { level: "error" } },
      providers: { openai: { apiKey: "sk-test", baseUrl: model.url, api: "chat" } },
    });
    await using editor = await opened(state);
    const id = await editor.open();
    model.ending = "length";
    expect(await editor.say(id, "hello")).toBe("max_tokens");
    model.ending = "content_filter";
    expect(await editor.say(id, "hello")).toBe("refusal");
    model.ending = "stop";
    expect(await editor.say(id, "hello")).toBe("end_turn");
    model.ending = 401;
    expect(await refusal(editor.say(id, "hello"))).toMatchObject({
      code: -32_603,
      message: expect.stringContaining("OPENAI_API_KEY"),
    });
    model.ending = "stop";
    expect(await editor.say(id, "hello")).toBe("end_turn");
  });

  test("[Y21] standard output is the protocol alone, whatever else is printed; a signal ends it as an editor's end does", async () => {
    using state = makeStateFolder(quiet);
    const preload = join(import.meta.dir, "fakes", "noise.ts");
    await using editor = await opened(state, { preload });
    await editor.say(await editor.open(), "list the files");
    expect(editor.lines.length).toBeGreaterThan(5);
    for (const line of editor.lines) expect(JSON.parse(line)).toMatchObject({ jsonrpc: "2.0" });
    expect(editor.errors()).toContain("noise on the console");
    expect(await editor.signal("SIGTERM")).toBe(0);
    expect(existsSync(join(state.folder, "gateway.json"))).toBe(false);
  });

  test("[Y21] two editors of one state folder share the gateway that the first one carries", async () => {
    using state = makeStateFolder(quiet);
    const editors = [startEditor(state), startEditor(state)];
    const ids = await Promise.all(
      editors.map(async (editor) => {
        await editor.initialize();
        const id = await editor.open();
        expect(await editor.say(id, "list the files")).toBe("end_turn");
        return id;
      }),
    );
    expect(new Set(ids).size).toBe(2);
    const carrier = JSON.parse(readFileSync(join(state.folder, "gateway.json"), "utf8")).pid;
    const [first, second] = carrier === editors[0]?.pid ? editors : [...editors].reverse();
    const left = ids[editors.indexOf(second as Editor)] ?? "";
    expect(await first?.close()).toBe(0);
    // The gateway is gone with its editor: the one that is left carries one from now on.
    expect(await second?.say(left, "list the files")).toBe("end_turn");
    expect(await second?.close()).toBe(0);
  });
});

describe("an agent for editors, beside a running gateway", () => {
  test("[Y21] a lost gateway ends the prompt with a clear error, and the next prompt finds the gateway again", async () => {
    using state = makeStateFolder(slow);
    const house = await startHouse(state);
    await using editor = await opened(state);
    const id = await editor.open();
    const ending = refusal(editor.say(id, "compose a symphony"));
    await editor.until((told) => told.update.sessionUpdate === "agent_message_chunk");
    await house.kill();
    expect(await ending).toMatchObject({
      code: -32_603,
      message: expect.stringContaining("connection to the gateway was lost"),
    });
    expect(await refusal(editor.say(id, "hello"))).toMatchObject({
      code: -32_603,
      message: expect.stringContaining("homarus gateway"),
    });
    const again = await startHouse(state);
    expect(await editor.say(id, "what time is it")).toBe("end_turn");
    expect(await editor.close()).toBe(0);
    expect(await again.stop()).toBe(0);
  });

  test("[Y21] --session goes on in a session of the house, --agent chooses who answers; the run outlives the editor", async () => {
    using state = makeStateFolder({
      ...slow,
      agents: {
        list: [
          { id: "main", default: true },
          { id: "coder", name: "Coder" },
        ],
      },
    });
    const house = await startHouse(state);
    await runCommand(state, ["agent", "remember that the cat is called Mia"]);
    const attached = await opened(state, { args: ["--session", "main"] });
    const id = await attached.open();
    expect(id).toBe("agent:main:main");
    const { sessions } = await attached.agent.request(session.list, {});
    expect(sessions.map(({ sessionId }) => sessionId)).toEqual(["agent:main:main"]);
    await attached.agent.request(session.load, { sessionId: id, cwd: state.folder, mcpServers: [] });
    expect(spoken(attached.told, "user_message_chunk")).toContain("Mia");
    attached.told.length = 0;
    const cut = refusal(attached.say(id, "write hello to later.txt"));
    await attached.until((told) => told.update.sessionUpdate === "agent_thought_chunk");
    expect(await attached.close()).toBe(0);
    expect(await cut).toBeDefined();
    await using other = await opened(state, { args: ["--agent", "coder"] });
    const own = await other.open();
    expect(own).toStartWith("agent:coder:acp:");
    await other.say(own, "/status");
    expect(spoken(other.told)).toContain("Coder");
    while (!existsSync(join(state.workspace, "later.txt"))) await Bun.sleep(20);
    await using nobody = await opened(state, { args: ["--agent", "nobody"] });
    expect(await refusal(nobody.open())).toMatchObject({
      code: -32_602,
      message: expect.stringContaining("main, coder"),
    });
    expect(await house.stop()).toBe(0);
  });
});

test("[Y21] what waits for the owner's word is asked about in the editor whose session it is, and in no other", async () => {
  using state = makeStateFolder(quiet);
  const house = await startHouse(state);
  await using editor = await opened(state, {
    decide: () => ({ outcome: { outcome: "selected", optionId: "allow-always" } }),
  });
  const sessionKey = await editor.open();
  const client = openGatewayClient({
    url: `ws://127.0.0.1:${house.port}/`,
    login: { client: { id: "cli", version: "1", platform: "linux", mode: "cli" }, token: house.token },
  });
  const ask = (request: object, timeoutMs: number) =>
    client.request("exec.approval.request", { command: "make install", timeoutMs, ...request });
  expect(await ask({ sessionKey, cwd: "/p" }, 20_000)).toMatchObject({ decision: "allow-always" });
  expect(await ask({ sessionKey: "agent:main:main" }, 300)).toMatchObject({ decision: null });
  expect(editor.asked).toMatchObject([
    { sessionId: sessionKey, toolCall: { kind: "execute", rawInput: { command: "make install", cwd: "/p" } } },
  ]);
  client.close();
  expect(await editor.close()).toBe(0);
  expect(await house.stop()).toBe(0);
});

/** Asks the gateway that the editor's agent carries. */
async function runCommandBeside(state: StateFolder, editor: Editor, args: readonly string[]): Promise<string> {
  const { code, out, error } = await runCommand(state, args);
  expect(`${code} ${error}${editor.errors()}`).toBe("0 ");
  return out;
}

/** A model server (OpenAI's chat completions, streamed) whose answers end as the test says. */
function openEndingModel() {
  const model = { ending: "stop" as string | number };
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch(request) {
      if (request.url.endsWith("/models"))
        return Response.json({ object: "list", data: [{ id: "ending", object: "model" }] });
      if (typeof model.ending === "number")
        return Response.json({ error: { message: "no", type: "x" } }, { status: model.ending });
      const chunk = (delta: object, finish: unknown) =>
        `data: ${JSON.stringify({ ...{ id: "x", object: "chat.completion.chunk", created: 1, model: "ending" }, choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
      const text = `${chunk({ role: "assistant", content: "some words" }, null)}${chunk({}, model.ending)}data: [DONE]\n\n`;
      return new Response(text, { headers: { "content-type": "text/event-stream" } });
    },
  });
  return Object.assign(model, {
    url: `http://127.0.0.1:${server.port}/v1`,
    [Symbol.asyncDispose]: () => server.stop(true),
  });
}

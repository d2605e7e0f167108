// The peer's published client for protocol 4 against the real program: a whole conversation, approvals, jobs, a power
// cut. Each frame that the gateway sends meanwhile, and what each method answers, is held against the peer's published
// shapes; what cannot fit is named with its reason in gateway-client-known-failures.json, and nothing else may fail.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { methodTable } from "../../server/src/gateway/methods/table.ts";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "../e2e/fakes/house-process.ts";
import { callAll } from "./gateway-client-calls.ts";
import known from "./gateway-client-known-failures.json";
import { type HeldModel, heldReply, openHeldModel } from "./held-model.ts";
import { asNode, openPublishedClient, type PublishedClient } from "./published-client.ts";
import { type PublishedShapes, publishedShapes } from "./published-shapes.ts";
import { type Frame, openTap, type Tap } from "./tap.ts";

let shapes: PublishedShapes;
let model: HeldModel;
let state: StateFolder;
let house: HouseProcess;
let tap: Tap;

beforeAll(async () => {
  shapes = await publishedShapes();
  model = openHeldModel();
  state = makeStateFolder({
    agents: { defaults: { model: "openai/held" } },
    providers: { openai: { apiKey: "sk-test", baseUrl: model.url, api: "chat" } },
    log: { level: "error" },
  });
  house = await startHouse(state);
  tap = openTap(house.port);
});

afterAll(async () => {
  await house.stop();
  tap[Symbol.dispose]();
  state[Symbol.dispose]();
  await model[Symbol.asyncDispose]();
});

const connect = () => openPublishedClient(tap.url, house.token);
const key = "agent:main:main";
let keys = 0;
const nextKey = () => `published-${++keys}`;
const textOf = (message: Frame) => message.content.map((part: Frame) => part.text ?? "").join("");

async function say(client: PublishedClient, message: string): Promise<string> {
  const idempotencyKey = nextKey();
  const answer = await client.request("chat.send", { sessionKey: key, message, idempotencyKey });
  expect(answer).toMatchObject({ runId: idempotencyKey, status: "started" });
  return idempotencyKey;
}

const chatOf = (runId: string, state: string) => (payload: Frame) => payload.runId === runId && payload.state === state;

/** What a client shows that only looks at what is new. */
function assembled(client: PublishedClient, runId: string): string {
  let text = "";
  for (const { event, payload } of client.events) {
    if (event !== "chat" || !chatOf(runId, "delta")(payload)) continue;
    text = payload.replace ? payload.deltaText : text + payload.deltaText;
  }
  return text;
}

describe("[Y24] the published client over protocol 4", () => {
  test("connects as a device, and is given a token of its own", async () => {
    await using client = await connect();
    expect(client.hellos[0]).toMatchObject({ protocol: 4, auth: { role: "operator" } });
    expect(client.tokens).toHaveLength(1);
    const { paired } = await client.request("device.pair.list");
    expect(paired).toHaveLength(1);
  });

  test("hears an answer grow into its final text, and reads it back", async () => {
    await using client = await connect();
    await client.request("sessions.subscribe");
    await client.request("sessions.messages.subscribe", { key });
    model.hold();
    const runId = await say(client, "take your time");
    expect((await client.event("chat", chatOf(runId, "delta"))).deltaText).toBe("These ");
    model.release();
    const final = await client.event("chat", chatOf(runId, "final"));
    expect(textOf(final.message)).toBe(heldReply);
    expect(assembled(client, runId)).toBe(heldReply);
    await client.event("session.message", ({ message }) => message?.role === "assistant");
    const { messages, deltaCursor } = await client.request("chat.history", { sessionKey: key });
    expect(messages.map(textOf)).toEqual(["take your time", heldReply]);
    const next = await say(client, "again");
    await client.event("chat", chatOf(next, "final"));
    const since = await client.request("chat.history", { sessionKey: key, cursor: deltaCursor });
    expect(since).toMatchObject({ kind: "delta" });
    expect(since.messages.map(textOf)).toEqual(["again", heldReply]);
    const { sessions } = await client.request("sessions.list");
    expect(sessions.map((row: Frame) => row.key)).toEqual([key]);
    expect(client.gaps).toEqual([]);
  });

  test("stops an answer in the middle", async () => {
    await using client = await connect();
    model.hold();
    const runId = await say(client, "a long story");
    await client.event("chat", chatOf(runId, "delta"));
    const answer = await client.request("chat.abort", { sessionKey: key, runId });
    expect(answer).toMatchObject({ ok: true, aborted: true, runIds: [runId] });
    await client.event("chat", chatOf(runId, "aborted"));
    model.release();
  });

  test("keeps jobs: adds one, runs it, reads its run, takes it away", async () => {
    await using client = await connect();
    const job = await client.request("cron.add", {
      ...{ name: "tea", schedule: { kind: "every", everyMs: 3_600_000 }, sessionTarget: "isolated", wakeMode: "now" },
      payload: { kind: "agentTurn", message: "Make tea." },
    });
    expect((await client.request("cron.list")).jobs).toMatchObject([{ id: job.id, name: "tea" }]);
    expect(await client.request("cron.run", { id: job.id, mode: "force" })).toMatchObject({ ok: true });
    await client.event("cron", (payload) => payload.jobId === job.id && payload.action === "finished");
    const { entries } = await client.request("cron.runs", { id: job.id });
    expect(entries).toMatchObject([{ jobId: job.id, status: "ok", summary: heldReply }]);
    expect(await client.request("cron.get", { id: job.id })).toMatchObject({ id: job.id });
    await client.request("cron.update", { id: job.id, patch: { enabled: false } });
    expect(await client.request("cron.remove", { id: job.id })).toMatchObject({ removed: true });
    expect((await client.request("cron.list", { includeDisabled: true })).jobs).toEqual([]);
  });

  test("asks for leave to run a command, and another client gives it", async () => {
    await using asking = await connect();
    await using owner = await connect();
    const command = { command: "ls -l", cwd: "/", host: "gateway", sessionKey: key };
    const { id } = await asking.request("exec.approval.request", { ...command, twoPhase: true, timeoutMs: 60_000 });
    await owner.event("exec.approval.requested", (payload) => payload.id === id);
    expect(await owner.request<Frame[]>("exec.approval.list")).toMatchObject([{ id }]);
    const decision = asking.request("exec.approval.waitDecision", { id });
    await owner.request("exec.approval.resolve", { id, decision: "allow-once" });
    expect(await decision).toMatchObject({ id, decision: "allow-once" });
    await asking.event("exec.approval.resolved", (payload) => payload.id === id);
  });

  test("as a node is let in by an owner, runs what it is asked for, and tells what happens", async () => {
    await using owner = await connect();
    await using node = await openPublishedClient(tap.url, house.token, asNode);
    const { pending } = await owner.request("node.pair.list");
    for (const { requestId } of pending) await owner.request("node.pair.approve", { requestId });
    const { nodes } = await owner.request("node.list");
    expect(nodes).toMatchObject([{ connected: true, commands: ["system.which"] }]);
    const { nodeId } = nodes[0];
    const call = { nodeId, command: "system.which", params: { bins: ["sh"] }, idempotencyKey: nextKey() };
    const asked = owner.request("node.invoke", call);
    const request = await node.event("node.invoke.request");
    expect(request).toMatchObject({ nodeId, command: "system.which" });
    const result = { id: request.id, nodeId, ok: true, payloadJSON: '{"bins":{"sh":"/bin/sh"}}' };
    await node.request("node.invoke.result", result);
    expect((await asked).payload).toEqual({ bins: { sh: "/bin/sh" } });
    const rules = owner.request("exec.approvals.node.get", { nodeId });
    const { id } = await node.event("node.invoke.request", ({ command }) => command === "system.execApprovals.get");
    const snapshot = { path: "/rules.json", exists: true, hash: "h", file: { version: 1 } };
    await node.request("node.invoke.result", { id, nodeId, ok: true, payloadJSON: JSON.stringify(snapshot) });
    expect(await rules).toEqual(snapshot);
    expect((await node.request("skills.bins")).bins).toBeArray();
    await node.request("node.event", { event: "exec.finished", payloadJSON: "{}" });
    await owner.request("node.pending.enqueue", { nodeId, type: "status.request" });
    expect((await node.request("node.pending.drain")).items).toMatchObject([{ type: "status.request" }]);
  });

  test("comes back by itself after a power cut of the gateway, and nothing that was said is lost", async () => {
    await using client = await connect();
    const before = await client.request("chat.history", { sessionKey: key });
    model.hold();
    const runId = await say(client, "through the night");
    await client.event("chat", chatOf(runId, "delta"));
    await house.kill();
    model.release();
    house = await startHouse(state);
    tap.port = house.port;
    await client.greeted(2);
    expect(client.hellos[1]?.server.bootId).not.toBe(client.hellos[0]?.server.bootId);
    // The run goes on from its last committed line: it was asked once more, and answers once.
    await client.request("agent.wait", { runId, timeoutMs: 60_000 });
    const after = await client.request("chat.history", { sessionKey: key });
    const news = after.messages.slice(before.messages.length).map(textOf);
    expect(news).toEqual(["through the night", heldReply]);
  });
});

describe("[Y24] what the gateway sends fits the peer's published shapes", () => {
  test("every method that has one is called", async () => {
    await using client = await connect();
    await callAll(client, state.folder);
    const answered = new Set(tap.heard.filter(({ frame }) => frame.ok).map(({ asked }) => asked?.method));
    const missing = methodTable
      .filter(({ name }) => shapes.hasShape(name) && !answered.has(name))
      .map(({ name }) => name);
    const reasons: Readonly<Record<string, readonly string[]>> = known.refused;
    expect(missing.sort()).toEqual(Object.values(reasons).flat().sort());
  });

  test("every frame does, save what is known", () => {
    const found = new Set<string>();
    for (const heard of tap.heard) {
      const about = heard.asked?.method ?? heard.frame.event;
      for (const complaint of shapes.complaints(heard)) found.add(`${about}: ${complaint}`);
    }
    const reasons: Readonly<Record<string, readonly string[]>> = known.shapes;
    expect([...found].sort()).toEqual(Object.values(reasons).flat().sort());
    expect(tap.heard.length).toBeGreaterThan(100);
  });
});

import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { connectNode, type NodeWish } from "../../testing/node-for-test.ts";
import { type Frame, openForTest } from "../../testing/open-for-test.ts";

const afar = { "x-forwarded-for": "203.0.113.9" };
const start = 1_800_000_000_000;
const open = async () => {
  const clock = createFakeClock(start);
  const it = await openForTest({ listen, clock, store: createMemoryStore() });
  return { ...it, clock, node: (wish?: NodeWish) => connectNode(it.url, wish) };
};
type Opened = Awaited<ReturnType<typeof open>>;

/** A node from afar that the owner let in with `system.which`. */
async function letIn(it: Opened) {
  const owner = await it.connect();
  const commands = ["system.which"];
  const { hello, identity } = await it.node({ headers: afar, commands });
  await owner.call("device.pair.approve", { requestId: hello.error.details.requestId });
  return { owner, identity, node: await it.node({ headers: afar, commands, identity }) };
}

describe("[G22] nodes are listed", () => {
  test("those that are here first, then by name; each with what it said of itself", async () => {
    await using it = await open();
    const owner = await it.connect({ scopes: ["operator.read"] });
    const node = await it.node({ displayName: "zeta", deviceFamily: "Linux" });
    const gone = await it.node({ displayName: "alpha" });
    gone.client.socket.close();
    await gone.client.closed;
    const { ts, nodes } = (await owner.call("node.list")).payload;
    expect(ts).toBe(start);
    expect(nodes.map((row: Frame) => [row.displayName, row.connected])).toEqual([
      ["zeta", true],
      ["alpha", false],
    ]);
    expect(nodes[0]).toEqual({
      ...{ nodeId: node.id, displayName: "zeta", platform: "linux", version: "1.0.0", deviceFamily: "Linux" },
      ...{ clientId: "node-host", clientMode: "node", remoteIp: "127.0.0.1", pathEnv: "/usr/bin" },
      ...{ caps: ["system"], commands: ["system.run", "system.which"], paired: true, connected: true },
      ...{ connectedAtMs: start, approvedAtMs: start, approvalState: "approved" },
    });
    expect((await owner.call("node.describe", { nodeId: node.id })).payload).toEqual({ ts, ...nodes[0] });
    expect((await owner.call("node.describe", { nodeId: "none" })).error.message).toBe("unknown nodeId");
  });

  test("under the name that the owner gave, also after the node has come again", async () => {
    await using it = await open();
    const owner = await it.connect();
    const node = await it.node();
    const named = await owner.call("node.rename", { nodeId: node.id, displayName: " Kitchen " });
    expect(named.payload).toEqual({ nodeId: node.id, displayName: "Kitchen" });
    await it.node({ identity: node.identity, commands: ["system.notify"] });
    expect((await owner.call("node.list")).payload.nodes[0].displayName).toBe("Kitchen");
    expect((await owner.call("node.rename", { nodeId: "none", displayName: "x" })).error.message).toBe(
      "unknown nodeId",
    );
  });
});

describe("[G33] [G35] a node from afar", () => {
  test("is let in with what it showed then; what it adds later waits for the owner", async () => {
    await using it = await open();
    const { owner, identity, node } = await letIn(it);
    expect(node.hello.ok).toBe(true);
    const grown = { headers: afar, identity, commands: ["system.run", "system.which"] };
    await it.clock.advance(1);
    const again = await it.node(grown);
    expect(again.hello.ok).toBe(true);
    const told = (await owner.next((frame) => frame.payload?.isRepair === true)).payload;
    expect(told).toMatchObject({ deviceId: identity.id, role: "node", isRepair: true });
    expect(told).not.toHaveProperty("node");
    const row = (await owner.call("node.list")).payload.nodes[0];
    expect(row).toMatchObject({
      ...{ commands: ["system.which"], approvalState: "pending-reapproval", pendingRequestId: told.requestId },
      pendingDeclaredCommands: ["system.run", "system.which"],
    });
    const call = { nodeId: identity.id, command: "system.run", params: { command: ["id"] }, idempotencyKey: "k" };
    expect((await owner.call("node.invoke", call)).error.details.reason).toBe("pending approval");
    const devices = (await owner.call("device.pair.list")).payload;
    expect(devices.pending).toMatchObject([{ commands: ["system.run", "system.which"], isRepair: true }]);
    expect(devices.paired).toMatchObject([{ commands: ["system.which"] }]);
    await owner.call("node.pair.approve", { requestId: told.requestId });
    const answer = owner.call("node.invoke", call);
    await again.answer(await again.asked(), { payload: { exitCode: 0 } });
    expect((await answer).payload.payload).toEqual({ exitCode: 0 });
  });

  test("gets nothing new by its own token either", async () => {
    await using it = await open();
    const { owner, identity, node } = await letIn(it);
    const auth = { token: node.hello.payload.auth.deviceToken };
    const again = await it.node({ headers: afar, identity, auth, commands: ["system.run", "system.which"] });
    expect(again.hello.ok).toBe(true);
    expect((await owner.call("node.list")).payload.nodes[0].commands).toEqual(["system.which"]);
    expect((await owner.call("node.pair.list")).payload.pending).toMatchObject([{ nodeId: identity.id }]);
  });

  test("cannot put more under a request that the owner has looked at", async () => {
    await using it = await open();
    const owner = await it.connect();
    const first = await it.node({ headers: afar, commands: ["system.which"] });
    const same = await it.node({ headers: afar, identity: first.identity, commands: ["system.which"] });
    const { requestId } = first.hello.error.details;
    expect(same.hello.error.details.requestId).toBe(requestId);
    const more = await it.node({ headers: afar, identity: first.identity, commands: ["system.run", "system.which"] });
    expect(more.hello.error.details.requestId).not.toBe(requestId);
    expect((await owner.call("device.pair.approve", { requestId })).error.message).toBe("unknown requestId");
    expect((await owner.call("device.pair.list")).payload.pending).toHaveLength(1);
  });

  test("one of this machine is granted what it adds", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity } = await it.node({ commands: ["system.which"] });
    await it.clock.advance(1);
    await it.node({ identity, commands: ["system.run"] });
    expect((await owner.call("node.list")).payload.nodes[0].commands).toEqual(["system.run"]);
    expect((await owner.call("node.pair.list")).payload.pending).toEqual([]);
  });
});

describe("[G22] node.pair", () => {
  test("a node that a program asks for is told, approved once, and known by its token alone", async () => {
    await using it = await open();
    const owner = await it.connect();
    const asked = await owner.call("node.pair.request", {
      nodeId: "tv",
      displayName: "TV",
      commands: ["canvas.present"],
    });
    expect(asked.payload).toMatchObject({
      status: "pending",
      created: true,
      request: { nodeId: "tv", isRepair: false },
    });
    const { requestId } = asked.payload.request;
    expect((await owner.event("node.pair.requested")).payload).toMatchObject({ requestId, nodeId: "tv" });
    const twice = (await owner.call("node.pair.request", { nodeId: "tv" })).payload;
    expect(twice).toMatchObject({ created: false, request: { requestId } });
    const { node } = (await owner.call("node.pair.approve", { requestId })).payload;
    expect(node).toMatchObject({ nodeId: "tv", displayName: "TV", approvedAtMs: start });
    expect((await owner.event("node.pair.resolved")).payload).toEqual({
      ...{ requestId, nodeId: "tv", decision: "approved", ts: start },
    });
    const verify = async (token: string) => (await owner.call("node.pair.verify", { nodeId: "tv", token })).payload;
    expect(await verify(node.token)).toMatchObject({ ok: true, node: { nodeId: "tv" } });
    expect(await verify("guess")).toEqual({ ok: false });
    const list = (await owner.call("node.pair.list")).payload;
    expect(list).toMatchObject({ pending: [], paired: [{ nodeId: "tv" }] });
    expect(JSON.stringify(list)).not.toContain(node.token);
    expect((await owner.call("node.pair.remove", { nodeId: "tv" })).payload).toEqual({ nodeId: "tv" });
    expect(await verify(node.token)).toEqual({ ok: false });
    expect((await owner.call("node.pair.remove", { nodeId: "tv" })).error.message).toBe("unknown nodeId");
  });

  test("a rejected request is gone, and so is one that nobody answered for five minutes", async () => {
    await using it = await open();
    const owner = await it.connect();
    const ask = async () => (await owner.call("node.pair.request", { nodeId: "tv" })).payload.request.requestId;
    const rejected = await ask();
    expect((await owner.call("node.pair.reject", { requestId: rejected })).payload.nodeId).toBe("tv");
    expect((await owner.event("node.pair.resolved")).payload.decision).toBe("rejected");
    const late = await ask();
    await it.clock.advance(300_001);
    for (const requestId of [rejected, late])
      expect((await owner.call("node.pair.approve", { requestId })).error.message).toBe("unknown requestId");
  });

  test("devices that wait to be nodes stand among them; a removed node is cut off and keeps no other role's rights", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity, hello } = await it.node({ headers: afar });
    const { requestId } = hello.error.details;
    expect((await owner.call("node.pair.list")).payload.pending).toMatchObject([
      { requestId, nodeId: identity.id, commands: ["system.run", "system.which"] },
    ]);
    expect((await owner.call("node.pair.approve", { requestId })).payload.node.nodeId).toBe(identity.id);
    expect((await owner.event("device.pair.resolved")).payload.decision).toBe("approved");
    const node = await it.node({ headers: afar, identity });
    await owner.call("node.pair.remove", { nodeId: identity.id });
    expect(await node.client.closed).toEqual({ code: 1008, reason: "device removed" });
    expect((await owner.call("node.list")).payload.nodes).toEqual([]);
    expect((await it.node({ headers: afar, identity })).hello.error.code).toBe("NOT_PAIRED");
  });

  test("[L29] who may not pair sees and decides nothing", async () => {
    await using it = await open();
    const writer = await it.connect({ scopes: ["operator.write"] });
    await it.node({ headers: afar });
    for (const method of ["node.pair.list", "node.pair.request", "node.pair.approve", "node.rename"])
      expect((await writer.call(method, {})).error.message).toBe("missing scope: operator.pairing");
    expect(writer.frames.filter((frame) => frame.event?.startsWith("node.pair"))).toEqual([]);
  });
});

describe("[G22] node.pending", () => {
  test("one thing of each kind waits, the urgent first, and once taken it is gone", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const leave = async (type: string, rest: Frame = {}) =>
      (await owner.call("node.pending.enqueue", { nodeId: node.id, type, ...rest })).payload;
    const first = await leave("location.request");
    expect(first).toMatchObject({ nodeId: node.id, revision: 1, wakeTriggered: false });
    expect(first.queued).toMatchObject({ priority: "normal", expiresAtMs: start + 86_400_000 });
    expect((await leave("location.request")).queued.id).toBe(first.queued.id);
    await leave("status.request", { priority: "high" });
    const taken = (await node.client.call("node.pending.drain", { maxItems: 1 })).payload;
    expect(taken).toMatchObject({ items: [{ type: "status.request", priority: "high" }], hasMore: true });
    const rest = (await node.client.call("node.pending.drain", {})).payload;
    expect(rest.items.map((item: Frame) => item.id)).toEqual([first.queued.id, "baseline-status"]);
    expect(rest.hasMore).toBe(false);
  });

  test("what has waited too long is dropped; nothing is left for a node that is not there", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const work = { nodeId: node.id, type: "location.request", expiresInMs: 1000 };
    await owner.call("node.pending.enqueue", work);
    await it.clock.advance(1001);
    const { items } = (await node.client.call("node.pending.drain", {})).payload;
    expect(items.map((item: Frame) => item.id)).toEqual(["baseline-status"]);
    const none = await owner.call("node.pending.enqueue", { ...work, nodeId: "none" });
    expect(none.error.message).toBe("unknown nodeId");
    expect((await owner.call("node.pending.drain", {})).error.message).toBe("unauthorized role: operator");
  });
});

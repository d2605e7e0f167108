import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import type { GatewaySettings } from "../../settings.ts";
import { connectNode, type NodeWish } from "../../testing/node-for-test.ts";
import { type Frame, openForTest, type RawClient } from "../../testing/open-for-test.ts";

const open = async (settings: Partial<GatewaySettings> = {}) => {
  const clock = createFakeClock(1_800_000_000_000);
  const it = await openForTest({ listen, clock, store: createMemoryStore(), settings });
  return { ...it, clock, node: (wish?: NodeWish) => connectNode(it.url, wish) };
};

let keys = 0;
const wish = (nodeId: string, rest: Frame = {}): Frame => {
  keys += 1;
  return { nodeId, command: "system.which", params: { bins: ["ls"] }, idempotencyKey: `k${keys}`, ...rest };
};

describe("[G22] node.invoke", () => {
  test("[G35] goes to that node alone, and its answer comes back parsed and as it was", async () => {
    await using it = await open();
    const [owner, node, other] = [await it.connect(), await it.node(), await it.node()];
    const answer = owner.call("node.invoke", wish(node.id, { idempotencyKey: "a", timeoutMs: 5000 }));
    const asked = await node.asked();
    expect(asked).toEqual({
      ...{ id: asked.id, nodeId: node.id, command: "system.which", paramsJSON: '{"bins":["ls"]}' },
      ...{ timeoutMs: 5000, idempotencyKey: "a" },
    });
    expect(await node.answer(asked, { payloadJSON: '{"bins":{"ls":"/bin/ls"}}' })).toMatchObject({
      payload: { ok: true },
    });
    expect((await answer).payload).toEqual({
      ...{ ok: true, nodeId: node.id, command: "system.which" },
      ...{ payload: { bins: { ls: "/bin/ls" } }, payloadJSON: '{"bins":{"ls":"/bin/ls"}}' },
    });
    for (const client of [other.client, owner])
      expect(client.frames.filter((frame) => frame.event === "node.invoke.request")).toEqual([]);
  });

  test("a payload that is no text comes back as it is; text that is no JSON is not lost; null is no error", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const results = [
      [
        { payload: { a: 1 }, payloadJSON: null, error: null },
        { payload: { a: 1 }, payloadJSON: null },
      ],
      [{ payloadJSON: { b: 2 } }, { payload: { b: 2 }, payloadJSON: null }],
      [{ payloadJSON: "{no" }, { payload: { payloadJSON: "{no" }, payloadJSON: "{no" }],
      [{}, { payloadJSON: null }],
    ] as const;
    for (const [result, expected] of results) {
      const answer = owner.call("node.invoke", wish(node.id));
      await node.answer(await node.asked(), result);
      expect((await answer).payload).toEqual({ ok: true, nodeId: node.id, command: "system.which", ...expected });
    }
  });

  test("what the node could not do is its own error, and says so", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const answer = owner.call("node.invoke", wish(node.id));
    await node.answer(await node.asked(), { ok: false, error: { code: "BROKEN", message: "no disk" } });
    expect((await answer).error).toEqual({
      ...{ code: "UNAVAILABLE", message: "no disk" },
      details: { code: "BROKEN", nodeError: { code: "BROKEN", message: "no disk" } },
    });
  });

  test("time is a limit; what comes after it is taken and ignored", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const answer = owner.call("node.invoke", wish(node.id));
    const asked = await node.asked();
    expect(asked.timeoutMs).toBe(30_000);
    await it.clock.advance(30_001);
    expect((await answer).error).toMatchObject({
      ...{ code: "UNAVAILABLE", message: "node invoke timed out", details: { code: "TIMEOUT" } },
    });
    expect((await node.answer(asked, { payload: 1 })).payload).toEqual({ ok: true, ignored: true });
  });

  test("a node that drops in the middle of a command ends it at once", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    const answer = owner.call("node.invoke", wish(node.id));
    await node.asked();
    node.client.socket.close();
    expect((await answer).error).toMatchObject({
      ...{ code: "UNAVAILABLE", message: "node disconnected (system.which)", details: { code: "NODE_DISCONNECTED" } },
    });
    const gone = await owner.call("node.invoke", wish(node.id));
    expect(gone.error).toMatchObject({
      code: "UNAVAILABLE",
      message: "node not connected",
      details: { code: "NOT_CONNECTED" },
    });
  });

  test("a node that is connected twice is asked on its newest connection, and the other going ends nothing", async () => {
    await using it = await open();
    const [owner, first] = [await it.connect(), await it.node()];
    await it.clock.advance(1);
    const second = await it.node({ identity: first.identity });
    const answer = owner.call("node.invoke", wish(first.id));
    const asked = await second.asked();
    first.client.socket.close();
    await first.client.closed;
    await second.answer(asked, { payload: "still here" });
    expect((await answer).payload.payload).toBe("still here");
  });

  test("the same key shares the answer while it goes and after, in success and in failure", async () => {
    await using it = await open();
    const [owner, other, node] = [await it.connect(), await it.connect(), await it.node()];
    const both = [owner, other].map((client) => client.call("node.invoke", wish(node.id, { idempotencyKey: "same" })));
    await node.answer(await node.asked(), { payload: 1 });
    const later = await owner.call("node.invoke", wish(node.id, { idempotencyKey: "same" }));
    expect([...(await Promise.all(both)), later].map((frame) => frame.payload.payload)).toEqual([1, 1, 1]);
    const failing = owner.call("node.invoke", wish(node.id, { idempotencyKey: "bad" }));
    await node.answer(await node.asked(), { ok: false, error: { message: "no" } });
    expect((await failing).error.message).toBe("no");
    expect((await owner.call("node.invoke", wish(node.id, { idempotencyKey: "bad" }))).error.message).toBe("no");
    expect(node.client.frames.filter((frame) => frame.event === "node.invoke.request")).toHaveLength(2);
    await it.clock.advance(300_001);
    const anew = owner.call("node.invoke", wish(node.id, { idempotencyKey: "same" }));
    await node.answer(await node.asked(), { payload: 2 });
    expect((await anew).payload.payload).toBe(2);
  });

  test("what never reached the node may be tried again under the same key", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    node.client.socket.close();
    await node.client.closed;
    const call = wish(node.id, { idempotencyKey: "again" });
    expect((await owner.call("node.invoke", call)).error.message).toBe("node not connected");
    const back = await it.node({ identity: node.identity });
    const answer = owner.call("node.invoke", call);
    await back.answer(await back.asked(), { payload: "done" });
    expect((await answer).payload.payload).toBe("done");
  });

  test("one node holds no more than 64 commands", async () => {
    await using it = await open();
    const [owner, node] = [await it.connect(), await it.node()];
    for (let count = 0; count < 64; count++) void owner.call("node.invoke", wish(node.id));
    const answer = await owner.call("node.invoke", wish(node.id));
    expect(answer.error).toMatchObject({ code: "UNAVAILABLE", details: { code: "BUSY" } });
  });

  test("[L29] no other node answers for it, and no operator does", async () => {
    await using it = await open();
    const [owner, node, other] = [await it.connect(), await it.node(), await it.node()];
    const answer = owner.call("node.invoke", wish(node.id));
    const asked = await node.asked();
    const forged = { id: asked.id, ok: true, payload: "forged" };
    for (const nodeId of [node.id, other.id]) {
      const { error } = await other.client.call("node.invoke.result", { ...forged, nodeId });
      expect(error).toMatchObject({ code: "INVALID_REQUEST", message: "nodeId mismatch" });
    }
    const { error } = await owner.call("node.invoke.result", { ...forged, nodeId: node.id });
    expect(error.message).toBe("unauthorized role: operator");
    await node.answer(asked, { payload: "true" });
    expect((await answer).payload.payload).toBe("true");
  });

  test("[L29] a node calls no operator's method, and a reader invokes nothing", async () => {
    await using it = await open();
    const [reader, node] = [await it.connect({ scopes: ["operator.read"] }), await it.node()];
    for (const method of ["node.invoke", "node.list", "node.pair.list", "chat.send", "config.get"])
      expect((await node.client.call(method, {})).error.message).toBe("unauthorized role: node");
    expect((await reader.call("node.invoke", wish(node.id))).error.message).toBe("missing scope: operator.write");
    expect((await reader.call("exec.approvals.node.get", { nodeId: node.id })).error.message).toBe(
      "missing scope: operator.admin",
    );
  });

  test("progress is bounded and ignored; what is not here is refused in its own words", async () => {
    await using it = await open();
    const node = await it.node();
    const part = { invokeId: "i", nodeId: node.id, seq: 0, chunk: "…" };
    expect((await node.client.call("node.invoke.progress", part)).payload).toEqual({ ok: true, ignored: true });
    const long = await node.client.call("node.invoke.progress", { ...part, chunk: "…".repeat(6000) });
    expect(long.error.message).toBe("progress chunk too large");
    for (const method of ["node.canvas.capability.refresh", "node.pluginSurface.refresh"])
      expect((await node.client.call(method, {})).error).toMatchObject({ code: "UNAVAILABLE" });
    for (let count = 0; count < 20; count++) {
      const { error } = await node.client.call("node.skills.update", { skills: [] });
      expect(error).toMatchObject({ code: "INVALID_REQUEST", message: "unknown method: node.skills.update" });
    }
  });
});

describe("[G35] what a node may be asked", () => {
  const refusal = async (client: RawClient, call: Frame) => (await client.call("node.invoke", call)).error;

  test("only what it offers, and only what its platform usually does", async () => {
    await using it = await open();
    const owner = await it.connect();
    const node = await it.node({ commands: ["system.which", "camera.snap", "canvas.present"] });
    const reasons = {
      "system.run": "command not declared by node",
      "camera.snap": "command not allowlisted",
      "canvas.present": "command not allowlisted",
      "nothing.such": "command not allowlisted",
    };
    for (const [command, reason] of Object.entries(reasons)) {
      const error = await refusal(owner, wish(node.id, { command }));
      expect(error).toMatchObject({ code: "INVALID_REQUEST", details: { reason, command } });
      expect(error.message).toStartWith("node command not allowed: ");
    }
    expect(await refusal(owner, wish((await it.node({ commands: [] })).id))).toMatchObject({
      details: { reason: "node did not declare commands" },
    });
    for (const command of ["system.execApprovals.get", "system.execApprovals.set"])
      expect((await refusal(owner, wish(node.id, { command }))).message).toContain("use exec.approvals.node.*");
  });

  test("the settings allow more, a group at a time if they like, and deny wins", async () => {
    const nodes = { allowCommands: ["camera.*", "sms.send"], denyCommands: ["camera.clip", "system.run"] };
    await using it = await open({ nodes });
    const owner = await it.connect();
    const commands = ["camera.snap", "camera.clip", "sms.send", "system.run", "system.which", "photos.latest"];
    const node = await it.node({ commands });
    const list = (await owner.call("node.list")).payload.nodes[0];
    expect(list.commands).toEqual(["camera.snap", "sms.send", "system.which"]);
    const denied = await refusal(owner, wish(node.id, { command: "system.run" }));
    expect(denied.message).toContain("denyCommands");
    const answer = owner.call("node.invoke", wish(node.id, { command: "camera.snap" }));
    await node.answer(await node.asked(), {});
    expect((await answer).ok).toBe(true);
  });

  test("a phone is a phone whatever its platform is called, and what nobody knows may little", async () => {
    await using it = await open();
    const owner = await it.connect();
    const commands = ["canvas.present", "contacts.search", "contacts.add", "system.run", "location.get"];
    const kinds = [
      { platform: "iOS 19.1", displayName: "a" },
      { platform: "phone", deviceFamily: "Android", displayName: "b" },
      { platform: "darwin", displayName: "c" },
      { platform: "toaster", displayName: "d" },
    ];
    for (const kind of kinds) await it.node({ ...kind, commands });
    const { nodes } = (await owner.call("node.list")).payload;
    expect(nodes.map((row: Frame) => row.commands)).toEqual([
      ["canvas.present", "contacts.search", "location.get"],
      ["canvas.present", "contacts.search", "location.get"],
      ["canvas.present", "contacts.search", "location.get", "system.run"],
      ["canvas.present", "location.get"],
    ]);
  });
});

describe("[G22] what a phone could not do in the background", () => {
  test("waits for its app, which takes it and says so", async () => {
    await using it = await open();
    const owner = await it.connect();
    const phone = await it.node({ platform: "ios", commands: ["canvas.present"] });
    const call = wish(phone.id, { command: "canvas.present", params: { url: "x" } });
    const answer = owner.call("node.invoke", call);
    await phone.answer(await phone.asked(), { ok: false, error: { code: "NODE_BACKGROUND_UNAVAILABLE" } });
    const { error } = await answer;
    expect(error).toMatchObject({ code: "UNAVAILABLE", details: { code: "QUEUED_UNTIL_FOREGROUND" } });
    const { actions } = (await phone.client.call("node.pending.pull", {})).payload;
    const id = error.details.queuedActionId;
    expect(actions).toMatchObject([{ id, command: "canvas.present", paramsJSON: '{"url":"x"}' }]);
    const taken = (await phone.client.call("node.pending.ack", { ids: [id] })).payload;
    expect(taken).toEqual({ nodeId: phone.id, ackedIds: [id], remainingCount: 0 });
    expect((await phone.client.call("node.pending.pull", {})).payload.actions).toEqual([]);
  });
});

describe("[G22] the rules a node keeps for itself", () => {
  test("are read and written by its own commands", async () => {
    await using it = await open();
    const owner = await it.connect();
    const node = await it.node({ commands: ["system.execApprovals.get", "system.execApprovals.set"] });
    const read = owner.call("exec.approvals.node.get", { nodeId: node.id });
    const asked = await node.asked();
    expect(asked.command).toBe("system.execApprovals.get");
    const rules = { path: "/p", exists: true, hash: "h", file: { version: 1 } };
    await node.answer(asked, { payloadJSON: JSON.stringify(rules) });
    expect((await read).payload).toEqual(rules);
    const file = { version: 1, agents: { "*": { allowlist: [{ pattern: "/bin/ls" }] } } };
    const written = owner.call("exec.approvals.node.set", { nodeId: node.id, file, baseHash: "h" });
    const told = await node.asked();
    expect(JSON.parse(told.paramsJSON)).toEqual({ file, baseHash: "h" });
    await node.answer(told, { payload: { ...rules, hash: "i", file } });
    expect((await written).payload.hash).toBe("i");
    const wrong = await owner.call("exec.approvals.node.set", { nodeId: node.id, file: { version: 2 } });
    expect(wrong.error.message).toStartWith("invalid exec.approvals.node.set params");
    const silent = await it.node({ commands: ["system.run"], identity: await createDeviceIdentity() });
    const none = await owner.call("exec.approvals.node.get", { nodeId: silent.id });
    expect(none.error.details.reason).toBe("command not declared by node");
  });
});

import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { connectNode, type TestNode } from "../../testing/node-for-test.ts";
import { type Frame, openForTest, type RawClient } from "../../testing/open-for-test.ts";

const open = async () => {
  const clock = createFakeClock(1_800_000_000_000);
  const it = await openForTest({ listen, clock, store: createMemoryStore() });
  return { ...it, clock, node: await connectNode(it.url) };
};

const denied = { ok: false, error: { code: "UNAVAILABLE", message: "SYSTEM_RUN_DENIED: approval required" } };
let keys = 0;
const run = (node: TestNode, params: Frame, rest: Frame = {}): Frame => {
  keys += 1;
  return { nodeId: node.id, command: "system.run", params, idempotencyKey: `r${keys}`, ...rest };
};
const paramsOf = (asked: Frame): Frame => JSON.parse(asked.paramsJSON);

/** An approval that was asked for and given. */
async function approved(client: RawClient, request: Frame, decision = "allow-once"): Promise<string> {
  const id = `approval-${++keys}`;
  const asked = client.call("exec.approval.request", { id, host: "node", ...request });
  await client.next((frame) => frame.event === "exec.approval.requested" && frame.payload.id === id);
  await client.call("exec.approval.resolve", { id, decision });
  await asked;
  return id;
}

describe("[G35] system.run and the yes of its owner", () => {
  test("goes on with what a node reads, and nothing else that the caller wrote", async () => {
    await using it = await open();
    const owner = await it.connect();
    const given = { command: ["ls"], cwd: "/", security: "full", nonsense: 1 };
    const answer = owner.call("node.invoke", run(it.node, given));
    const asked = await it.node.asked();
    expect(paramsOf(asked)).toEqual({ command: ["ls"], cwd: "/" });
    await it.node.answer(asked, { payload: {} });
    expect((await answer).ok).toBe(true);
  });

  test("a caller's word that it was approved is not enough", async () => {
    await using it = await open();
    const [owner, other] = [await it.connect(), await it.connect()];
    const claim = { command: ["ls", "-l"], approved: true, approvalDecision: "allow-once" };
    const refusal = async (params: Frame, client = owner) =>
      (await client.call("node.invoke", run(it.node, params))).error.details.code;
    expect(await refusal(claim)).toBe("MISSING_RUN_ID");
    expect(await refusal({ ...claim, approved: false, approvalDecision: "allow-always" })).toBe("MISSING_RUN_ID");
    expect(await refusal({ ...claim, runId: "made-up" })).toBe("UNKNOWN_APPROVAL_ID");
    const denied = await approved(owner, { command: "ls -l" }, "deny");
    expect(await refusal({ ...claim, runId: denied })).toBe("APPROVAL_REQUIRED");
    const runId = await approved(owner, { command: "ls -l", cwd: "/tmp" });
    expect(await refusal({ ...claim, runId, cwd: "/tmp" }, other)).toBe("APPROVAL_CLIENT_MISMATCH");
    expect(await refusal({ ...claim, runId })).toBe("APPROVAL_REQUEST_MISMATCH");
    expect(await refusal({ ...claim, runId, cwd: "/tmp", command: ["rm", "-l"] })).toBe("APPROVAL_REQUEST_MISMATCH");
    const elsewhere = await approved(owner, { command: "ls -l", nodeId: "another" });
    expect(await refusal({ ...claim, runId: elsewhere })).toBe("APPROVAL_REQUEST_MISMATCH");
    const exact = await approved(owner, { command: "ls -l", commandArgv: ["ls -l"] });
    expect(await refusal({ ...claim, runId: exact })).toBe("APPROVAL_REQUEST_MISMATCH");
    const tool = await approved(owner, { command: "ls -l", host: "gateway" });
    expect(await refusal({ ...claim, runId: tool })).toBe("APPROVAL_REQUEST_MISMATCH");
  });

  test("a yes is handed to the node as it was given, and serves once", async () => {
    await using it = await open();
    const owner = await it.connect();
    const runId = await approved(owner, { command: "ls -l", nodeId: it.node.id }, "allow-always");
    // The caller says once; the owner said always.
    const params = { command: ["ls", "-l"], approved: true, approvalDecision: "allow-once", runId };
    const answer = owner.call("node.invoke", run(it.node, params));
    const asked = await it.node.asked();
    expect(paramsOf(asked)).toEqual({
      ...{ command: ["ls", "-l"], runId, approved: true, approvalDecision: "allow-always" },
    });
    await it.node.answer(asked, { payload: {} });
    expect((await answer).ok).toBe(true);
    const again = await owner.call("node.invoke", run(it.node, params));
    expect(again.error.details.code).toBe("UNKNOWN_APPROVAL_ID");
  });

  test("what is shown is what is run", async () => {
    await using it = await open();
    const owner = await it.connect();
    const code = async (params: Frame) => (await owner.call("node.invoke", run(it.node, params))).error.details.code;
    expect(await code({ rawCommand: "ls" })).toBe("MISSING_COMMAND");
    expect(await code({ rawCommand: "ls", command: ["rm"] })).toBe("RAW_COMMAND_MISMATCH");
    expect(await code({ rawCommand: "ls", command: ["/bin/sh", "-lc", "rm x"] })).toBe("RAW_COMMAND_MISMATCH");
    const answer = owner.call("node.invoke", run(it.node, { rawCommand: "ls | wc", command: ["sh", "-c", "ls | wc"] }));
    await it.node.answer(await it.node.asked(), { payload: {} });
    expect((await answer).ok).toBe(true);
  });
});

describe("[G35] a node that wants an approval", () => {
  test("is heard by whoever else may decide, and runs the command with their yes", async () => {
    await using it = await open();
    const [writer, owner] = [await it.connect({ scopes: ["operator.write"] }), await it.connect()];
    const answer = writer.call("node.invoke", run(it.node, { command: ["echo", "a b"], env: { KEY: "s3cret" } }));
    await it.node.answer(await it.node.asked(), denied);
    const { payload } = await owner.event("exec.approval.requested");
    expect(payload.request).toMatchObject({
      ...{ command: 'echo "a b"', commandArgv: ["echo", "a b"], host: "node", nodeId: it.node.id, envKeys: ["KEY"] },
    });
    expect(JSON.stringify(payload)).not.toContain("s3cret");
    await owner.call("exec.approval.resolve", { id: payload.id, decision: "allow-once" });
    const asked = await it.node.asked();
    expect(paramsOf(asked)).toMatchObject({ command: ["echo", "a b"], approved: true, approvalDecision: "allow-once" });
    await it.node.answer(asked, { payload: { stdout: "a b\n" } });
    expect((await answer).payload.payload).toEqual({ stdout: "a b\n" });
  });

  test("a no is a no, and says whose", async () => {
    await using it = await open();
    const [writer, owner] = [await it.connect({ scopes: ["operator.write"] }), await it.connect()];
    const answer = writer.call("node.invoke", run(it.node, { command: ["ls"] }));
    await it.node.answer(await it.node.asked(), denied);
    const { payload } = await owner.event("exec.approval.requested");
    await owner.call("exec.approval.resolve", { id: payload.id, decision: "deny" });
    expect((await answer).error.message).toBe("SYSTEM_RUN_DENIED: denied by cli");
  });

  test("when nobody decides while the caller waits, the node's own answer stands", async () => {
    await using it = await open();
    const [writer, owner] = [await it.connect({ scopes: ["operator.write"] }), await it.connect()];
    const answer = writer.call("node.invoke", run(it.node, { command: ["ls"] }, { timeoutMs: 10_000 }));
    await it.node.answer(await it.node.asked(), denied);
    const { payload } = await owner.event("exec.approval.requested");
    await it.clock.advance(10_001);
    expect((await answer).error.message).toBe("SYSTEM_RUN_DENIED: approval required");
    const late = await owner.call("exec.approval.resolve", { id: payload.id, decision: "allow-once" });
    expect(late.ok).toBe(false);
    expect(it.node.client.frames.filter((frame) => frame.event === "node.invoke.request")).toHaveLength(1);
  });

  test("a caller who is alone is answered at once: they ask by themselves", async () => {
    await using it = await open();
    const owner = await it.connect();
    const answer = owner.call("node.invoke", run(it.node, { command: ["ls"] }));
    await it.node.answer(await it.node.asked(), denied);
    expect((await answer).error.message).toBe("SYSTEM_RUN_DENIED: approval required");
    expect((await owner.call("exec.approval.list")).payload).toEqual([]);
  });

  test("nothing is run for a caller who has gone", async () => {
    await using it = await open();
    const [writer, owner] = [await it.connect({ scopes: ["operator.write"] }), await it.connect()];
    void writer.call("node.invoke", run(it.node, { command: ["ls"] }));
    await it.node.answer(await it.node.asked(), denied);
    const { payload } = await owner.event("exec.approval.requested");
    writer.socket.close();
    await writer.closed;
    await owner.call("exec.approval.resolve", { id: payload.id, decision: "allow-once" });
    await owner.call("node.list");
    expect(it.node.client.frames.filter((frame) => frame.event === "node.invoke.request")).toHaveLength(1);
  });
});

import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const start = 1_800_000_000_000;

async function open() {
  const clock = createFakeClock(start);
  const it = await openForTest({ listen, clock, store: createMemoryStore() });
  return { ...it, clock, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
}

const wish = { command: "rm -rf build", cwd: "/w", env: { SECRET: "s3cr3t-value" }, sessionKey: "agent:main:main" };

describe("[G09] exec.approval", () => {
  test("whoever asks gets the decision, whoever decides is told what is asked, without the values of variables", async () => {
    await using it = await open();
    const [asker, owner] = [await it.connect(), await it.connect()];
    const answer = asker.call("exec.approval.request", { ...wish, id: "a" });
    const asked = await owner.event("exec.approval.requested");
    expect(asked.payload).toMatchObject({
      id: "a",
      request: { command: "rm -rf build", envKeys: ["SECRET"] },
      expiresAtMs: start + 120_000,
    });
    expect(JSON.stringify(asked)).not.toContain("s3cr3t-value");
    expect((await owner.call("exec.approval.list")).payload).toMatchObject([{ id: "a" }]);
    expect((await owner.call("exec.approval.get", { id: "a" })).payload.commandText).toBe("rm -rf build");
    expect((await owner.call("exec.approval.resolve", { id: "a", decision: "maybe" })).error.message).toBe(
      "invalid decision",
    );
    expect((await owner.call("exec.approval.resolve", { id: "a", decision: "allow-once" })).payload).toEqual({
      ok: true,
    });
    expect((await answer).payload).toMatchObject({ id: "a", decision: "allow-once" });
    expect((await owner.event("exec.approval.resolved")).payload).toMatchObject({ id: "a", decision: "allow-once" });
    expect((await owner.call("exec.approval.resolve", { id: "a", decision: "deny" })).error.message).toBe(
      "approval already resolved",
    );
  });

  test("in two phases the first answer says that the question stands, the second on the same id decides", async () => {
    await using it = await open();
    const [asker, owner] = [await it.connect(), await it.connect()];
    const first = await asker.call("exec.approval.request", { ...wish, id: "b", twoPhase: true });
    expect(first.payload).toMatchObject({ status: "accepted", id: "b" });
    const joined = owner.call("exec.approval.waitDecision", { id: "b" });
    expect((await owner.call("exec.approval.request", { ...wish, id: "b" })).error.message).toContain(
      "already pending",
    );
    await owner.call("exec.approval.resolve", { id: "b", decision: "deny" });
    const second = await asker.next((frame) => frame.id === first.id);
    expect(second.payload).toMatchObject({ id: "b", decision: "deny" });
    expect((await joined).payload.decision).toBe("deny");
  });

  test("time is a no: the decision is null, and nobody can allow it any more", async () => {
    await using it = await open();
    const asker = await it.connect();
    const answer = asker.call("exec.approval.request", { ...wish, id: "c", timeoutMs: 5_000 });
    await asker.event("exec.approval.requested");
    await it.clock.advance(5_001);
    expect((await answer).payload.decision).toBeNull();
    const late = await asker.call("exec.approval.resolve", { id: "c", decision: "allow-once" });
    expect(late.error.message).toBe("unknown or expired approval id");
    expect((await asker.call("exec.approval.waitDecision", { id: "none" })).error.message).toBe(
      "unknown or expired approval id",
    );
  });

  test("[L29] who may not decide is neither told nor heard", async () => {
    await using it = await open();
    const [asker, other] = [await it.connect(), await it.connect({ scopes: ["operator.write"] })];
    const answer = asker.call("exec.approval.request", { ...wish, id: "d" });
    await asker.event("exec.approval.requested");
    expect((await other.call("exec.approval.resolve", { id: "d", decision: "allow-once" })).error.message).toBe(
      "missing scope: operator.approvals",
    );
    expect(other.frames.filter((frame) => frame.event === "exec.approval.requested")).toEqual([]);
    await asker.call("exec.approval.resolve", { id: "d", decision: "deny" });
    expect((await answer).payload.decision).toBe("deny");
  });
});

test("plugin.approval: only the decisions that were offered are taken", async () => {
  await using it = await open();
  const asker = await it.connect();
  const wished = {
    title: "Pay",
    description: "10 EUR to the baker",
    allowedDecisions: ["allow-once", "deny"],
    twoPhase: true,
  };
  const { payload } = await asker.call("plugin.approval.request", wished);
  expect(payload.id).toStartWith("plugin:");
  expect((await asker.call("plugin.approval.list")).payload).toMatchObject([{ request: { title: "Pay" } }]);
  const always = await asker.call("plugin.approval.resolve", { id: payload.id, decision: "allow-always" });
  expect(always.error.message).toContain("not allowed here");
  expect((await asker.call("exec.approval.resolve", { id: payload.id, decision: "deny" })).error.message).toContain(
    "unknown",
  );
  expect((await asker.call("plugin.approval.resolve", { id: payload.id, decision: "deny" })).ok).toBe(true);
});

test("standing rules are kept over what their writer has seen, and the socket's token is never told", async () => {
  await using it = await open();
  const client = await it.connect();
  const before = (await client.call("exec.approvals.get")).payload;
  expect(before.exists).toBe(false);
  const file = {
    version: 1,
    socket: { path: "/s", token: "t0ken" },
    agents: { main: { allowlist: [{ pattern: "ls" }] } },
  };
  const after = (await client.call("exec.approvals.set", { file })).payload;
  expect(after.file).toEqual({ version: 1, socket: { path: "/s" }, agents: file.agents });
  expect((await client.call("exec.approvals.set", { file })).error.message).toContain("base hash required");
  expect((await client.call("exec.approvals.set", { file, baseHash: before.hash })).error.message).toContain(
    "changed since",
  );
  const wrong = await client.call("exec.approvals.set", { file: { version: 2 }, baseHash: after.hash });
  expect(wrong.error.message).toContain("at /file/version: must be equal to constant");
  expect(JSON.stringify(client.frames)).not.toContain("t0ken");
});

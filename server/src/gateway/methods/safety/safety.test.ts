import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const open = (store = createMemoryStore()) => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store });

describe("the house's own questions", () => {
  test("[K02] a command is an exec approval to clients of the protocol, all else a plugin's; both are told and decided", async () => {
    await using it = await open();
    const [owner, other] = [await it.connect(), await it.connect({ scopes: ["operator.write"] })];
    const command = it.fake.ask();
    expect((await owner.event("exec.approval.requested")).payload).toMatchObject({
      id: command.id,
      request: { command: "ls", agentId: "main", homarus: { code: command.code } },
    });
    const post = it.fake.ask({ name: "post", input: { to: "all" }, preview: "posts to all" });
    expect((await owner.event("plugin.approval.requested")).payload).toMatchObject({
      id: post.id,
      request: { toolName: "post", title: "May I use post?" },
    });
    expect((await owner.call("exec.approval.list")).payload).toMatchObject([{ id: command.id }]);
    expect((await owner.call("exec.approval.get", { id: command.id })).payload.commandText).toBe("ls");
    const waiting = owner.call("exec.approval.waitDecision", { id: command.id });
    expect((await owner.call("exec.approval.resolve", { id: command.id, decision: "allow-always" })).payload).toEqual({
      ok: true,
    });
    expect((await waiting).payload.decision).toBe("allow-always");
    expect((await owner.event("exec.approval.resolved")).payload).toMatchObject({ decision: "allow-always" });
    expect((await owner.call("exec.approval.resolve", { id: command.id, decision: "deny" })).error.message).toBe(
      "approval already resolved",
    );
    expect((await owner.call("plugin.approval.resolve", { id: post.code, decision: "deny" })).ok).toBe(true);
    expect((await other.call("approvals.decide", { id: post.id, decision: "allow" })).error.message).toContain(
      "operator.approvals",
    );
    expect(other.frames.filter((frame) => /approval/.test(frame.event ?? ""))).toEqual([]);
  });

  test("[K05] in the house's own words they can be changed, kept and taken back", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { id, code } = it.fake.ask();
    expect((await owner.call("approvals.list")).payload.approvals).toMatchObject([{ id, code }]);
    const decided = await owner.call("approvals.decide", {
      id: code,
      decision: "allow",
      scope: "session",
      input: { command: "ls -l" },
      note: "ok",
    });
    expect(decided.payload.decision).toMatchObject({
      type: "allowed",
      scope: "session",
      input: { command: "ls -l" },
      note: "ok",
    });
    expect((await owner.call("approvals.list")).payload.approvals).toEqual([]);
    expect((await owner.call("approvals.list", { all: true })).payload.approvals).toHaveLength(1);
    expect((await owner.call("approvals.decide", { id: "nothing", decision: "deny" })).error.message).toContain(
      "Nothing called nothing",
    );
    expect((await owner.call("approvals.rules")).payload).toEqual({ rules: [] });
    expect((await owner.call("approvals.rules.remove", { id: "x" })).payload).toEqual({ removed: false });
  });
});

test("the policy is explained, the audit is read and checked, marks of files are shown", async () => {
  const store = createMemoryStore();
  await store.commit([{ type: "audit", record: { type: "login", at: 1, actor: "a", action: "b" } }]);
  await using it = await open(store);
  const owner = await it.connect();
  expect((await owner.call("policy.explain", { tool: "exec", input: { command: "ls" } })).payload.decision).toBe(
    "allow",
  );
  expect((await owner.call("policy.explain", { tool: "exec", audience: "king" })).error.message).toContain("audience");
  expect((await owner.call("audit.links", { type: "login", limit: 5 })).payload.links).toMatchObject([
    { seq: 2, actor: "cli", action: "comes in" },
    { seq: 1, actor: "a" },
  ]);
  expect((await owner.call("audit.verify")).payload).toMatchObject({ ok: true, broken: null });
  expect((await owner.call("provenance.files")).payload).toEqual({ files: [] });
  expect((await owner.call("provenance.trust", { path: "a.md" })).payload).toEqual({ trusted: false });
  const reader = await it.connect({ scopes: ["operator.read"] });
  expect((await reader.call("audit.links")).error.message).toContain("operator.admin");
});

test("everything is stopped by who may write, and goes on by who holds the code and may do all", async () => {
  await using it = await open();
  const [owner, writer] = [await it.connect(), await it.connect({ scopes: ["operator.write", "operator.read"] })];
  expect((await writer.call("halt.status")).payload).toMatchObject({ halted: false, since: null, running: 1 });
  expect((await writer.call("halt.stop")).payload).toEqual({ stopped: 1 });
  expect((await writer.call("halt.status")).payload).toMatchObject({ halted: true });
  for (const method of ["halt.code", "halt.resume"])
    expect((await writer.call(method, { code: "GOOD-CODE" })).error.message).toContain("operator.admin");
  expect((await owner.call("halt.resume", { code: "BAD" })).error.message).toContain("not the code");
  const { code } = (await owner.call("halt.code")).payload;
  expect((await owner.call("halt.resume", { code })).payload).toEqual({ halted: false });
});

test("ways out are shown, allowed and taken back by who may do all, and explained to who may read", async () => {
  await using it = await open();
  const [owner, reader] = [await it.connect(), await it.connect({ scopes: ["operator.read"] })];
  const wish = { host: "api.example.com", methods: ["GET"], once: true };
  expect((await reader.call("egress.allow", wish)).error.message).toContain("operator.admin");
  expect((await owner.call("egress.allow", wish)).payload).toEqual({ allowed: "api.example.com", once: true });
  expect((await reader.call("egress.rules")).payload.rules).toMatchObject([
    { host: "api.example.com", from: "config" },
  ]);
  expect((await owner.call("egress.remove", { host: "api.example.com" })).payload).toEqual({ removed: 1 });
  expect((await reader.call("egress.explain", { url: "https://a.example" })).payload.decision).toBe("deny");
});

test("what was kept is shown and compared to who may read, and put back by who may do all", async () => {
  await using it = await open();
  const [owner, reader] = [await it.connect(), await it.connect({ scopes: ["operator.read"] })];
  expect((await reader.call("checkpoints.list")).payload.checkpoints).toMatchObject([{ id: "kept" }]);
  expect((await reader.call("checkpoints.compare", { id: "kept" })).payload.changed).toEqual(["a.md"]);
  expect((await reader.call("checkpoints.restore", { id: "kept" })).error.message).toContain("operator.admin");
  expect((await owner.call("checkpoints.restore", { id: "kept" })).payload).toMatchObject({
    undo: "undo",
    config: false,
  });
  expect((await owner.call("checkpoints.restore", { id: "none" })).error.message).toContain("no checkpoint none");
});

import { expect, test } from "bun:test";
import type { EventFrame } from "@homarus/sdk/client";
import type { Gateway } from "../gateway/connection.ts";
import { Questions, readQuestions } from "./questions.ts";

const row = {
  ...{ id: "a1", code: "K7QF", expiresAt: 5 },
  request: {
    ...{ kind: "tool", name: "exec", preview: "rm -rf build", reason: "It removes.", sessionKey: "agent:main:main" },
    ...{ input: { command: "rm -rf build" }, marks: [{ from: "web", what: "a.example", at: 1 }] },
  },
};
const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

function fake() {
  const calls: { readonly method: string; readonly params: unknown }[] = [];
  let rows: unknown[] = [row];
  let tell: (event: EventFrame) => void = () => undefined;
  const gateway: Gateway = {
    isOpen: () => true,
    async request<T>(method: string, params?: unknown): Promise<T> {
      calls.push({ method, params });
      if (method === "approvals.decide") rows = [];
      return { approvals: rows } as T;
    },
    onEvent(listener) {
      tell = listener;
      return () => undefined;
    },
    onOpen: () => () => undefined,
  };
  return { gateway, calls, tell: (event: string) => tell({ type: "event", event, payload: {} } as never) };
}

test("a question is read whatever is missing of it", () => {
  expect(readQuestions({ approvals: [row, {}] })).toMatchObject([
    { id: "a1", code: "K7QF", name: "exec", marks: ["web a.example"], input: '{\n  "command": "rm -rf build"\n}' },
    { id: "", name: "", marks: [] },
  ]);
  expect(readQuestions(undefined)).toEqual([]);
  // A request that waits at the door of a sandbox goes out as it is or not at all.
  const leaving = { ...row, request: { ...row.request, kind: "egress" } };
  expect(readQuestions({ approvals: [leaving] })[0]).not.toHaveProperty("input");
});

test("[K02] what waits is read when the gateway tells of it, and an answered one is gone", async () => {
  const it = fake();
  const questions = new Questions(it.gateway);
  const stop = questions.follow();
  await turn();
  expect(questions.view().open).toHaveLength(1);
  it.tell("chat");
  it.tell("exec.approval.requested");
  await turn();
  expect(it.calls.filter(({ method }) => method === "approvals.list")).toHaveLength(2);
  await questions.answer("a1", { decision: "allow", scope: "session" });
  expect(it.calls).toContainEqual({
    method: "approvals.decide",
    params: { id: "a1", decision: "allow", scope: "session" },
  });
  expect(questions.view()).toEqual({ open: [], trouble: undefined });
  stop();
});

test("[K05] changed arguments go along; what is no JSON goes nowhere and says so", async () => {
  const it = fake();
  const questions = new Questions(it.gateway);
  await questions.answer("a1", { decision: "allow", input: "{nonsense" });
  expect(it.calls.some(({ method }) => method === "approvals.decide")).toBe(false);
  expect(questions.view().trouble).toContain("no JSON");
  await questions.answer("a1", { decision: "allow", input: '{"command":"ls"}' });
  expect(it.calls.find(({ method }) => method === "approvals.decide")?.params).toMatchObject({
    input: { command: "ls" },
  });
});

import { expect, test } from "bun:test";
import type { RequestPermissionRequest, RequestPermissionResponse, SessionUpdate } from "@agentclientprotocol/sdk";
import { type ApprovalParts, createApprovals } from "./approvals.ts";
import type { Link } from "./link.ts";
import { OpenSession } from "./open-session.ts";

const key = "agent:main:acp:1";

function openApprovals(
  answer: (asked: RequestPermissionRequest, signal: AbortSignal) => Promise<RequestPermissionResponse>,
) {
  const runIds: string[] = [];
  const resolved: unknown[] = [];
  const told: SessionUpdate[] = [];
  const questions: RequestPermissionRequest[] = [];
  const logged: string[] = [];
  const link = {
    request: async (method: string, params: unknown) => {
      // The run is never answered here: its calls stay open.
      if (method === "agent") {
        runIds.push((params as { idempotencyKey: string }).idempotencyKey);
        return new Promise(() => undefined);
      }
      resolved.push({ method, params });
    },
  } as unknown as Link;
  const log = (text: string): void => void logged.push(text);
  const session = new OpenSession(
    { id: key, key, agentId: "main", workspace: "/w" },
    { link, log, tell: (update) => void told.push(update) },
    { cwd: "/p", settings: { model: "", thinking: "default" }, models: [], title: undefined },
  );
  const ask: ApprovalParts["ask"] = (_method, params, { cancellationSignal }) => {
    questions.push(params);
    return answer(params, cancellationSignal);
  };
  const approvals = createApprovals({ link, ask, log, find: (wanted) => (wanted === key ? session : undefined) });
  const request = (id: string, sessionKey: string | null = key) =>
    approvals.see({
      type: "event",
      event: "exec.approval.requested",
      payload: { id, request: { command: "make", cwd: "/w", sessionKey } },
    });
  return { approvals, session, runIds, resolved, told, questions, logged, request };
}

const chosen = (optionId: string): RequestPermissionResponse => ({ outcome: { outcome: "selected", optionId } });
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test.each([
  [chosen("allow-once"), "allow-once", "completed"],
  [chosen("allow-always"), "allow-always", "completed"],
  [chosen("deny"), "deny", "failed"],
  [chosen("something else"), "deny", "failed"],
  [{ outcome: { outcome: "cancelled" } } as RequestPermissionResponse, "deny", "failed"],
])("the editor's answer %j goes back as %s", async (answer, decision, status) => {
  const { resolved, told, questions, request } = openApprovals(async () => answer);
  request("1");
  request("1");
  await settled();
  expect(questions).toMatchObject([
    {
      sessionId: key,
      toolCall: {
        toolCallId: "approval:1",
        title: "Run make",
        kind: "execute",
        rawInput: { command: "make", cwd: "/w" },
      },
      options: [{ kind: "allow_once" }, { kind: "allow_always" }, { kind: "reject_once" }],
    },
  ]);
  expect(resolved).toEqual([{ method: "exec.approval.resolve", params: { id: "1", decision } }]);
  expect(told).toEqual([{ sessionUpdate: "tool_call_update", toolCallId: "approval:1", status: status as "failed" }]);
});

test("the question is about the call that waits for it, where there is one", async () => {
  const { session, runIds, told, questions, request } = openApprovals(async () => chosen("allow-once"));
  void session.prompt({ params: {}, ready: async () => undefined, signal: new AbortController().signal });
  await settled();
  const data = { phase: "start", name: "exec", toolCallId: "c", args: { command: "make" } };
  session.see({ runId: runIds[0] ?? "", stream: "tool", data });
  request("1");
  await settled();
  expect(questions[0]?.toolCall.toolCallId).toBe("c");
  expect(told.map((update) => update.sessionUpdate)).toEqual(["tool_call"]);
});

test("who answers elsewhere has answered: the question is taken back", async () => {
  const { approvals, resolved, request } = openApprovals(
    (_asked, signal) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("taken back")))),
  );
  request("1");
  approvals.see({ type: "event", event: "exec.approval.resolved", payload: { id: "1", decision: "allow-once" } });
  await settled();
  expect(resolved).toEqual([]);
});

test("a question whose time is over is taken back", async () => {
  const taken = Promise.withResolvers<void>();
  const { approvals, resolved } = openApprovals((_asked, signal) => {
    signal.addEventListener("abort", () => taken.resolve());
    return taken.promise.then(() => Promise.reject(new Error("taken back")));
  });
  const payload = { id: "1", request: { command: "make", sessionKey: key }, expiresAtMs: Date.now() };
  approvals.see({ type: "event", event: "exec.approval.requested", payload });
  await taken.promise;
  await settled();
  expect(resolved).toEqual([]);
});

test("sessions of others are not asked about, and an editor that cannot ask decides nothing", async () => {
  const { questions, resolved, logged, request } = openApprovals(async () =>
    Promise.reject(new Error("Method not found")),
  );
  request("1", "agent:main:main");
  request("2", null);
  await settled();
  expect(questions).toEqual([]);
  request("3");
  await settled();
  expect(resolved).toEqual([]);
  expect(logged).toEqual(["approval: Method not found"]);
});

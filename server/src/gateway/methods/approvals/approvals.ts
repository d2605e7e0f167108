// exec.approval.* and plugin.approval.*: a program asks for a decision and gets it, at once or in two answers.
import { type Approval, type ApprovalKind, Approvals, type Decision } from "../../approvals.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

const timeoutDefaultMs = 120_000;

interface Asking {
  readonly id?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly twoPhase?: boolean | undefined;
}

/** The answer is the decision; with `twoPhase` a first one says that the question stands. */
async function ask(kind: ApprovalKind, request: Approval["request"], how: Asking, call: Call): Promise<unknown> {
  const book = call.door.part(Approvals);
  const id = how.id ?? `${kind === "plugin" ? "plugin:" : ""}${crypto.randomUUID()}`;
  if (book.find(id)) throw invalid("approval id already pending");
  const { connectionId, deviceId } = call.caller;
  const approval = book.ask(kind, id, request, how.timeoutMs ?? timeoutDefaultMs, { connectionId, deviceId });
  if (!approval) throw invalid("too many approvals are pending");
  const { createdAtMs, expiresAtMs } = approval;
  if (how.twoPhase === true) call.accepted({ status: "accepted", id, createdAtMs, expiresAtMs });
  return decidedRow((await book.wait(id)) ?? approval);
}

function askExec(input: ParamsOf<typeof params.execRequest>, call: Call): Promise<unknown> {
  const { id, timeoutMs, twoPhase, env, systemRunPlan, ...rest } = input;
  const command = input.command?.trim() || input.commandArgv?.join(" ");
  if (!command) throw invalid("command is required");
  // Values of variables may be secrets: whoever decides sees the names.
  const names = env === undefined ? {} : { envKeys: Object.keys(env).sort() };
  const plan = systemRunPlan === undefined ? {} : { systemRunPlan };
  return ask("exec", { ...rest, command, ...plan, ...names }, { id, timeoutMs, twoPhase }, call);
}

function askPlugin(input: ParamsOf<typeof params.pluginRequest>, call: Call): Promise<unknown> {
  const { timeoutMs, twoPhase, ...request } = input;
  return ask("plugin", request, { timeoutMs, twoPhase }, call);
}

function decidedRow({ id, decision, createdAtMs, expiresAtMs }: Approval) {
  return { id, decision: decision ?? null, createdAtMs, expiresAtMs };
}

function waitingRow({ id, request, createdAtMs, expiresAtMs }: Approval) {
  return { id, request, createdAtMs, expiresAtMs };
}

function found(kind: ApprovalKind, id: string, { door }: Call): Approval {
  const approval = door.part(Approvals).find(id);
  if (approval?.kind !== kind)
    throw invalid("unknown or expired approval id", { code: "APPROVAL_NOT_FOUND", reason: "APPROVAL_NOT_FOUND" });
  return approval;
}

const waitFor = (kind: ApprovalKind) => async (input: ParamsOf<typeof params.one>, call: Call) => {
  const { id } = found(kind, input.id, call);
  return decidedRow((await call.door.part(Approvals).wait(id)) ?? found(kind, id, call));
};

const resolve = (kind: ApprovalKind) => (input: ParamsOf<typeof params.resolve>, call: Call) => {
  const decision = decisionOf(input.decision);
  const approval = found(kind, input.id, call);
  if (approval.decision === null) throw invalid("unknown or expired approval id", { reason: "APPROVAL_NOT_FOUND" });
  if (approval.decision !== undefined && approval.decision !== decision) throw invalid("approval already resolved");
  const allowed = approval.request.allowedDecisions;
  if (Array.isArray(allowed) && !allowed.includes(decision)) throw invalid(`decision ${decision} is not allowed here`);
  const { caller } = call;
  call.door.part(Approvals).decide(approval.id, decision, caller.displayName ?? caller.clientId);
  return { ok: true };
};

function decisionOf(text: string): Decision {
  if (text === "allow-once" || text === "allow-always" || text === "deny") return text;
  throw invalid("invalid decision");
}

function get(input: ParamsOf<typeof params.one>, call: Call): unknown {
  const approval = found("exec", input.id, call);
  if (approval.decision !== undefined) throw invalid("unknown or expired approval id");
  const { command, cwd, host, agentId, nodeId } = approval.request;
  const allowedDecisions = ["allow-once", "allow-always", "deny"];
  return { ...waitingRow(approval), commandText: command, cwd, host, agentId, nodeId, allowedDecisions };
}

const list = (kind: ApprovalKind) => (_input: unknown, call: Call) =>
  call.door.part(Approvals).pending(kind).map(waitingRow);

export const handlers: Group["handlers"] = {
  "exec.approval.request": askExec,
  "exec.approval.waitDecision": waitFor("exec"),
  "exec.approval.resolve": resolve("exec"),
  "exec.approval.get": get,
  "exec.approval.list": list("exec"),
  "plugin.approval.request": askPlugin,
  "plugin.approval.waitDecision": waitFor("plugin"),
  "plugin.approval.resolve": resolve("plugin"),
  "plugin.approval.list": list("plugin"),
};

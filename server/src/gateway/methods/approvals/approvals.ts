// exec.approval.* and plugin.approval.*: a program asks for a decision and gets it, at once or in two answers.

import { clientApproval, clientDecision } from "../../approval-event.ts";
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

/** A program's question, or one of the house's own. */
async function found(kind: ApprovalKind, id: string, { door }: Call): Promise<Approval & { readonly isOwn?: true }> {
  const own = (await door.house.approvals.recent()).find((item) => item.id === id || item.code === id);
  const decided = own && clientDecision(own);
  const approval = own
    ? { ...clientApproval(own), isOwn: true as const, ...(decided === undefined ? {} : { decision: decided }) }
    : door.part(Approvals).find(id);
  if (approval?.kind !== kind)
    throw invalid("unknown or expired approval id", { code: "APPROVAL_NOT_FOUND", reason: "APPROVAL_NOT_FOUND" });
  return approval;
}

const waitFor = (kind: ApprovalKind) => async (input: ParamsOf<typeof params.one>, call: Call) => {
  const { id, isOwn } = await found(kind, input.id, call);
  const ended = isOwn ? await ownEnd(id, call) : await call.door.part(Approvals).wait(id);
  return decidedRow(ended ?? (await found(kind, id, call)));
};

/** Waits until one of the house's own questions is decided. */
function ownEnd(id: string, { door }: Call): Promise<undefined> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const end = (): void => {
    unwatch();
    resolve(undefined);
  };
  const unwatch = door.house.watch((event) => {
    if (event.type === "approval-decided" && event.approval.id === id) end();
  });
  door.life.addEventListener("abort", end, { once: true });
  door.house.approvals.waiting().then((open) => open.some((item) => item.id === id) || end(), end);
  return promise;
}

const resolve = (kind: ApprovalKind) => async (input: ParamsOf<typeof params.resolve>, call: Call) => {
  const decision = decisionOf(input.decision);
  const approval = await found(kind, input.id, call);
  refuseLate(approval, decision);
  const { caller, door } = call;
  const by = caller.displayName ?? caller.clientId;
  if (!approval.isOwn) door.part(Approvals).decide(approval.id, decision, by);
  else if (approval.decision === undefined)
    await decideOwn(approval.id, decision, { by, channel: caller.clientId }, call);
  return { ok: true };
};

/** Time is a no, the first answer stands, and only what was offered can be chosen. */
function refuseLate({ decision: earlier, request }: Approval, decision: Decision): void {
  if (earlier === null) throw invalid("unknown or expired approval id", { reason: "APPROVAL_NOT_FOUND" });
  if (earlier !== undefined && earlier !== decision) throw invalid("approval already resolved");
  const allowed = request.allowedDecisions;
  if (Array.isArray(allowed) && !allowed.includes(decision)) throw invalid(`decision ${decision} is not allowed here`);
}

async function decideOwn(
  id: string,
  decision: Decision,
  who: { readonly by: string; readonly channel: string },
  { door }: Call,
): Promise<void> {
  const scope = decision === "allow-always" ? "always" : "once";
  await door.house.approvals.decide(id, { type: decision === "deny" ? "denied" : "allowed", scope, ...who });
}

function decisionOf(text: string): Decision {
  if (text === "allow-once" || text === "allow-always" || text === "deny") return text;
  throw invalid("invalid decision");
}

async function get(input: ParamsOf<typeof params.one>, call: Call): Promise<unknown> {
  const approval = await found("exec", input.id, call);
  if (approval.decision !== undefined) throw invalid("unknown or expired approval id");
  const { command, cwd, host, agentId, nodeId } = approval.request;
  const allowedDecisions = ["allow-once", "allow-always", "deny"];
  return { ...waitingRow(approval), commandText: command, cwd, host, agentId, nodeId, allowedDecisions };
}

const list =
  (kind: ApprovalKind) =>
  async (_input: unknown, { door }: Call) => {
    const own = (await door.house.approvals.waiting()).map(clientApproval).filter((item) => item.kind === kind);
    return [...own, ...door.part(Approvals).pending(kind)].map(waitingRow);
  };

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

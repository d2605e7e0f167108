// system.run: what a caller may say of it to a node. That a command was approved is taken from the approval itself, never
// from the caller's word, and one yes serves one run.

import { lineOf, scriptOf } from "@homarus/sdk/client";
import { type Approval, Approvals, type Decision } from "../../approvals.ts";
import type { Caller, Door } from "../../door.ts";
import { invalid } from "../../refusal.ts";

/** What a node's host reads of it. Anything else that a caller sends stays here. */
const passedOn = [
  ...["command", "rawCommand", "cwd", "env", "timeoutMs", "needsScreenRecording", "agentId", "sessionKey", "runId"],
  ...["systemRunPlan", "suppressNotifyOnExit"],
];

export type RunParams = Readonly<Record<string, unknown>>;

/** The params as they go to the node. Throws a refusal for what cannot be right. */
export function checkedRun(input: unknown, nodeId: string, caller: Caller, door: Door): unknown {
  if (typeof input !== "object" || input === null || Array.isArray(input)) return input;
  const given = input as RunParams;
  checkRaw(given);
  const passed = Object.fromEntries(passedOn.filter((key) => key in given).map((key) => [key, given[key]]));
  const isClaimed = given.approved === true || decisionIn(given) !== undefined;
  return isClaimed ? { ...passed, ...approvalOf(given, nodeId, caller, door) } : passed;
}

export function withApproval(params: unknown, approvalDecision: Decision): unknown {
  return { ...(params as RunParams), approved: true, approvalDecision };
}

export function argvOf({ command }: RunParams): string[] {
  return Array.isArray(command) ? command.map((item) => (typeof item === "string" ? item : JSON.stringify(item))) : [];
}

/** The text that whoever decides reads. */
export function textOf(params: RunParams): string {
  return word(params.rawCommand) ?? lineOf(argvOf(params));
}

/** Else one thing would be shown and another run. */
function checkRaw(params: RunParams): void {
  const rawCommand = word(params.rawCommand);
  if (rawCommand === undefined) return;
  const argv = argvOf(params);
  if (argv.length === 0) throw invalid("rawCommand requires params.command", { code: "MISSING_COMMAND" });
  const inferred = scriptOf(argv)?.trim() ?? lineOf(argv);
  if (rawCommand !== inferred)
    throw invalid("INVALID_REQUEST: rawCommand does not match command", {
      ...{ code: "RAW_COMMAND_MISMATCH", rawCommand, inferred },
    });
}

function approvalOf(params: RunParams, nodeId: string, caller: Caller, door: Door) {
  const runId = word(params.runId);
  if (runId === undefined) throw invalid("approval override requires params.runId", { code: "MISSING_RUN_ID" });
  const approvals = door.part(Approvals);
  const approval = approvals.find(runId);
  if (approval?.kind !== "exec" || approval.isUsed)
    throw invalid("unknown or expired approval id", { code: "UNKNOWN_APPROVAL_ID", runId });
  if (approval.decision === null) throw invalid("approval expired", { code: "APPROVAL_EXPIRED", runId });
  if (!isOf(approval, caller))
    throw invalid("approval id not valid for this client", { code: "APPROVAL_CLIENT_MISMATCH", runId });
  if (!isFor(approval, params, nodeId))
    throw invalid("approval id does not match request", { code: "APPROVAL_REQUEST_MISMATCH", runId });
  const { decision } = approval;
  if (decision === undefined || decision === "deny")
    throw invalid("approval required", { code: "APPROVAL_REQUIRED", runId });
  approvals.use(runId);
  return { approved: true, approvalDecision: decision };
}

function isOf({ askedBy }: Approval, caller: Caller): boolean {
  if (askedBy === undefined) return false;
  if (askedBy.deviceId !== undefined) return askedBy.deviceId === caller.deviceId;
  return askedBy.connectionId === caller.connectionId;
}

function isFor({ request }: Approval, params: RunParams, nodeId: string): boolean {
  if (request.host !== "node") return false;
  if (word(request.nodeId) !== undefined && request.nodeId !== nodeId) return false;
  const argv = argvOf(params);
  const { commandArgv } = request;
  const isSameCommand = Array.isArray(commandArgv)
    ? commandArgv.length === argv.length && argv.every((item, at) => item === commandArgv[at])
    : // The first clients join without quotes what the others quote.
      argv.length > 0 && [textOf(params), argv.join(" ")].some((line) => line === request.command);
  return isSameCommand && ["cwd", "agentId", "sessionKey"].every((key) => word(request[key]) === word(params[key]));
}

function decisionIn({ approvalDecision }: RunParams): Decision | undefined {
  return approvalDecision === "allow-once" || approvalDecision === "allow-always" ? approvalDecision : undefined;
}

function word(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

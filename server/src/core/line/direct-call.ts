// A tool call that a client makes itself, without a model: by the same policy, with approvals, into the same audit. Hooks and
// checkpoints belong to runs.
import {
  type AuditRecord,
  Fault,
  type Origin,
  type ToolCallBlock,
  type ToolOutput,
  type ToolResultBlock,
} from "@homarus/sdk";
import { refusedText } from "../approvals/words.ts";
import { callRecord, signedResult } from "../audit/receipt.ts";
import { fieldOf, type PolicyCase, type Verdict } from "../policy/case.ts";
import { isOffered, judge } from "../policy/judge.ts";
import type { LineParts } from "./parts.ts";

export interface DirectCall {
  readonly call: ToolCallBlock;
  readonly agent: string;
  readonly sessionKey: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

export type DirectParts = Pick<
  LineParts,
  "agent" | "approvals" | "clock" | "judgeCommand" | "policyTool" | "preview" | "sandboxOf" | "signer" | "store"
>;

const origin: Origin = "program";

function plainCase(
  tool: string,
  { agent, sessionKey }: Pick<DirectCall, "agent" | "sessionKey">,
  parts: DirectParts,
): PolicyCase {
  return {
    ...{
      tool: parts.policyTool(tool),
      agent,
      sessionKey,
      channel: "webchat",
      place: { id: sessionKey, type: "direct" },
    },
    ...{ peer: "program", origin, audience: "owner", isUnattended: false, marks: [] },
    sandbox: parts.sandboxOf(agent, sessionKey),
  };
}

/** Whether a client may call the tool at all. */
export function isOfferedTo(tool: string, agent: string, parts: DirectParts): boolean {
  return isOffered(plainCase(tool, { agent, sessionKey: "" }, parts), parts.agent(agent).policy);
}

/** Runs the call when it may be made. Rejects with a `denied` Fault when not; either way the audit has it. */
export async function callDirectly(
  direct: DirectCall,
  execute: (call: ToolCallBlock) => Promise<ToolOutput>,
  parts: DirectParts,
): Promise<ToolOutput> {
  const { call, agent, sessionKey } = direct;
  const startedAt = parts.clock.now();
  const keep = (output: ToolOutput, refused?: string): Promise<void> =>
    parts.store.commit([{ type: "audit", record: recordOf(direct, { output, refused, startedAt }, parts) }]);
  const plain = plainCase(call.name, { agent, sessionKey }, parts);
  const text = fieldOf(call.input, plain.tool.fields?.command);
  const command = typeof text === "string" ? await parts.judgeCommand(text, plain) : undefined;
  const verdict = judge({ ...plain, input: call.input, command }, parts.agent(agent).policy);
  const passed = verdict.decision === "ask" ? await asked(direct, verdict, parts) : { verdict, call };
  if (passed.verdict.decision === "deny") {
    const { reason, hint } = passed.verdict;
    await keep({ content: [], isError: true }, reason);
    throw new Fault("denied", "tool.denied", reason, hint === undefined ? {} : { hint });
  }
  try {
    const output = await execute(passed.call);
    await keep(output);
    return output;
  } catch (thrown) {
    await keep({ content: [{ type: "text", text: String(thrown) }], isError: true });
    throw thrown;
  }
}

async function asked(
  { call, agent, sessionKey, runId, signal }: DirectCall,
  verdict: Verdict,
  parts: DirectParts,
): Promise<{ readonly verdict: Verdict; readonly call: ToolCallBlock }> {
  const tool = parts.policyTool(call.name);
  const request = {
    ...{ kind: "tool" as const, name: call.name, preview: await parts.preview(call), input: call.input },
    ...{ reason: verdict.reason, agent, sessionKey, runId, callId: call.id, channel: "webchat" },
    ...{ audience: "owner" as const, covers: tool.effects.executes ? ("exact" as const) : ("any" as const), marks: [] },
  };
  const yes = { verdict: { ...verdict, decision: "allow" as const }, call };
  if (await parts.approvals.standing.find(request, sessionKey)) return yes;
  const { approvalTimeoutMs: timeoutMs } = parts.agent(agent);
  const decision = await parts.approvals.ask(`call:${runId}`, request, { timeoutMs, signal, sessionId: sessionKey });
  if (decision.type !== "allowed")
    return { verdict: { ...verdict, decision: "deny", reason: refusedText(call.name, decision) }, call };
  return { ...yes, call: { ...call, input: decision.input ?? call.input } };
}

function recordOf(
  { call, agent, sessionKey, runId }: DirectCall,
  {
    output,
    refused,
    startedAt,
  }: { readonly output: ToolOutput; readonly refused: string | undefined; readonly startedAt: number },
  { clock, signer }: DirectParts,
): AuditRecord {
  const place = { agent, sessionKey, sessionId: "", runId };
  const { content, isError = false } = output;
  const plain: ToolResultBlock = { type: "tool-result", callId: call.id, name: call.name, content, isError };
  const result = signedResult(place, call, plain, signer);
  const at = clock.now();
  const record = callRecord(place, call, result, { at, durationMs: at - startedAt, refused }, signer.digest);
  return { ...record, actor: "a client" };
}

// A tool call that a client makes itself, without a model: by the same policy and hooks, with approvals, into the same audit,
// and not while everything is stopped. Checkpoints belong to runs.
import {
  type AuditRecord,
  Fault,
  type Json,
  type Origin,
  type ToolCallBlock,
  type ToolOutput,
  type ToolResultBlock,
  textOf,
} from "@homarus/sdk";
import { refusedText } from "../approvals/words.ts";
import { callRecord, signedResult } from "../audit/receipt.ts";
import { fieldOf, type PolicyCase, type Verdict } from "../policy/case.ts";
import type { HookQuestion } from "../policy/hooks.ts";
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
  | "agent"
  | "approvals"
  | "clock"
  | "halt"
  | "hooks"
  | "judgeCommand"
  | "policyTool"
  | "preview"
  | "sandboxOf"
  | "signer"
  | "store"
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

type Passage =
  | { readonly type: "open"; readonly call: ToolCallBlock; readonly approval?: string }
  | { readonly type: "shut"; readonly code: string; readonly reason: string; readonly hint?: string | undefined };

/** Runs the call when it may be made. Rejects with a `denied` Fault when not; either way the audit has it. */
export async function callDirectly(
  direct: DirectCall,
  execute: (call: ToolCallBlock) => Promise<ToolOutput>,
  parts: DirectParts,
): Promise<ToolOutput> {
  const startedAt = parts.clock.now();
  const keep = (call: ToolCallBlock, output: ToolOutput, ending: Pick<Ending, "approval" | "refused">): Promise<void> =>
    parts.store.commit([
      { type: "audit", record: recordOf({ ...direct, call }, { ...ending, output, startedAt }, parts) },
    ]);
  const passage = await passed(direct, parts);
  if (passage.type === "shut") {
    const { code, reason, hint } = passage;
    await keep(direct.call, { content: [], isError: true }, { refused: reason });
    throw new Fault("denied", code, reason, hint === undefined ? {} : { hint });
  }
  const { call, approval } = passage;
  const work = async (): Promise<ToolOutput> => hookedAfter({ ...direct, call }, await execute(call), parts);
  const output = await work().catch(async (thrown: unknown) => {
    await keep(call, { content: [{ type: "text", text: String(thrown) }], isError: true }, { approval });
    throw thrown;
  });
  await keep(call, output, { approval });
  return output;
}

/** Whatever a person or the owner's programs changed is judged again; a stop holds from whenever it is said. */
async function passed(direct: DirectCall, parts: DirectParts): Promise<Passage> {
  const halted = await haltedNow(parts);
  if (halted) return halted;
  const verdict = await judged(direct, parts);
  if (verdict.decision === "deny") return shut(verdict);
  const allowed: Passage =
    verdict.decision === "ask" ? await asked(direct, verdict, parts) : { type: "open", call: direct.call };
  if (allowed.type === "shut") return allowed;
  const passage = await hookedBefore({ ...direct, call: allowed.call }, allowed, parts);
  if (passage.type === "shut") return passage;
  if (passage.call !== direct.call) {
    const again = await judged({ ...direct, call: passage.call }, parts);
    if (again.decision === "deny") return shut(again);
  }
  return (await haltedNow(parts)) ?? passage;
}

const shut = ({ reason, hint }: Verdict): Passage => ({ type: "shut", code: "tool.denied", reason, hint });

async function haltedNow({ halt }: DirectParts): Promise<Passage | undefined> {
  await halt.load();
  if (halt.state() === undefined) return undefined;
  const hint = "The owner lets it go on with `/resume CODE`, or `homarus resume` on the machine.";
  return { type: "shut", code: "halt.stopped", reason: "Everything is stopped: no tool is called.", hint };
}

async function judged({ call, ...place }: DirectCall, parts: DirectParts): Promise<Verdict> {
  const plain = plainCase(call.name, place, parts);
  const text = fieldOf(call.input, plain.tool.fields?.command);
  const command = typeof text === "string" ? await parts.judgeCommand(text, plain) : undefined;
  return judge({ ...plain, input: call.input, command }, parts.agent(place.agent).policy);
}

async function asked(direct: DirectCall, verdict: Verdict, parts: DirectParts): Promise<Passage> {
  const { call, agent, sessionKey, runId, signal } = direct;
  const tool = parts.policyTool(call.name);
  const request = {
    ...{ kind: "tool" as const, name: call.name, preview: await parts.preview(call), input: call.input },
    ...{ reason: verdict.reason, agent, sessionKey, runId, callId: call.id, channel: "webchat" },
    ...{ audience: "owner" as const, covers: tool.effects.executes ? ("exact" as const) : ("any" as const), marks: [] },
  };
  const rule = await parts.approvals.standing.find(request, sessionKey);
  if (rule) return { type: "open", call, approval: rule.id };
  const { approvalTimeoutMs: timeoutMs } = parts.agent(agent);
  const decision = await parts.approvals.ask(`call:${runId}`, request, { timeoutMs, signal, sessionId: sessionKey });
  if (decision.type !== "allowed") return shut({ ...verdict, reason: refusedText(call.name, decision) });
  const approval = `${decision.by} on ${decision.channel}`;
  return { type: "open", call: decision.input === undefined ? call : { ...call, input: decision.input }, approval };
}

async function hookedBefore(direct: DirectCall, passage: Passage & { type: "open" }, parts: DirectParts) {
  const { call, signal } = direct;
  if (!parts.hooks.has("before", call.name)) return passage;
  const answer = await parts.hooks.before(hookQuestion("tool.before", direct), signal);
  if ("refused" in answer) return shut({ decision: "deny", reason: answer.refused, findings: [] });
  return answer.input === call.input ? passage : { ...passage, call: { ...call, input: answer.input } };
}

async function hookedAfter(direct: DirectCall, output: ToolOutput, parts: DirectParts): Promise<ToolOutput> {
  if (!parts.hooks.has("after", direct.call.name)) return output;
  const text = textOf(output.content);
  const question = { ...hookQuestion("tool.after", direct), result: text, isError: output.isError ?? false };
  const next = await parts.hooks.after(question, direct.signal);
  if (next === text) return output;
  const rest = output.content.filter((block) => block.type !== "text");
  return { ...output, content: [{ type: "text", text: next }, ...rest] };
}

function hookQuestion(event: HookQuestion["event"], { call, agent, sessionKey }: DirectCall): HookQuestion {
  const input: Json = call.input;
  return { event, tool: call.name, input, agent, session: sessionKey, channel: "webchat", origin, audience: "owner" };
}

interface Ending {
  readonly output: ToolOutput;
  readonly startedAt: number;
  readonly refused?: string | undefined;
  readonly approval?: string | undefined;
}

function recordOf(
  { call, agent, sessionKey, runId }: DirectCall,
  { output, refused, approval, startedAt }: Ending,
  { clock, signer }: DirectParts,
): AuditRecord {
  const place = { agent, sessionKey, sessionId: "", runId };
  const { content, isError = false } = output;
  const plain: ToolResultBlock = { type: "tool-result", callId: call.id, name: call.name, content, isError };
  const result = signedResult(place, call, plain, signer);
  const at = clock.now();
  const facts = { at, durationMs: at - startedAt, approval, refused };
  return { ...callRecord(place, call, result, facts, signer.digest), actor: "a client" };
}

// The one way of a tool call to its tool, whoever makes it: policy, then a person where one must decide, then the owner's
// programs. What any of them changed is judged again. Nothing is run here and nothing kept.
import { type ApprovalRequest, Fault, isFault, type ToolCallBlock } from "@homarus/sdk";
import type { Passage } from "../agent/calls.ts";
import { changedText, refusedText } from "../approvals/words.ts";
import { fieldOf, type PolicyCase, type PolicyTool, type Verdict } from "../policy/case.ts";
import { isOffered, judge } from "../policy/judge.ts";
import { madeUpAddress } from "../provenance/addresses.ts";
import { type CallerFacts, hookQuestion } from "./gate-facts.ts";
import type { LineParts } from "./parts.ts";

export type RulingParts = Pick<
  LineParts,
  "approvals" | "hooks" | "judgeCommand" | "policyTool" | "preview" | "sandboxOf"
>;

/** `text` is for a model; a program is told by the fault. */
export type Ruling = Extract<Passage, { type: "open" }> | Shut;
type Shut = Extract<Passage, { type: "shut" }> & { readonly fault: Fault };

interface Waiting {
  readonly facts: CallerFacts;
  readonly signal: AbortSignal;
  /** A person may be asked from now on. */
  readonly onAsk?: () => void;
}

export function isOfferedTo(tool: string, facts: CallerFacts, parts: RulingParts): boolean {
  return isOffered(plainCase(tool, facts, parts), settingsOf(facts));
}

/** Rejects only when whoever calls is gone meanwhile. */
export async function ruleOn(call: ToolCallBlock, waiting: Waiting, parts: RulingParts): Promise<Ruling> {
  const { facts } = waiting;
  const verdict = await judged(call, facts, parts);
  if (verdict.decision === "deny") return denied(verdict);
  const answer = verdict.decision === "ask" ? await asked(call, verdict, waiting, parts) : open;
  const allowed = await again(call, answer, facts, parts);
  return allowed.type === "shut" ? allowed : hooked(call, allowed, waiting, parts);
}

const open: Ruling = { type: "open" };

function shut(reason: string, hint?: string, text = reason): Shut {
  const fault = new Fault("denied", "tool.denied", reason, hint === undefined ? {} : { hint });
  return { type: "shut", text, fault };
}

const denied = ({ reason, hint }: Verdict): Shut => shut(reason, hint, hint ? `${reason} ${hint}` : reason);

async function asked(
  call: ToolCallBlock,
  verdict: Verdict,
  { facts, signal, onAsk }: Waiting,
  parts: RulingParts,
): Promise<Ruling> {
  onAsk?.();
  const request = await requestOf(call, verdict, facts, parts);
  const sessionId = facts.log.session.id;
  const rule = await parts.approvals.standing.find(request, sessionId);
  if (rule) return { type: "open", approval: rule.id };
  const resume = facts.pause();
  try {
    const { approvalTimeoutMs: timeoutMs } = facts.agent;
    const decision = await parts.approvals.ask(facts.callKey(call.id), request, { timeoutMs, signal, sessionId });
    if (decision.type !== "allowed") return shut(refusedText(call.name, decision), verdict.hint);
    const approval = `${decision.by} on ${decision.channel}`;
    if (decision.input === undefined) return { type: "open", approval };
    return { type: "open", approval, input: decision.input, note: changedText(call.name, decision) };
  } catch (thrown) {
    // What is over is told by whoever stopped it.
    if (!isFault(thrown) || thrown.kind === "aborted" || signal.aborted) throw thrown;
    return { type: "shut", text: thrown.message, fault: thrown };
  } finally {
    await resume();
  }
}

/** Whoever changed it: their yes stands for a question, not for a no. */
async function again(call: ToolCallBlock, ruling: Ruling, facts: CallerFacts, parts: RulingParts): Promise<Ruling> {
  if (ruling.type === "shut" || ruling.input === undefined) return ruling;
  const verdict = await judged({ ...call, input: ruling.input }, facts, parts);
  return verdict.decision === "deny" ? denied(verdict) : ruling;
}

/** What the owner's programs make of a call that the policy lets through. */
async function hooked(
  call: ToolCallBlock,
  allowed: Extract<Ruling, { type: "open" }>,
  { facts, signal }: Waiting,
  parts: RulingParts,
): Promise<Ruling> {
  if (!parts.hooks.has("before", call.name)) return allowed;
  const { input = call.input } = allowed;
  const answer = await parts.hooks.before(hookQuestion("tool.before", { ...call, input }, facts), signal);
  if ("refused" in answer) return shut(answer.refused);
  return answer.input === input ? allowed : again(call, { ...allowed, input: answer.input }, facts, parts);
}

async function requestOf(
  call: ToolCallBlock,
  verdict: Verdict,
  { message, authority, runId, sessionKey, agent, log }: CallerFacts,
  parts: RulingParts,
): Promise<ApprovalRequest> {
  const tool = parts.policyTool(call.name);
  return {
    ...{ kind: "tool", name: call.name, preview: await parts.preview(call), input: call.input, reason: verdict.reason },
    ...{ agent: agent.id, sessionKey, runId, callId: call.id, channel: message.channel, audience: authority.audience },
    covers: tool.effects.executes ? "exact" : "any",
    marks: log.session.marks ?? [],
  };
}

function settingsOf({ agent: { policy }, only }: CallerFacts) {
  return only ? { ...policy, lists: [...policy.lists, { allow: only }] } : policy;
}

function plainCase(
  name: string,
  { message, authority, sessionKey, agent, log }: CallerFacts,
  parts: RulingParts,
): PolicyCase {
  return {
    ...{ tool: parts.policyTool(name), agent: agent.id, sessionKey, channel: message.channel, place: message.place },
    ...{ peer: message.peer.id, origin: message.origin, ...authority },
    sandbox: parts.sandboxOf(agent.id, sessionKey),
    marks: log.session.marks ?? [],
  };
}

/** A page, results of a search: words of strangers, brought by a tool that does nothing else. */
function readsOnly({ words, effects }: PolicyTool): boolean {
  return words === "foreign" && effects.network && !effects.writes && !effects.executes && !effects.destructive;
}

async function judged(call: ToolCallBlock, facts: CallerFacts, parts: RulingParts): Promise<Verdict> {
  const plain = plainCase(call.name, facts, parts);
  const { command, address } = plain.tool.fields ?? {};
  const text = fieldOf(call.input, command);
  const reads = (name: string): boolean => readsOnly(parts.policyTool(name));
  const isTold = plain.marks.length > 0 && address !== undefined;
  const whole: PolicyCase = {
    ...plain,
    input: call.input,
    command: typeof text === "string" ? await parts.judgeCommand(text, plain) : undefined,
    madeUpAddress: isTold ? madeUpAddress(fieldOf(call.input, address), facts.log.entries(), reads) : undefined,
  };
  return judge(whole, settingsOf(facts));
}

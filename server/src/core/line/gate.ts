// The gate of one run's tool calls: policy, then a person where one must decide; and what is kept of each call.
import {
  type ApprovalDecision,
  type ApprovalRequest,
  isFault,
  type Owner,
  type RunEventBody,
  type ToolCallBlock,
  toFault,
} from "@homarus/sdk";
import type { CallGate, Passage } from "../agent/calls.ts";
import { changedText, refusedText } from "../approvals/words.ts";
import {
  fieldOf,
  type PolicyCase,
  type PolicySettings,
  type PolicyTool,
  type ToolRules,
  type Verdict,
} from "../policy/case.ts";
import { isOffered, judge } from "../policy/judge.ts";
import { madeUpAddress } from "../provenance/addresses.ts";
import type { Touched } from "../provenance/touched.ts";
import { type GateFacts, hookQuestion } from "./gate-facts.ts";
import type { LineParts } from "./parts.ts";
import { createSeal } from "./seal.ts";

export interface RunGate extends CallGate {
  isOffered(tool: string): boolean;
  /** How a call reaches the owner; undefined where nobody waits for the run. */
  owner(call: ToolCallBlock, signal: AbortSignal): Owner | undefined;
  /** Where a call says what it touched. */
  touched(callId: string): Touched;
}

export function openGate(facts: GateFacts, parts: LineParts): RunGate {
  const { agent, only } = facts;
  const settings = withOnly(agent.policy, only);
  const seals = createSeal(facts, parts);
  const keepState = onceBeforeChanges(facts, parts);
  return {
    isOffered: (name) => isOffered(plainCase(name, facts, parts), settings),
    touched: seals.touched,
    owner: (call, signal) => (facts.authority.isUnattended ? undefined : ownerFor(call, { facts, signal }, parts)),
    seal: seals.seal,
    async pass(call, signal, emit) {
      const judged = await passed(call, { facts, settings, signal, emit }, parts);
      const passage = await hooked(call, judged, { facts, settings, signal }, parts);
      if (passage.type === "open") await keepState(call, signal);
      return passage;
    },
  };
}

async function passed(
  call: ToolCallBlock,
  {
    facts,
    settings,
    signal,
    emit,
  }: {
    readonly facts: GateFacts;
    readonly settings: PolicySettings;
    readonly signal: AbortSignal;
    readonly emit: (event: RunEventBody) => void;
  },
  parts: LineParts,
): Promise<Passage> {
  await parts.fileMarks.load();
  const verdict = judge(await caseOf(call, facts, parts), settings);
  if (verdict.decision === "allow") return { type: "open" };
  if (verdict.decision === "deny") return { type: "shut", text: noText(verdict) };
  emit({ type: "progress", about: "approval", text: `I wait for your yes to ${call.name}.` });
  const passage = await asked(call, verdict, { facts, signal }, parts);
  if (passage.type === "shut" || passage.input === undefined) return passage;
  return again({ ...call, input: passage.input }, passage, { facts, settings }, parts);
}

/** What the owner's programs make of a call that the policy lets through. What they change is judged again. */
async function hooked(
  call: ToolCallBlock,
  passage: Passage,
  {
    facts,
    settings,
    signal,
  }: { readonly facts: GateFacts; readonly settings: PolicySettings; readonly signal: AbortSignal },
  parts: LineParts,
): Promise<Passage> {
  if (passage.type === "shut" || !parts.hooks.has("before", call.name)) return passage;
  const input = passage.input ?? call.input;
  const answer = await parts.hooks.before(hookQuestion("tool.before", { ...call, input }, facts), signal);
  if ("refused" in answer) return { type: "shut", text: answer.refused };
  if (answer.input === input) return passage;
  const changed: Passage = { ...passage, input: answer.input };
  return again({ ...call, input: answer.input }, changed, { facts, settings }, parts);
}

/**
 * Before the first call of a run that changes anything, what is there is kept, so that the owner can go back to it. Calls
 * that come meanwhile wait for the same; where it failed, the next call tries again.
 */
function onceBeforeChanges({ agent, sessionKey, runId }: GateFacts, parts: LineParts) {
  let taking: Promise<unknown> | undefined;
  let isTold = false;
  return async (call: ToolCallBlock, signal: AbortSignal): Promise<void> => {
    const { writes, executes, destructive } = parts.policyTool(call.name).effects;
    if (!(writes || executes || destructive)) return;
    const about = { agent: agent.id, sessionKey, runId, reason: `before ${call.name}` };
    taking ??= parts.checkpoints.take(about, signal);
    const mine = taking;
    await mine.catch((thrown: unknown) => {
      if (taking === mine) taking = undefined;
      if (signal.aborted) throw thrown;
      // Work goes on without a way back rather than not at all; the owner is told, once.
      parts.log.warn("checkpoint.failed", { agent: agent.id, fault: toFault(thrown).toJSON() });
      const text = "What I am about to change could not be kept first: there is no way back.";
      if (!isTold) parts.tap.emit({ type: "notice", text });
      isTold = true;
    });
  };
}

/** A question of the model itself: it passes like one of the policy. */
function ownerFor(
  call: ToolCallBlock,
  { facts, signal }: { readonly facts: GateFacts; readonly signal: AbortSignal },
  parts: LineParts,
): Owner {
  return {
    async ask({ text, confidence }) {
      const { agent, log, message, authority, runId, sessionKey } = facts;
      const request: ApprovalRequest = {
        ...{ kind: "question", name: call.name, preview: text, input: call.input, agent: agent.id, sessionKey, runId },
        ...{ callId: call.id, channel: message.channel, audience: authority.audience, covers: "exact" },
        reason:
          confidence > 0 ? `The agent is ${Math.round(confidence * 100)} % sure of it.` : "The agent is not sure.",
        marks: log.session.marks ?? [],
      };
      const resume = facts.pause();
      try {
        const how = { timeoutMs: agent.approvalTimeoutMs, signal, sessionId: log.session.id };
        return await parts.approvals.ask(`question:${facts.callKey(call.id)}`, request, how);
      } finally {
        await resume();
      }
    },
  };
}

/** What a person changed is judged like what the model wanted: their yes stands for a question, not for a no. */
async function again(
  call: ToolCallBlock,
  passage: Passage,
  { facts, settings }: { readonly facts: GateFacts; readonly settings: PolicySettings },
  parts: LineParts,
): Promise<Passage> {
  const verdict = judge(await caseOf(call, facts, parts), settings);
  return verdict.decision === "deny" ? { type: "shut", text: noText(verdict) } : passage;
}

async function asked(
  call: ToolCallBlock,
  verdict: Verdict,
  { facts, signal }: { readonly facts: GateFacts; readonly signal: AbortSignal },
  parts: LineParts,
): Promise<Passage> {
  const request = await requestOf(call, verdict, facts, parts);
  const sessionId = facts.log.session.id;
  const rule = await parts.approvals.standing.find(request, sessionId);
  if (rule) return { type: "open", approval: rule.id };
  const resume = facts.pause();
  try {
    const { approvalTimeoutMs: timeoutMs } = facts.agent;
    const decision = await parts.approvals.ask(facts.callKey(call.id), request, { timeoutMs, signal, sessionId });
    return passageOf(call, decision);
  } catch (thrown) {
    // The run is over; whoever stopped it is told by the run itself.
    if (isFault(thrown) && !signal.aborted) return { type: "shut", text: thrown.message };
    throw thrown;
  } finally {
    await resume();
  }
}

function passageOf(call: ToolCallBlock, decision: ApprovalDecision): Passage {
  if (decision.type !== "allowed") return { type: "shut", text: refusedText(call.name, decision) };
  const approval = `${decision.by} on ${decision.channel}`;
  if (decision.input === undefined) return { type: "open", approval };
  return { type: "open", approval, input: decision.input, note: changedText(call.name, decision) };
}

function noText({ reason, hint }: Verdict): string {
  return hint ? `${reason} ${hint}` : reason;
}

async function requestOf(
  call: ToolCallBlock,
  verdict: Verdict,
  { message, authority, runId, sessionKey, agent, log }: GateFacts,
  parts: LineParts,
): Promise<ApprovalRequest> {
  const tool = parts.policyTool(call.name);
  return {
    ...{ kind: "tool", name: call.name, preview: await parts.preview(call), input: call.input, reason: verdict.reason },
    ...{ agent: agent.id, sessionKey, runId, callId: call.id, channel: message.channel, audience: authority.audience },
    covers: tool.effects.executes ? "exact" : "any",
    marks: log.session.marks ?? [],
  };
}

function withOnly(policy: PolicySettings, only: readonly string[] | undefined): PolicySettings {
  const list: ToolRules = { allow: only };
  return only ? { ...policy, lists: [...policy.lists, list] } : policy;
}

function plainCase(
  name: string,
  { message, authority, sessionKey, agent, log }: GateFacts,
  parts: LineParts,
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

async function caseOf(call: ToolCallBlock, facts: GateFacts, parts: LineParts): Promise<PolicyCase> {
  const plain = plainCase(call.name, facts, parts);
  const { command, address } = parts.policyTool(call.name).fields ?? {};
  const text = fieldOf(call.input, command);
  const verdict = typeof text === "string" ? await parts.judgeCommand(text, plain) : undefined;
  const reads = (name: string): boolean => readsOnly(parts.policyTool(name));
  const isTold = plain.marks.length > 0 && address !== undefined;
  return {
    ...plain,
    input: call.input,
    command: verdict,
    madeUpAddress: isTold ? madeUpAddress(fieldOf(call.input, address), facts.log.entries(), reads) : undefined,
  };
}

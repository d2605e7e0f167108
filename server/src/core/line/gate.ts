// The gate of one run's tool calls: whether each may be made, what is kept of it, and what is kept before the first change.
import { type ApprovalRequest, type Owner, type ToolCallBlock, toFault } from "@homarus/sdk";
import type { CallGate } from "../agent/calls.ts";
import type { Touched } from "../provenance/touched.ts";
import type { GateFacts } from "./gate-facts.ts";
import type { LineParts } from "./parts.ts";
import { isOfferedTo, ruleOn } from "./ruling.ts";
import { createSeal } from "./seal.ts";

export interface RunGate extends CallGate {
  isOffered(tool: string): boolean;
  /** How a call reaches the owner; undefined where nobody waits for the run. */
  owner(call: ToolCallBlock, signal: AbortSignal): Owner | undefined;
  /** Where a call says what it touched. */
  touched(callId: string): Touched;
}

export function openGate(facts: GateFacts, parts: LineParts): RunGate {
  const seals = createSeal(facts, parts);
  const keepState = onceBeforeChanges(facts, parts);
  return {
    isOffered: (name) => isOfferedTo(name, facts, parts),
    touched: seals.touched,
    owner: (call, signal) => (facts.authority.isUnattended ? undefined : ownerFor(call, { facts, signal }, parts)),
    seal: seals.seal,
    async pass(call, signal, emit) {
      await parts.fileMarks.load();
      const onAsk = () => emit({ type: "progress", about: "approval", text: `I wait for your yes to ${call.name}.` });
      const ruling = await ruleOn(call, { facts, signal, onAsk }, parts);
      if (ruling.type === "open") await keepState(call, signal);
      return ruling;
    },
  };
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

// What the audit keeps of an approval: who asked for what, who decided, and where.
import type { Approval, ApprovalDecision, AuditRecord } from "@homarus/sdk";

export function requestRecord({ id, request, createdAt, expiresAt }: Approval): AuditRecord {
  const { kind, name, preview, reason, agent, sessionKey, runId, callId, channel } = request;
  return {
    ...{ type: "approval-asked", at: createdAt, actor: `agent ${agent}`, action: `${kind} ${name}` },
    ...{ agent, sessionKey, runId, callId },
    detail: { approval: id, preview, reason, channel, expiresAt },
  };
}

export function decisionRecord({ id, request }: Approval, decision: ApprovalDecision): AuditRecord {
  const { kind, name, input, agent, sessionKey, runId, callId } = request;
  const { type, scope, by, channel, at, note } = decision;
  return {
    ...{ type: "approval-decided", at, actor: by, action: `${type} ${kind} ${name}` },
    ...{ agent, sessionKey, runId, callId },
    detail: {
      ...{ approval: id, decision: type, scope, channel, tool: name, params: input },
      ...(decision.input === undefined ? {} : { changedTo: decision.input }),
      ...(note === undefined ? {} : { note }),
    },
  };
}

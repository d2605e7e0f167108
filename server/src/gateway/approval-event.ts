// The house's own questions as clients of the protocol know them: a command is an exec approval, all else a plugin's.
import type { Approval as HouseApproval, HouseEvent } from "@homarus/sdk";
import type { ApprovalKind, Decision } from "./approvals.ts";
import type { Audience } from "./audience.ts";

export interface ClientApproval {
  readonly id: string;
  readonly kind: ApprovalKind;
  readonly request: Readonly<Record<string, unknown>>;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** Longest title and description of a plugin's approval. Source: release 2026.5.7. */
const longestTitle = 80;
const longestDescription = 512;

export function clientApproval({ id, code, request, createdAt, expiresAt }: HouseApproval): ClientApproval {
  const { kind, name, preview, input, reason, agent, sessionKey, callId, channel, marks } = request;
  const times = { createdAtMs: createdAt, expiresAtMs: expiresAt };
  const whose = { agentId: agent, sessionKey, turnSourceChannel: channel };
  const own = { homarus: { code, kind, name, input, reason, preview, marks } };
  const command = (input as { readonly command?: unknown } | null)?.command;
  if (kind === "tool" && typeof command === "string")
    return {
      ...{ id, kind: "exec", ...times },
      request: { command, host: "gateway", warningText: reason, ...whose, ...own },
    };
  const title = kind === "question" ? "The agent asks you" : `May I use ${name}?`;
  const description = `${preview}\n${reason}`;
  return {
    ...{ id, kind: "plugin", ...times },
    request: {
      ...{ title: title.slice(0, longestTitle), description: description.slice(0, longestDescription) },
      ...{ severity: "warning", toolName: name, toolCallId: callId, pluginId: "homarus", ...whose, ...own },
    },
  };
}

export function clientDecision({ decision }: HouseApproval): Decision | null | undefined {
  if (!decision) return undefined;
  if (decision.type === "expired") return null;
  if (decision.type === "denied") return "deny";
  return decision.scope === "always" ? "allow-always" : "allow-once";
}

type ApprovalEvent = Extract<HouseEvent, { readonly type: "approval-requested" | "approval-decided" }>;

export function tellApproval({ type, approval }: ApprovalEvent, audience: Audience): void {
  const { kind, ...rest } = clientApproval(approval);
  const to = { guard: "operator.approvals", dropIfSlow: true } as const;
  if (type === "approval-requested") {
    audience.tell(`${kind}.approval.requested`, JSON.stringify(rest), to);
    return;
  }
  const decision = clientDecision(approval);
  const { by: resolvedBy, at: ts } = approval.decision ?? {};
  // What nobody decided is over by its time; clients know that by themselves.
  if (decision !== null)
    audience.tell(
      `${kind}.approval.resolved`,
      JSON.stringify({ id: rest.id, decision, resolvedBy, ts, request: rest.request }),
      to,
    );
}

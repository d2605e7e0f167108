// A command that the house will not run without its owner: the question goes to the editor whose session it concerns,
// and the answer back. Whoever answers first, here or elsewhere, has answered.
import {
  methods,
  type PermissionOption,
  type RequestPermissionRequest,
  type RequestPermissionResponse,
  type ToolCallUpdate,
} from "@agentclientprotocol/sdk";
import type { EventFrame } from "@homarus/sdk/client";
import type { Link } from "./link.ts";
import type { OpenSession } from "./open-session.ts";
import type { ApprovalRequested } from "./wire.ts";

const decisions = ["allow-once", "allow-always", "deny"] as const;
type Decision = (typeof decisions)[number];

const options: PermissionOption[] = [
  { optionId: "allow-once", name: "Allow once", kind: "allow_once" },
  { optionId: "allow-always", name: "Always allow", kind: "allow_always" },
  { optionId: "deny", name: "Refuse", kind: "reject_once" },
];

export interface ApprovalParts {
  readonly link: Pick<Link, "request">;
  readonly find: (sessionKey: string) => OpenSession | undefined;
  readonly ask: (
    method: typeof methods.client.session.requestPermission,
    params: RequestPermissionRequest,
    options: { readonly cancellationSignal: AbortSignal; readonly stopWaitingOnCancel: true },
  ) => Promise<RequestPermissionResponse>;
  readonly log: (text: string) => void;
}

export interface Approvals {
  see(event: EventFrame): void;
}

export function createApprovals(parts: ApprovalParts): Approvals {
  const asked = new Map<string, AbortController>();

  const ask = async ({ id, request, expiresAtMs }: ApprovalRequested, session: OpenSession): Promise<void> => {
    const controller = new AbortController();
    asked.set(id, controller);
    // Nobody tells when the time of a question is over: it is taken back by the clock.
    const late = expiresAtMs === undefined ? undefined : setTimeout(() => controller.abort(), expiresAtMs - Date.now());
    try {
      const decision = await decide({ id, request }, session, controller.signal, parts);
      if (!controller.signal.aborted) await parts.link.request("exec.approval.resolve", { id, decision });
    } finally {
      clearTimeout(late);
      asked.delete(id);
    }
  };

  return {
    see({ event, payload }) {
      if (event === "exec.approval.resolved") asked.get((payload as { id: string }).id)?.abort();
      if (event !== "exec.approval.requested") return;
      const requested = payload as ApprovalRequested;
      const session = parts.find(requested.request.sessionKey ?? "");
      if (!session || asked.has(requested.id)) return;
      // Answered elsewhere, or an editor that cannot ask: the question stays open for others, or ends by its time.
      ask(requested, session).catch((thrown: unknown) => parts.log(`approval: ${(thrown as Error).message}`));
    },
  };
}

async function decide(
  { id, request }: ApprovalRequested,
  session: OpenSession,
  cancellationSignal: AbortSignal,
  parts: ApprovalParts,
): Promise<Decision> {
  const { command = "", cwd } = request;
  const going = session.openCall(
    (name, args) => name === "exec" && (args as { command?: unknown })?.command === command,
  );
  const toolCall: ToolCallUpdate = {
    toolCallId: going ?? `approval:${id}`,
    title: `Run ${command}`,
    kind: "execute",
    status: "pending",
    rawInput: { command, ...(cwd ? { cwd } : {}) },
  };
  let decision: Decision = "deny";
  try {
    const { outcome } = await parts.ask(
      methods.client.session.requestPermission,
      { sessionId: session.facts.id, toolCall, options },
      { cancellationSignal, stopWaitingOnCancel: true },
    );
    if (outcome.outcome === "selected") decision = decisions.find((item) => item === outcome.optionId) ?? "deny";
    return decision;
  } finally {
    // A call that exists for the question only is over with it.
    if (going === undefined) {
      const status = decision === "deny" ? "failed" : "completed";
      session.tell({ sessionUpdate: "tool_call_update", toolCallId: toolCall.toolCallId, status });
    }
  }
}

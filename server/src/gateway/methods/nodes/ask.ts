// A node says that its command needs an approval. Where somebody else is connected who may decide, they are asked, and
// the command is handed to the node again with their yes. A caller who is alone gets the node's answer and asks by itself
// (`exec.approval.request`).
import { Approvals } from "../../approvals.ts";
import { allows } from "../../caller.ts";
import type { Caller, Door } from "../../door.ts";
import { failed, type Invoked, Invokes, type Wish } from "./invokes.ts";
import { type LiveNode, liveNode } from "./live.ts";
import { argvOf, type RunParams, textOf, withApproval } from "./run-approval.ts";

interface Asking {
  readonly door: Door;
  readonly caller: Caller;
  readonly node: LiveNode;
  readonly wish: Wish;
  /** Unix ms; the caller waits no longer. */
  readonly until: number;
}

/** The words stand in the message because nodes of the peer put them there, under the code of any trouble. */
export function wantsApproval(end: Invoked): boolean {
  return !end.ok && end.error.message?.startsWith("SYSTEM_RUN_DENIED: approval required") === true;
}

/** `refused` is the node's first answer: it stands when nobody is there, or nobody decides in time. */
export async function askAndRun(refused: Invoked, asking: Asking): Promise<Invoked> {
  const { door, caller, node, wish, until } = asking;
  const leftMs = until - door.clock.now();
  if (leftMs <= 0 || !hasDecider(door, caller)) return refused;
  const params = wish.params as RunParams;
  const approvals = door.part(Approvals);
  const id = crypto.randomUUID();
  const approval = approvals.ask("exec", id, requestOf(params, node), leftMs);
  if (!approval) return refused;
  const { decision, resolvedBy } = (await approvals.wait(id)) ?? approval;
  if (decision === "deny") return failed("UNAVAILABLE", `SYSTEM_RUN_DENIED: denied by ${resolvedBy ?? "its owner"}`);
  if (!decision || !approvals.use(id)) return refused;
  // Nothing is run for somebody who has gone, nor on a node that is no longer there.
  if (caller.member && !door.audience.has(caller.member)) return refused;
  const now = liveNode(door, node.nodeId);
  if (!now) return failed("NOT_CONNECTED", "node not connected");
  const timeoutMs = Math.max(1, until - door.clock.now());
  const { idempotencyKey: _spent, ...rest } = wish;
  return door
    .part(Invokes)
    .send(now, { ...rest, timeoutMs, params: withApproval({ ...params, runId: id }, decision) }, () => undefined);
}

function hasDecider(door: Door, caller: Caller): boolean {
  return door.audience
    .everyone()
    .some(
      (member) =>
        member !== caller.member && member.role === "operator" && allows(member.granted, "operator.approvals"),
    );
}

function requestOf(params: RunParams, { nodeId }: LiveNode): Record<string, unknown> {
  const { cwd, agentId, sessionKey, env } = params;
  const names = typeof env === "object" && env !== null ? { envKeys: Object.keys(env).sort() } : {};
  const where = { cwd: cwd ?? null, agentId: agentId ?? null, sessionKey: sessionKey ?? null };
  return { command: textOf(params), commandArgv: argvOf(params), host: "node", nodeId, ...where, ...names };
}

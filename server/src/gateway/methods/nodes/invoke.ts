// node.invoke: hands a command to a connected node and gives its answer; node.invoke.result brings it. Beside them the
// rules that a node keeps for itself, which are read and written by the same road.
import type { Door } from "../../door.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { isRulesCommand, notAllowed } from "./allowed.ts";
import { askAndRun, wantsApproval } from "./ask.ts";
import { Foreground } from "./foreground.ts";
import { type Invoked, Invokes, type NodeError, type Wish } from "./invokes.ts";
import { type LiveNode, liveNode } from "./live.ts";
import { Once } from "./once.ts";
import { checkedRun } from "./run-approval.ts";
import type * as params from "./shapes.ts";

const timeoutDefaultMs = 30_000;
/** Longer timers fire at once. */
const timeoutMostMs = 2 ** 31 - 1;

function invoke(input: ParamsOf<typeof params.invoke>, call: Call): Promise<unknown> {
  const nodeId = input.nodeId.trim();
  const command = input.command.trim();
  if (nodeId === "" || command === "") throw invalid("nodeId and command required");
  if (isRulesCommand(command))
    throw invalid("node.invoke does not allow system.execApprovals.*; use exec.approvals.node.*", { command });
  const key = JSON.stringify([nodeId, command, input.idempotencyKey]);
  return call.door.part(Once).run(key, (begun) => carry({ ...input, nodeId, command }, call, begun));
}

async function carry(input: ParamsOf<typeof params.invoke>, call: Call, begun: () => void): Promise<unknown> {
  const { door, caller } = call;
  const { nodeId, command, idempotencyKey } = input;
  const node = await nodeFor(command, nodeId, door);
  const passed = command === "system.run" ? checkedRun(input.params, nodeId, caller, door) : input.params;
  const timeoutMs = Math.min(input.timeoutMs || timeoutDefaultMs, timeoutMostMs);
  const wish: Wish = { command, params: passed, timeoutMs, idempotencyKey };
  const until = door.clock.now() + timeoutMs;
  let end = await door.part(Invokes).send(node, wish, begun);
  if (command === "system.run" && wantsApproval(end)) end = await askAndRun(end, { door, caller, node, wish, until });
  if (!end.ok) throw door.part(Foreground).queued(node, wish, end.error) ?? unavailable(end.error);
  return { ok: true, nodeId, command, payload: end.payload, payloadJSON: end.payloadJSON };
}

/** The connected node, if it may be asked for this. */
async function nodeFor(command: string, nodeId: string, door: Door): Promise<LiveNode> {
  const record = await door.keeper.devices.find(nodeId);
  const node = liveNode(door, nodeId);
  if (!node) throw unavailable({ code: "NOT_CONNECTED", message: "node not connected" });
  const refused = notAllowed(command, { node, record, rules: door.settings.nodes });
  if (refused) throw invalid(refused.message, { reason: refused.reason, command });
  return node;
}

function unavailable(error: NodeError): Refusal {
  const { code, message } = error;
  const details = { ...(code && { code }), nodeError: error };
  return new Refusal({ code: "UNAVAILABLE", message: message || "node invoke failed", details });
}

/** A node answers in its own name alone. What nobody waits for any longer does no harm. */
function result(input: ParamsOf<typeof params.result>, { door, caller }: Call): unknown {
  if (caller.deviceId !== input.nodeId) throw invalid("nodeId mismatch");
  const invokes = door.part(Invokes);
  const asked = invokes.nodeOf(input.id);
  if (asked === undefined) {
    door.house.log.debug("gateway.node-answered-late", { node: input.nodeId, id: input.id });
    return { ok: true, ignored: true };
  }
  if (asked !== input.nodeId) throw invalid("nodeId mismatch");
  invokes.answer(input);
  return { ok: true };
}

/** Source: release 2026.9. */
const longestChunk = 16_384;

/** Answers come whole here: whoever asked reads them at the end. */
function progress(input: ParamsOf<typeof params.progress>, { caller }: Call): unknown {
  if (caller.deviceId !== input.nodeId) throw invalid("nodeId mismatch");
  if (Buffer.byteLength(input.chunk) > longestChunk) throw invalid("progress chunk too large");
  return { ok: true, ignored: true };
}

async function rules(command: string, nodeId: string, given: unknown, { door }: Call): Promise<unknown> {
  const node = await nodeFor(command, nodeId, door);
  const wish = { command, params: given, timeoutMs: timeoutDefaultMs };
  const end: Invoked = await door.part(Invokes).send(node, wish, () => undefined);
  if (!end.ok) throw unavailable(end.error);
  return end.payload;
}

function rulesGet(input: ParamsOf<typeof params.one>, call: Call): Promise<unknown> {
  return rules("system.execApprovals.get", input.nodeId.trim(), {}, call);
}

function rulesSet({ nodeId, ...given }: ParamsOf<typeof params.rulesSet>, call: Call): Promise<unknown> {
  return rules("system.execApprovals.set", nodeId.trim(), given, call);
}

function noCanvas(): never {
  const message = "this build shows nothing on a node's canvas: there is no canvas host and no plugin surface";
  throw new Refusal({ code: "UNAVAILABLE", message });
}

/** The words by which a node learns that it need not try again. */
function unknown(method: string): () => never {
  return () => {
    throw invalid(`unknown method: ${method}`);
  };
}

const notTaken = ["node.pluginTools.update", "node.skills.update", "node.runnerInventory.update"];

export const handlers: Group["handlers"] = {
  ...{ "node.invoke": invoke, "node.invoke.result": result, "node.invoke.progress": progress },
  ...{ "exec.approvals.node.get": rulesGet, "exec.approvals.node.set": rulesSet },
  ...{ "node.canvas.capability.refresh": noCanvas, "node.pluginSurface.refresh": noCanvas },
  ...Object.fromEntries(notTaken.map((method) => [method, unknown(method)])),
};

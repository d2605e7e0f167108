// node.pending.*: an operator leaves work for a node, and the node takes it when it is there.
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import { notAllowed } from "./allowed.ts";
import { Foreground } from "./foreground.ts";
import { liveNode } from "./live.ts";
import type * as params from "./shapes.ts";
import { PendingWork } from "./work.ts";

async function enqueue(input: ParamsOf<typeof params.enqueue>, { door }: Call): Promise<unknown> {
  const nodeId = input.nodeId.trim();
  const record = await door.keeper.devices.find(nodeId);
  if (!record?.roles.includes("node")) throw invalid("unknown nodeId");
  // Nothing here can wake a device that sleeps.
  return { nodeId, ...door.part(PendingWork).add({ ...input, nodeId }), wakeTriggered: false };
}

function drain(input: ParamsOf<typeof params.drain>, call: Call): unknown {
  const nodeId = callerNode(call);
  return { nodeId, ...call.door.part(PendingWork).drain(nodeId, input.maxItems) };
}

/** What is no longer allowed is no longer handed out. */
async function pull(_input: unknown, call: Call): Promise<unknown> {
  const { door } = call;
  const nodeId = callerNode(call);
  const record = await door.keeper.devices.find(nodeId);
  const node = liveNode(door, nodeId);
  const rules = door.settings.nodes;
  const actions = door
    .part(Foreground)
    .waiting(nodeId)
    .filter(({ command }) => node && !notAllowed(command, { node, record, rules }))
    .map(({ key: _key, ...action }) => action);
  return { nodeId, actions };
}

function ack(input: ParamsOf<typeof params.ack>, call: Call): unknown {
  const nodeId = callerNode(call);
  const ackedIds = [...new Set(input.ids.map((id) => id.trim()))].filter((id) => id !== "");
  return { nodeId, ackedIds, remainingCount: call.door.part(Foreground).take(nodeId, ackedIds) };
}

function callerNode({ caller }: Call): string {
  if (caller.deviceId === undefined) throw invalid("nodeId required");
  return caller.deviceId;
}

export const handlers: Group["handlers"] = {
  ...{ "node.pending.enqueue": enqueue, "node.pending.drain": drain },
  ...{ "node.pending.pull": pull, "node.pending.ack": ack },
};

// Nodes that are connected at this moment, under the id of their device.
import type { Member } from "../../audience.ts";
import type { Door } from "../../door.ts";
import type { Introduction } from "../../handshake/introduction.ts";

export interface LiveNode {
  readonly nodeId: string;
  readonly member: Member;
  readonly introduction: Introduction;
}

/** A device that is connected twice counts with its newest connection: the older one may be dead without knowing. */
export function liveNodes(door: Door): ReadonlyMap<string, LiveNode> {
  const newest = new Map<string, LiveNode>();
  for (const member of door.audience.nodes()) {
    const { deviceId: nodeId, introduction } = member;
    if (nodeId === undefined || introduction === undefined) continue;
    const known = newest.get(nodeId);
    if (!known || known.introduction.at <= introduction.at) newest.set(nodeId, { nodeId, member, introduction });
  }
  return newest;
}

export function liveNode(door: Door, nodeId: string): LiveNode | undefined {
  return liveNodes(door).get(nodeId);
}

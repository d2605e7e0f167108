// Nodes that asked for what is said in a session: they get its `agent` and `chat` events, which nodes otherwise do not
// hear. Made when the first one asks.
import type { Member } from "../../audience.ts";
import type { Door } from "../../door.ts";

const mostPerNode = 64;

export class ChatFollowers {
  readonly #sessions = new Map<string, Set<Member>>();

  constructor(door: Door) {
    door.onLeave((member) => this.#left(member));
    door.teller.onWords = (sessionKey, event, payload, told) => {
      const members = this.#sessions.get(sessionKey);
      if (members) door.audience.tellOnly(members, event, payload, told);
    };
  }

  /** False when this node follows too many already. */
  follow(member: Member, sessionKey: string): boolean {
    const members = this.#sessions.get(sessionKey) ?? new Set();
    const count = [...this.#sessions.values()].filter((item) => item.has(member)).length;
    if (!members.has(member) && count >= mostPerNode) return false;
    this.#sessions.set(sessionKey, members.add(member));
    return true;
  }

  leave(member: Member, sessionKey: string): void {
    const members = this.#sessions.get(sessionKey);
    members?.delete(member);
    if (members?.size === 0) this.#sessions.delete(sessionKey);
  }

  #left(member: Member): void {
    for (const key of [...this.#sessions.keys()]) this.leave(member, key);
  }
}

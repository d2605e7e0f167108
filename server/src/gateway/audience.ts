// Who hears which event. Clients of the same rights form one class with one topic and one counter: an event is
// serialised once, numbered once per class and published in one call, and no client sees a gap it cannot explain.
import { allows, type Role, type Scope } from "./caller.ts";
import { endEvent, openEvent } from "./frames/codec.ts";
import type { Listener, Socket } from "./house.ts";
import { closeCodes, limits } from "./settings.ts";

/** Rights an event asks for; undefined lets every client hear it, nodes included. */
export type Guard = Extract<Scope, "operator.read" | "operator.approvals" | "operator.pairing"> | undefined;

export interface Told {
  readonly guard?: Guard;
  /** May be skipped for a client that does not keep up. */
  readonly dropIfSlow?: boolean;
  readonly stateVersion?: string;
}

/** A member of the audience; the connection keeps it. */
export interface Member {
  readonly socket: Socket;
  readonly role: Role;
  readonly granted: number;
}

interface Class {
  readonly topic: string;
  readonly role: Role;
  readonly granted: number;
  readonly members: Set<Member>;
  seq: number;
}

/** A member with more unsent bytes than this leaves its topic and is looked at before each event. */
const slowBytes = 1024 * 1024;

export class Audience {
  readonly #classes = new Map<string, Class>();
  readonly #slow = new Set<Member>();
  #listener: Listener | undefined;
  #unswept = 0;

  publishThrough(listener: Listener): void {
    this.#listener = listener;
  }

  get size(): number {
    let size = 0;
    for (const item of this.#classes.values()) size += item.members.size;
    return size;
  }

  join(member: Member): void {
    const item = this.#classOf(member);
    item.members.add(member);
    member.socket.join(item.topic);
  }

  leave(member: Member): void {
    this.#slow.delete(member);
    this.#classOf(member).members.delete(member);
  }

  /** Tells an event to all whose rights reach it. `payload` is JSON text. */
  tell(event: string, payload: string, told: Told = {}): void {
    if (this.#listener === undefined) return;
    this.#sweep(payload.length);
    const opened = openEvent(event, payload, told.stateVersion);
    for (const item of this.#classes.values()) {
      if (item.members.size === 0 || !hears(item, told.guard)) continue;
      item.seq += 1;
      const frame = endEvent(opened, item.seq);
      this.#listener.publish(item.topic, frame);
      if (this.#slow.size > 0) this.#tellSlow(item, frame, told.dropIfSlow === true);
    }
  }

  /** The client has taken what was waiting: back to its topic. */
  drained(member: Member): void {
    if (!this.#slow.has(member) || member.socket.bufferedBytes() > slowBytes / 2) return;
    this.#slow.delete(member);
    member.socket.join(this.#classOf(member).topic);
  }

  everyone(): Member[] {
    return [...this.#classes.values()].flatMap((item) => [...item.members]);
  }

  /** Publishing cannot see one client's buffer, so all are looked at each time a mebibyte has gone out. */
  #sweep(bytes: number): void {
    this.#unswept += bytes;
    if (this.#unswept < slowBytes) return;
    this.#unswept = 0;
    for (const item of this.#classes.values()) {
      for (const member of item.members) {
        if (this.#slow.has(member) || member.socket.bufferedBytes() <= slowBytes) continue;
        this.#slow.add(member);
        member.socket.leave(item.topic);
      }
    }
  }

  #tellSlow(item: Class, frame: string, dropIfSlow: boolean): void {
    for (const member of this.#slow) {
      if (!item.members.has(member)) continue;
      if (member.socket.bufferedBytes() + frame.length <= limits.maxBuffered) member.socket.send(frame);
      else if (!dropIfSlow) member.socket.close(closeCodes.policy, "slow consumer");
    }
  }

  #classOf(member: Member): Class {
    const topic = `${member.role}:${member.granted}`;
    const known = this.#classes.get(topic);
    if (known) return known;
    const made: Class = { topic, role: member.role, granted: member.granted, members: new Set(), seq: 0 };
    this.#classes.set(topic, made);
    return made;
  }
}

function hears(item: Class, guard: Guard): boolean {
  if (guard === undefined) return true;
  return item.role === "operator" && allows(item.granted, guard);
}

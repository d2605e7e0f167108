// Who hears which event. Clients of the same wire and rights form one class with one topic and one counter: an event is
// serialised once, numbered once per class and published in one call, and no client sees a gap it cannot explain.
import { allows, type Role, type Scope } from "./caller.ts";
import type { Introduction } from "./handshake/introduction.ts";
import type { Listener, Socket } from "./house.ts";
import type { KeyWatch } from "./key-watch.ts";
import { closeCodes, limits } from "./settings.ts";
import type { Protocol, Wire } from "./wire.ts";

/** Rights an event asks for; undefined lets every client hear it, nodes included. */
export type Guard = Exclude<Scope, "operator.admin"> | undefined;

/** JSON text; or a function that gives it, where the protocols differ. Asked at most once for each protocol. */
export type Payload = string | ((protocol: Protocol) => string);

export interface Told {
  readonly guard?: Guard;
  /** May be skipped for a client that does not keep up. */
  readonly dropIfSlow?: boolean;
  readonly stateVersion?: string;
  /** The newest protocol alone knows the event. */
  readonly since?: Protocol;
  /** Nodes hear it too, whatever the guard says of operators. */
  readonly nodes?: boolean;
}

/** A member of the audience; the connection keeps it. */
export interface Member {
  readonly socket: Socket;
  readonly wire: Wire;
  readonly role: Role;
  readonly granted: number;
  /** It is no socket of the machine: topics do not reach it, and it is told by itself. */
  readonly isDirect?: true;
  /** The device behind it, where one has proven itself. */
  readonly deviceId?: string | undefined;
  /** The key that it came in by. */
  readonly keyId?: string | undefined;
  /** What it said of itself, where it is a node. */
  readonly introduction?: Introduction | undefined;
}

interface Class {
  readonly topic: string;
  readonly wire: Wire;
  readonly role: Role;
  readonly granted: number;
  readonly members: Set<Member>;
  seq: number;
}

/** A member with more unsent bytes than this leaves its topic and is looked at before each event. */
const slowBytes = 1024 * 1024;

export class Audience {
  readonly #classes = new Map<string, Class>();
  /** Those who are looked at one by one: who do not keep up, and who are no sockets. */
  readonly #single = new Set<Member>();
  #listener: Listener | undefined;
  #unswept = 0;
  readonly #redact: (payload: string) => string;
  readonly #keys: Pick<KeyWatch, "joined" | "left"> | undefined;

  /** `redact` takes out of each event what no client may read. `keys` sends away who came by a key that is over. */
  constructor(redact: (payload: string) => string = (payload) => payload, keys?: Pick<KeyWatch, "joined" | "left">) {
    this.#redact = redact;
    this.#keys = keys;
  }

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
    if (member.isDirect) this.#single.add(member);
    else member.socket.join(item.topic);
    if (member.keyId !== undefined) this.#keys?.joined(member);
  }

  leave(member: Member): void {
    this.#single.delete(member);
    this.#classOf(member).members.delete(member);
    if (member.keyId !== undefined) this.#keys?.left(member);
  }

  /** Tells an event to all whose rights reach it. */
  tell(event: string, payload: Payload, told: Told = {}): void {
    if (this.#listener === undefined) return;
    const texts = new Texts(event, payload, told.stateVersion, this.#redact);
    if (typeof payload === "string") this.#sweep(payload.length);
    for (const item of this.#classes.values()) {
      if (item.members.size === 0 || !hears(item, told)) continue;
      item.seq += 1;
      const frame = item.wire.end(texts.opened(item.wire), item.seq);
      this.#listener.publish(item.topic, frame);
      if (this.#single.size > 0) this.#tellSingle(item, frame, told.dropIfSlow === true);
    }
    // How long it is was not known before; it counts for the next one.
    if (typeof payload !== "string") this.#unswept += texts.length;
  }

  /** Tells these clients alone, without a number: others must not see a gap. */
  tellOnly(members: Iterable<Member>, event: string, payload: Payload, told: Told = {}): void {
    const texts = new Texts(event, payload, told.stateVersion, this.#redact);
    for (const member of members) {
      if (told.since !== undefined && member.wire.protocol < told.since) continue;
      sendTo(member, member.wire.end(texts.opened(member.wire), undefined), told.dropIfSlow !== false);
    }
  }

  /** The client has taken what was waiting: back to its topic. */
  drained(member: Member): void {
    if (!this.#single.has(member) || member.isDirect || member.socket.bufferedBytes() > slowBytes / 2) return;
    this.#single.delete(member);
    member.socket.join(this.#classOf(member).topic);
  }

  everyone(): Member[] {
    return [...this.#classes.values()].flatMap((item) => [...item.members]);
  }

  /** Connected nodes, oldest connection first within one protocol. */
  nodes(): Member[] {
    return [...this.#classes.values()].flatMap((item) => (item.role === "node" ? [...item.members] : []));
  }

  has(member: Member): boolean {
    return this.#classOf(member).members.has(member);
  }

  /** Publishing cannot see one client's buffer, so all are looked at each time a mebibyte has gone out. */
  #sweep(bytes: number): void {
    this.#unswept += bytes;
    if (this.#unswept < slowBytes) return;
    this.#unswept = 0;
    for (const item of this.#classes.values()) {
      for (const member of item.members) {
        if (this.#single.has(member) || member.socket.bufferedBytes() <= slowBytes) continue;
        this.#single.add(member);
        member.socket.leave(item.topic);
      }
    }
  }

  #tellSingle(item: Class, frame: string, dropIfSlow: boolean): void {
    for (const member of this.#single) if (item.members.has(member)) sendTo(member, frame, dropIfSlow);
  }

  #classOf(member: Member): Class {
    const topic = `${member.wire.name}:${member.role}:${member.granted}`;
    const known = this.#classes.get(topic);
    if (known) return known;
    const { wire, role, granted } = member;
    const made: Class = { topic, wire, role, granted, members: new Set(), seq: 0 };
    this.#classes.set(topic, made);
    return made;
  }
}

/** One event as text, made once for each protocol and way of writing that somebody hears. */
class Texts {
  readonly #event: string;
  readonly #payload: Payload;
  readonly #stateVersion: string | undefined;
  readonly #redact: (payload: string) => string;
  readonly #payloads: [string?, string?] = [];
  #lastOpened: string | undefined;
  #lastWire: Wire | undefined;
  length = 0;

  constructor(event: string, payload: Payload, stateVersion: string | undefined, redact: (payload: string) => string) {
    this.#redact = redact;
    this.#event = event;
    this.#payload = payload;
    this.#stateVersion = stateVersion;
  }

  opened(wire: Wire): string {
    if (this.#lastWire === wire && this.#lastOpened !== undefined) return this.#lastOpened;
    this.#lastWire = wire;
    this.#lastOpened = wire.open(this.#event, this.#payloadFor(wire.protocol), this.#stateVersion);
    this.length = Math.max(this.length, this.#lastOpened.length);
    return this.#lastOpened;
  }

  #payloadFor(protocol: Protocol): string {
    // The same for both protocols where the event is a text: then it is looked through once.
    const index = typeof this.#payload === "string" ? 0 : protocol - 3;
    const text =
      this.#payloads[index] ??
      this.#redact(typeof this.#payload === "string" ? this.#payload : this.#payload(protocol));
    this.#payloads[index] = text;
    return text;
  }
}

function sendTo(member: Member, frame: string, dropIfSlow: boolean): void {
  if (member.socket.bufferedBytes() + frame.length <= limits.maxBuffered) member.socket.send(frame);
  else if (!dropIfSlow) member.socket.close(closeCodes.policy, "slow consumer");
}

function hears(item: Class, told: Told): boolean {
  if (told.since !== undefined && item.wire.protocol < told.since) return false;
  if (item.role === "node") return told.guard === undefined || told.nodes === true;
  return told.guard === undefined || allows(item.granted, told.guard);
}

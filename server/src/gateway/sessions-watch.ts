// Who follows sessions: clients that asked to be told when the list changes, or each message and tool call of one
// session. Made when the first one asks; a gateway without followers does nothing for them.
import type { HouseEvent, RunEvent, Session } from "@homarus/sdk";
import type { Member } from "./audience.ts";
import type { Door } from "./door.ts";
import { historyMessages } from "./methods/chat/history.ts";

interface Followed {
  readonly members: Set<Member>;
  /** The last entry that was told. */
  seq: number;
  sessionId: string;
  /** Tellings stand in a row, so that none overtakes another. */
  work: Promise<void>;
}

export class SessionsWatch {
  readonly #door: Door;
  readonly #list = new Set<Member>();
  readonly #followed = new Map<string, Followed>();

  constructor(door: Door) {
    this.#door = door;
    door.house.watch((event) => this.#heard(event));
    door.onLeave((member) => this.#left(member));
    door.teller.onTool = (sessionKey, payload) => {
      const members = this.#followed.get(sessionKey)?.members;
      if (members) door.audience.tellOnly(members, "session.tool", payload);
    };
  }

  followList(member: Member): void {
    this.#list.add(member);
  }

  leaveList(member: Member): void {
    this.#list.delete(member);
  }

  /** Tells from now on; what stands in the log already is asked for with `chat.history`. */
  async follow(member: Member, sessionKey: string): Promise<void> {
    const known = this.#followed.get(sessionKey);
    if (known) {
      known.members.add(member);
      return;
    }
    const followed: Followed = { members: new Set([member]), seq: 0, sessionId: "", work: Promise.resolve() };
    this.#followed.set(sessionKey, followed);
    followed.work = this.#begin(followed, sessionKey);
    await followed.work;
  }

  leave(member: Member, sessionKey: string): void {
    const followed = this.#followed.get(sessionKey);
    followed?.members.delete(member);
    if (followed?.members.size === 0) this.#followed.delete(sessionKey);
  }

  #left(member: Member): void {
    this.#list.delete(member);
    for (const key of [...this.#followed.keys()]) this.leave(member, key);
  }

  async #begin(followed: Followed, sessionKey: string): Promise<void> {
    const session = await this.#door.house.store.session(sessionKey);
    followed.sessionId = session?.id ?? "";
    followed.seq = session ? await this.#door.house.store.lastSeq(session.id) : 0;
  }

  #heard(event: RunEvent | HouseEvent): void {
    if ("runId" in event) {
      if (
        event.type === "run-start" ||
        event.type === "step-end" ||
        event.type === "tool-end" ||
        event.type === "run-end"
      )
        this.#later(event.sessionKey);
      if (event.type === "run-start" || event.type === "run-end")
        this.#listChanged({ reason: event.type, ...this.#runsOf(event) });
    } else if (event.type === "session-changed") {
      this.#later(event.session.key);
      this.#listChanged({ ...facts(event.session), reason: "changed" });
    } else if (event.type === "session-removed") {
      this.#listChanged({ sessionKey: event.key, reason: "deleted" });
    }
  }

  /** Runs that go on after this event. The run that ends is still among the active ones while that is told. */
  #runsOf({ type, sessionKey, runId }: RunEvent) {
    const going = this.#door.house.runs.active().filter((run) => run.sessionKey === sessionKey);
    const others = going.map((run) => run.runId).filter((id) => id !== runId);
    const activeRunIds = type === "run-end" ? others : [...others, runId];
    return { sessionKey, key: sessionKey, hasActiveRun: activeRunIds.length > 0, activeRunIds };
  }

  #listChanged(payload: Readonly<Record<string, unknown>>): void {
    if (this.#list.size === 0) return;
    const text = JSON.stringify({ ...payload, ts: this.#door.clock.now() });
    this.#door.audience.tellOnly(this.#list, "sessions.changed", text);
  }

  #later(sessionKey: string): void {
    const followed = this.#followed.get(sessionKey);
    if (!followed) return;
    followed.work = followed.work
      .then(() => this.#tellNew(followed, sessionKey))
      .catch((error: unknown) => this.#door.house.log.warn("gateway.follow-failed", { session: sessionKey, error }));
  }

  async #tellNew(followed: Followed, sessionKey: string): Promise<void> {
    const { store } = this.#door.house;
    const session = await store.session(sessionKey);
    if (!session) return;
    if (followed.sessionId !== session.id) Object.assign(followed, { sessionId: session.id, seq: 0 });
    const entries = await store.entries(session.id, { after: followed.seq });
    followed.seq = entries.at(-1)?.seq ?? followed.seq;
    for (const message of historyMessages(session.id, entries)) {
      const place = message.__openclaw as { readonly id: string; readonly seq: number };
      const payload = { sessionKey, message, messageId: place.id, messageSeq: place.seq, sessionId: session.id };
      this.#door.audience.tellOnly(followed.members, "session.message", JSON.stringify(payload), { dropIfSlow: false });
    }
  }
}

function facts(session: Session) {
  return {
    sessionKey: session.key,
    key: session.key,
    sessionId: session.id,
    updatedAt: session.updatedAt,
    ...(session.label === undefined ? {} : { label: session.label }),
  };
}

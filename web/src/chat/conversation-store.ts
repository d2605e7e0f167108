// One conversation over the wire: hears what happens in its session, reads the log when there is news in it, and sends
// what the person writes, again after a drop where it is not known to have arrived.
import type { Gateway } from "../gateway/connection.ts";
import { Store } from "../gateway/store.ts";
import { faultIn, troubleOf } from "../gateway/trouble.ts";
import * as happenings from "./conversation-state.ts";
import { type ConversationState, emptyConversation, endIn, isRunning } from "./conversation-state.ts";
import { type Item, ItemMaker } from "./items.ts";
import { readAgentEvent } from "./live.ts";
import { fieldsOf, followsOn, type Log, lastSeq, readLog } from "./log.ts";
import { keepOutbox, type Outgoing, type Picture, readOutbox, sendParams, write } from "./outbox.ts";

export interface ConversationView {
  readonly items: readonly Item[];
  readonly isRunning: boolean;
  readonly isLoaded: boolean;
  /** The log is being read. */
  readonly isReading: boolean;
  /** The newest answers that came to their end while the page was open, for those who listen. */
  readonly announcements: readonly Announcement[];
  /** Messages that were written since the page was opened. */
  readonly sent: number;
  /** Trouble that the run outlives. */
  readonly trouble: string | undefined;
}

export interface Announcement {
  readonly key: string;
  readonly text: string;
}

export interface ConversationParts {
  readonly gateway: Gateway;
  readonly sessionKey: string;
  readonly drawer: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly newKey: () => string;
  readonly now: () => number;
}

/** Messages read at once: all that is shown at first, and the newest of them after each run. */
const wholeLimit = 200;
const newestLimit = 50;
/** Ms between two drawings while words are streaming. */
const drawEveryMs = 40;
const announcementsKept = 3;
const announcedChars = 1000;

const quiet = { isRunning: false, isLoaded: false, isReading: false, trouble: undefined } as const;

export class Conversation extends Store<ConversationView> {
  readonly #parts: ConversationParts;
  readonly #maker = new ItemMaker();
  #state: ConversationState;
  #announcements: readonly Announcement[] = [];
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #isReading = false;
  #mustReadAgain = false;
  #isSending = false;
  #endsHeard = 0;
  #sent = 0;

  constructor(parts: ConversationParts) {
    super({ ...quiet, items: [], announcements: [], sent: 0 });
    this.#parts = parts;
    this.#state = { ...emptyConversation, outbox: readOutbox(parts.drawer, parts.sessionKey) };
    parts.gateway.onEvent((event) => this.#heard(event.event, event.payload));
    parts.gateway.onOpen((isOpen) => {
      if (isOpen) void this.#sync();
      else this.#now(happenings.dropped(this.#state));
    });
    if (parts.gateway.isOpen()) void this.#sync();
  }

  send(text: string, pictures: readonly Picture[]): void {
    const { newKey, now } = this.#parts;
    this.#sent += 1;
    const afterSeq = this.#state.log === undefined ? undefined : lastSeq(this.#state.log);
    this.#now(happenings.added(this.#state, write({ key: newKey(), text, pictures, at: now() }, afterSeq)));
    void this.#flush();
  }

  stop(): void {
    const { gateway, sessionKey } = this.#parts;
    gateway.request("chat.abort", { sessionKey }).catch((thrown: unknown) => this.#complain("stop", thrown));
  }

  /** Sends a message again that the gateway refused, under the same key. */
  retry(key: string): void {
    this.#now(happenings.changed(this.#state, key, { state: "waiting", problem: undefined, isSettled: false }));
    void this.#flush();
  }

  discard(key: string): void {
    this.#now(happenings.discarded(this.#state, key));
  }

  #heard(event: string, payload: unknown): void {
    if (fieldsOf(payload).sessionKey !== this.#parts.sessionKey) return;
    if (event === "agent") this.#heardAgent(payload);
    if (event === "chat") this.#heardChat(payload);
  }

  #heardAgent(payload: unknown): void {
    const told = readAgentEvent(payload);
    if (told === undefined) return;
    this.#soon(happenings.heardAgent(this.#state, told));
    const isForeign = told.stream === "lifecycle" && !this.#state.outbox.some((item) => item.key === told.runId);
    // The log has what this run answers, or what it took up: only there does it have its place.
    if (isForeign || told.stream === "steered") void this.#read();
  }

  #heardChat(payload: unknown): void {
    const end = endIn(payload);
    if (end === undefined) return;
    this.#endsHeard += 1;
    this.#announce(end.runId, end.state === "aborted" ? "Stopped." : (end.problem ?? end.text));
    this.#now(happenings.ended(this.#state, end));
    void this.#read();
  }

  #announce(key: string, text: string): void {
    if (text === "") return;
    const news = { key, text: text.slice(0, announcedChars) };
    this.#announcements = [...this.#announcements, news].slice(-announcementsKept);
  }

  /** After each hello: first what was missed, then what is still to be sent or was sent into the dark. */
  async #sync(): Promise<void> {
    await this.#read();
    await this.#askActive();
    await this.#flush();
  }

  /** Asked again when a run ended in between, as the answer may be from before. */
  async #askActive(): Promise<void> {
    const { gateway, sessionKey } = this.#parts;
    for (let ends = -1; ends !== this.#endsHeard && gateway.isOpen(); ) {
      ends = this.#endsHeard;
      const answer = await gateway.request("sessions.list", {}).catch((thrown: unknown) => faultIn(thrown));
      const rows = fieldsOf(answer).sessions;
      if (!Array.isArray(rows) || ends !== this.#endsHeard) continue;
      const row = rows.map(fieldsOf).find((item) => item.key === sessionKey);
      this.#now(happenings.toldActive(this.#state, row?.hasActiveRun === true));
    }
  }

  /** Reads the log; when asked meanwhile, once more after. */
  async #read(): Promise<void> {
    this.#mustReadAgain = true;
    if (this.#isReading) return;
    this.#isReading = true;
    this.#draw();
    try {
      while (this.#mustReadAgain && this.#parts.gateway.isOpen()) {
        this.#mustReadAgain = false;
        const over = new Set(this.#state.runs.filter((run) => run.end).map((run) => run.runId));
        const { newest, limit } = await this.#newest();
        this.#now(happenings.loaded(this.#state, { newest, limit, over }));
      }
    } catch (thrown) {
      // After a drop the next hello reads anew; anything else the person has to know.
      this.#complain("read", thrown);
    } finally {
      this.#isReading = false;
      this.#draw();
    }
  }

  async #newest(): Promise<{ newest: Log; limit: number }> {
    const { gateway, sessionKey } = this.#parts;
    const read = async (limit: number) => {
      const newest = readLog(await gateway.request("chat.history", { sessionKey, limit }));
      return { newest, limit };
    };
    if (this.#state.log === undefined) return read(wholeLimit);
    const some = await read(newestLimit);
    return followsOn(this.#state.log, some.newest, newestLimit) ? some : read(wholeLimit);
  }

  /** Sends what waits, one after the other, so that the gateway takes the messages in their order. */
  async #flush(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      for (let next = this.#next(); next !== undefined; next = this.#next()) await this.#sendOne(next);
    } finally {
      this.#isSending = false;
    }
  }

  #next(): Outgoing | undefined {
    if (!this.#parts.gateway.isOpen() || this.#state.log === undefined) return undefined;
    return this.#state.outbox.find((item) => item.state === "waiting" && !item.isSettled);
  }

  async #sendOne(outgoing: Outgoing): Promise<void> {
    const { gateway, sessionKey } = this.#parts;
    const { key } = outgoing;
    this.#now(happenings.changed(this.#state, key, { state: "sending" }));
    try {
      const answer = fieldsOf(await gateway.request("chat.send", sendParams(sessionKey, outgoing)));
      this.#answered(key, answer);
    } catch (thrown) {
      const fault = faultIn(thrown);
      // Not known to have arrived: it is sent again, under its key, when the connection is back.
      const change =
        fault.code === "gateway.disconnected"
          ? ({ state: "waiting" } as const)
          : ({ state: "failed", problem: `${troubleOf(fault).title} ${troubleOf(fault).next}` } as const);
      this.#now(happenings.changed(this.#state, key, change));
      if (change.state === "failed") void this.#read();
    }
  }

  #answered(key: string, { status, aborted }: Readonly<Record<string, unknown>>): void {
    const isOver = status === undefined || status === "ok";
    this.#now(happenings.changed(this.#state, key, { state: "accepted", ...(isOver ? { isSettled: true } : {}) }));
    if (status === undefined) {
      const text = aborted === true ? "Stopped." : "There was nothing to stop.";
      this.#now(happenings.noted(this.#state, { key: `note:${key}`, text, isProblem: false }));
    }
    // What it did before this connection was there to hear stands in the log.
    if (status === "ok" || status === "in_flight") void this.#read();
  }

  #complain(what: string, thrown: unknown): void {
    const fault = faultIn(thrown);
    if (fault.code === "gateway.disconnected" || fault.code === "gateway.closed") return;
    const { title, next } = troubleOf(fault);
    const key = `${what}:${this.#parts.newKey()}`;
    this.#now(happenings.noted(this.#state, { key, text: `${title} ${next}`, isProblem: true }));
  }

  /** Changes and draws at once. */
  #now(state: ConversationState): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    if (state.outbox !== this.#state.outbox) keepOutbox(this.#parts.drawer, this.#parts.sessionKey, state.outbox);
    this.#state = state;
    this.#draw();
  }

  /** Changes, and draws with what else comes in the next moment. */
  #soon(state: ConversationState): void {
    this.#state = state;
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#draw();
    }, drawEveryMs);
  }

  #draw(): void {
    const running = isRunning(this.#state);
    this.set({
      items: this.#maker.itemsOf(this.#state, running),
      isRunning: running,
      isLoaded: this.#state.log !== undefined,
      isReading: this.#isReading,
      announcements: this.#announcements,
      sent: this.#sent,
      trouble: this.#state.runs.findLast((run) => !run.end)?.trouble,
    });
  }
}

// A chat client that loses its line and comes back: it keeps what it has, asks for what it missed, and sends again what
// nobody answered for. It does what a careful client of the protocol does, and notes whatever such a client could not
// make sense of.

export interface Message {
  readonly role: string;
  readonly text: string;
  readonly id: string;
  readonly seq: number;
}

type Fields = Record<string, ReturnType<typeof JSON.parse>>;

interface Ask {
  readonly key: string;
  readonly text: string;
  isTaken: boolean;
}

export interface ReturningClientOptions {
  readonly protocol: 3 | 4;
  readonly token: string;
  readonly sessionKey: string;
  /** Where the gateway is to be reached. */
  readonly port: number;
}

export class ReturningClient {
  readonly transcript: Message[] = [];
  /** What should not have been. */
  readonly oddities: string[] = [];
  readonly asks: Ask[] = [];
  /** Runs whose end was seen live. */
  readonly ends = new Map<string, number>();
  /** Deltas that were put to a text. */
  deltas = 0;
  readonly #options: ReturningClientOptions;
  #line: Line | undefined;
  #cursor: string | undefined;
  #sessionId: string | undefined;
  /** Text in the making, by run. */
  #texts = new Map<string, string>();

  constructor(options: ReturningClientOptions) {
    this.#options = options;
  }

  get sessionKey(): string {
    return this.#options.sessionKey;
  }

  /** Comes in, catches up, and resolves when the line is gone. `ready` is called once it has caught up. */
  async stay(ready: () => void): Promise<void> {
    const line = new Line(this.#options.port);
    this.#line = line;
    this.#texts = new Map();
    const enter = async (): Promise<void> => {
      await this.#hello(line);
      await line.call("sessions.messages.subscribe", { key: this.#options.sessionKey });
      await this.#catchUp(line);
      for (const ask of this.asks) if (!ask.isTaken) this.#send(ask);
      ready();
    };
    enter().catch((thrown: unknown) => {
      // A line that was cut says nothing more; anything else is a finding.
      if (!line.isGone) this.oddities.push(String(thrown));
      line.leave();
    });
    await line.gone;
  }

  leave(): void {
    this.#line?.leave();
  }

  say(key: string, text: string): void {
    const ask = { key, text, isTaken: false };
    this.asks.push(ask);
    this.#send(ask);
  }

  call(method: string, params: unknown): Promise<Fields> {
    if (!this.#line) throw new Error("not connected");
    return this.#line.call(method, params);
  }

  #send(ask: Ask): void {
    const { sessionKey } = this.#options;
    this.#line
      ?.call("chat.send", { sessionKey, message: ask.text, idempotencyKey: ask.key })
      .then((payload) => {
        if (payload.runId !== ask.key) this.oddities.push(`${ask.key} answered with ${JSON.stringify(payload)}`);
        ask.isTaken = true;
      })
      // Not answered: it is sent again when the line is back.
      .catch((thrown: unknown) => thrown instanceof Refused && this.oddities.push(`${ask.key}: ${thrown.message}`));
  }

  async #hello(line: Line): Promise<void> {
    const { protocol, token } = this.#options;
    await line.challenged;
    const answer = await line.call("connect", {
      ...{ minProtocol: protocol, maxProtocol: protocol, role: "operator", auth: { token } },
      client: { id: "cli", version: "1.0.0", platform: "linux", mode: "cli" },
      scopes: ["operator.admin", "operator.read", "operator.write"],
      caps: ["tool-events"],
    });
    if (answer.protocol !== protocol) this.oddities.push(`greeted with protocol ${answer.protocol}`);
  }

  /** Events that come before the answer wait, and those that the answer holds already are left out. */
  async #catchUp(line: Line): Promise<void> {
    const { sessionKey } = this.#options;
    const cursor = this.#cursor === undefined ? {} : { cursor: this.#cursor };
    const history = await line.call("chat.history", { sessionKey, ...cursor });
    if (history.kind === "reset") {
      this.oddities.push("the gateway did not know its own cursor");
      return;
    }
    if (this.#sessionId !== undefined && (history.sessionId ?? this.#sessionId) !== this.#sessionId)
      this.oddities.push("the session became another");
    this.#sessionId = history.sessionId ?? this.#sessionId;
    this.#cursor = history.deltaCursor ?? this.#cursor;
    for (const message of history.messages) this.#add(message, "history");
    const going = history.inFlightRun;
    if (going) this.#texts.set(going.runId, going.text);
    line.listen((name, payload) => {
      const isHeld = going?.runId === payload.runId && payload.seq <= going?.seq && payload.state === "delta";
      if (!isHeld) this.#heard(name, payload);
    });
  }

  #heard(name: string, payload: Fields): void {
    if (payload.sessionKey !== this.#options.sessionKey) return;
    if (name === "session.message") this.#add(payload.message, "event");
    else if (name === "chat" && payload.state === "delta") this.#delta(payload);
    else if (name === "chat" && payload.state !== "status") {
      this.ends.set(payload.runId, (this.ends.get(payload.runId) ?? 0) + 1);
      this.#texts.delete(payload.runId);
    }
  }

  #delta({ runId, message, deltaText, replace }: Fields): void {
    const whole = textOf(message);
    const before = this.#texts.get(runId) ?? "";
    this.deltas += 1;
    // Version 3 says the whole anew each time; in version 4 the pieces have to make up the same.
    const text = this.#options.protocol === 3 ? whole : replace === true ? deltaText : before + deltaText;
    if (text !== whole) this.oddities.push(`pieces make up "${text.slice(-40)}", told was "${whole.slice(-40)}"`);
    this.#texts.set(runId, whole);
  }

  #add(message: Fields, from: string): void {
    const { id, seq } = messageOf(message);
    const last = this.transcript.at(-1)?.seq ?? 0;
    if (seq > last) this.transcript.push(messageOf(message));
    // An event may tell what the history just asked for held already. Another order is none that can be explained.
    else if (from === "history" && this.transcript.every((known) => known.seq !== seq))
      this.oddities.push(`message ${seq} was missing after ${last}`);
    else if (from === "event" && !this.transcript.some((known) => known.id === id))
      this.oddities.push(`message ${seq} came after ${last}`);
  }
}

export function messageOf(message: Fields): Message {
  const { id, seq } = message.__openclaw;
  return { role: message.role, text: textOf(message), id, seq };
}

function textOf(message: Fields): string {
  return (message.content as readonly Fields[]).map((block) => block.text ?? "").join("");
}

/** The gateway said no. */
class Refused extends Error {}

/** One connection: calls, and events kept back until somebody listens. */
class Line {
  readonly gone: Promise<void>;
  readonly challenged: Promise<void>;
  isGone = false;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<string, { resolve(payload: Fields): void; reject(thrown: Error): void }>();
  #kept: [string, Fields][] | undefined = [];
  #listener: ((name: string, payload: Fields) => void) | undefined;
  #count = 0;

  constructor(port: number) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.challenged = promise;
    this.#socket.onmessage = ({ data }) => this.#frame(JSON.parse(String(data)), resolve);
    this.gone = new Promise((end) => {
      this.#socket.onclose = () => {
        this.isGone = true;
        for (const { reject } of this.#waiting.values()) reject(new Error("the line was cut"));
        // Nobody may wait for a greeting that does not come.
        resolve();
        end();
      };
    });
  }

  call(method: string, params: unknown): Promise<Fields> {
    if (this.isGone) return Promise.reject(new Error("the line was cut"));
    const id = `${method}#${++this.#count}`;
    this.#socket.send(JSON.stringify({ type: "req", id, method, params }));
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  listen(listener: (name: string, payload: Fields) => void): void {
    this.#listener = listener;
    for (const [name, payload] of this.#kept ?? []) listener(name, payload);
    this.#kept = undefined;
  }

  leave(): void {
    this.#socket.close();
  }

  #frame(frame: Fields, challenged: () => void): void {
    if (frame.type === "res") {
      const waiting = this.#waiting.get(frame.id);
      this.#waiting.delete(frame.id);
      if (frame.ok) waiting?.resolve(frame.payload);
      else waiting?.reject(new Refused(frame.error.message));
    } else if (frame.event === "connect.challenge") challenged();
    else if (this.#listener) this.#listener(frame.event, frame.payload);
    else this.#kept?.push([frame.event, frame.payload]);
  }
}

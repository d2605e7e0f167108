// Between a client of the Model Context Protocol on standard input and output and the gateway's door for it: messages
// pass as they are. When the gateway was lost, it is found again, and is told what it has to know of the client.

export interface BridgeParts {
  /** A socket to the gateway's door, open. Rejects when there is no gateway. */
  readonly open: () => Promise<WebSocket>;
  /** Gives the client a message. */
  readonly write: (text: string) => void;
  readonly log: (text: string) => void;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly uri?: unknown };
}

/** Source: JSON-RPC 2.0, section 5.1: a code that the server chooses. */
const unavailable = -32_000;
const ownIds = "homarus-bridge:";
const listsChanged = ["tools", "prompts", "resources"].map((kind) => `notifications/${kind}/list_changed`);

export class Bridge {
  readonly #parts: BridgeParts;
  /** What the client asked and was not answered yet. */
  readonly #asked = new Set<string | number>();
  /** How a client of the older protocol introduced itself, and what it follows. */
  #introduction: Message | undefined;
  #isIntroduced = false;
  readonly #followed = new Set<unknown>();
  #socket: WebSocket | undefined;
  /** Messages go in a row. */
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;
  #ownId = 0;
  #wake: () => void = () => undefined;

  constructor(parts: BridgeParts) {
    this.#parts = parts;
  }

  /** A message of the client. */
  hear(text: string): void {
    const message = parsed(text);
    const { id, method } = message;
    if (id !== undefined && method !== undefined) this.#asked.add(id);
    this.#work = this.#work.then(() => this.#pass(text, message));
  }

  /** A message of the client that is not passed on. */
  refuse(code: number, message: string): void {
    this.#parts.write(refusal(null, code, message));
  }

  /** Resolves when all that was asked is answered, or when the time is over. */
  async settled(patienceMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patienceMs);
    this.#wake = () => this.#asked.size === 0 && resolve();
    this.#work.then(() => this.#wake());
    await promise;
    clearTimeout(timer);
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close(1000, "");
  }

  async #pass(text: string, message: Message): Promise<void> {
    try {
      const socket = await this.#ready();
      this.#remember(message);
      socket.send(text);
    } catch (thrown) {
      const { message: reason, hint } = thrown as { readonly message: string; readonly hint?: string };
      this.#parts.log(reason);
      if (message.id !== undefined && message.method !== undefined)
        this.#answer(message.id, [reason, hint].filter(Boolean).join(" "));
    }
  }

  #remember({ method, params, ...message }: Message): void {
    if (method === "initialize") this.#introduction = { ...message, method, ...(params && { params }) };
    if (method === "notifications/initialized") this.#isIntroduced = true;
    if (method === "resources/subscribe") this.#followed.add(params?.uri);
    if (method === "resources/unsubscribe") this.#followed.delete(params?.uri);
  }

  async #ready(): Promise<WebSocket> {
    if (this.#isClosed) throw new Error("The bridge is closing.");
    if (this.#socket?.readyState === WebSocket.OPEN) return this.#socket;
    const socket = await this.#parts.open();
    this.#socket = socket;
    const has = { heard: false };
    socket.onmessage = ({ data }) => {
      has.heard = true;
      this.#told(String(data));
    };
    socket.onclose = ({ reason }) => this.#lost(socket, reason, has.heard);
    this.#introduce(socket);
    return socket;
  }

  /** The gateway that was found again has never heard of the client. */
  #introduce(socket: WebSocket): void {
    if (!this.#introduction) return;
    const send = (message: object): void => socket.send(JSON.stringify({ jsonrpc: "2.0", ...message }));
    send({ ...this.#introduction, id: this.#newId() });
    if (!this.#isIntroduced) return;
    send({ method: "notifications/initialized" });
    for (const uri of this.#followed) send({ id: this.#newId(), method: "resources/subscribe", params: { uri } });
    // It may offer other things than the one before.
    for (const method of listsChanged) this.#parts.write(JSON.stringify({ jsonrpc: "2.0", method }));
  }

  #newId(): string {
    this.#ownId += 1;
    return `${ownIds}${this.#ownId}`;
  }

  #told(text: string): void {
    const { id, method } = parsed(text);
    if (typeof id === "string" && id.startsWith(ownIds)) return;
    this.#parts.write(text);
    if (method === undefined && id !== undefined) this.#settle(id);
  }

  #lost(socket: WebSocket, reason: string, wasGood: boolean): void {
    if (this.#socket !== socket) return;
    this.#socket = undefined;
    const why = reason === "" ? "The connection to the gateway was lost." : `The gateway closed: ${reason}.`;
    for (const id of [...this.#asked]) this.#answer(id, why);
    if (this.#isClosed) return;
    this.#parts.log(why);
    // A client of the older protocol waits to be told of changes. One that was never served would come back for ever.
    if (wasGood && this.#introduction) this.#work = this.#work.then(() => this.#findAgain());
  }

  async #findAgain(): Promise<void> {
    try {
      await this.#ready();
    } catch (thrown) {
      // The next message tries again, and its sender is told.
      this.#parts.log((thrown as Error).message);
    }
  }

  #answer(id: string | number, message: string): void {
    this.#parts.write(refusal(id, unavailable, message));
    this.#settle(id);
  }

  #settle(id: string | number): void {
    this.#asked.delete(id);
    this.#wake();
  }
}

function refusal(id: string | number | null, code: number, message: string): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } });
}

/** What cannot be read passes too: the gateway says what is wrong with it. */
function parsed(text: string): Message {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Message) : {};
  } catch {
    // Said above.
    return {};
  }
}

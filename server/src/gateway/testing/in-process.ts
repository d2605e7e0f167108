// Sockets without a network: what a gateway would hear and say, handed over directly. For tests of many frames.
import type { Handlers, Listen, Socket, SocketSide } from "../house.ts";

/** One client's side. */
export interface Pipe {
  /** Frames that came and were not taken yet. */
  take(): string[];
  send(frame: string | Uint8Array): void;
  /** How the gateway closed it; undefined while it is open. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  /** The client goes. */
  drop(): void;
}

export interface InProcess {
  readonly listen: Listen;
  open(path?: string, headers?: Record<string, string>): Pipe;
}

export function createInProcess(): InProcess {
  const topics = new Map<string, Set<LocalPipe>>();
  let handlers: Handlers | undefined;
  return {
    async listen(_options, given) {
      handlers = given;
      return {
        port: 1,
        publish: (topic, text) => {
          for (const pipe of topics.get(topic) ?? []) pipe.hear(text);
        },
        stop: async () => undefined,
      };
    },
    open(path = "/", headers = {}) {
      const request = new Request(`http://127.0.0.1:1${path}`, { headers: { host: "127.0.0.1:1", ...headers } });
      const side = handlers?.upgrade(request, { address: "127.0.0.1", port: 2 });
      if (!side || side instanceof Response) throw new Error("the upgrade was refused");
      return new LocalPipe(side, topics);
    },
  };
}

class LocalPipe implements Pipe {
  closed: Pipe["closed"];
  readonly #side: SocketSide;
  readonly #topics: Map<string, Set<LocalPipe>>;
  #said: string[] = [];

  constructor(side: SocketSide, topics: Map<string, Set<LocalPipe>>) {
    this.#side = side;
    this.#topics = topics;
    const socket: Socket = {
      send: (text) => this.hear(text),
      close: (code, reason) => this.#end(code, reason),
      bufferedBytes: () => 0,
      join: (topic) => this.#members(topic).add(this),
      leave: (topic) => void this.#members(topic).delete(this),
    };
    side.open(socket);
  }

  /** From the gateway to the client. */
  hear(text: string): boolean {
    if (this.closed) return false;
    this.#said.push(text);
    return true;
  }

  take(): string[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  send(frame: string | Uint8Array): void {
    if (!this.closed) this.#side.message(frame);
  }

  drop(): void {
    this.#end(1006, "");
  }

  #members(topic: string): Set<LocalPipe> {
    const known = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, known);
    return known;
  }

  /** As on a real socket, the other side hears of its end a moment later. */
  #end(code: number, reason: string): void {
    if (this.closed) return;
    this.closed = { code, reason };
    for (const members of this.#topics.values()) members.delete(this);
    queueMicrotask(() => this.#side.close(code, reason));
  }
}

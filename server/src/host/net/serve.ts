// The one port: Bun.serve behind the `Listen` contract of the gateway. It knows sockets, topics and bytes, no frames.
import { Fault } from "@homarus/sdk";
import type { Server, ServerWebSocket } from "bun";

// The contract is stated where it is used (gateway/house.ts); this room may not import the gateway, so boot joins the
// two and the compiler checks that these shapes fit.
interface Socket {
  send(text: string): boolean;
  close(code: number, reason: string): void;
  bufferedBytes(): number;
  join(topic: string): void;
  leave(topic: string): void;
}

interface SocketSide {
  open(socket: Socket): void;
  message(data: string | Uint8Array): void;
  close(code: number, reason: string): void;
  drain?(): void;
}

interface RemotePeer {
  readonly address: string;
  readonly port: number;
  /** Bun ends a request that nothing is heard of for ten seconds; a run may think for longer. */
  keepOpen?(): void;
}

interface Handlers {
  fetch(request: Request, peer: RemotePeer): Response | Promise<Response>;
  upgrade(request: Request, peer: RemotePeer): SocketSide | Response;
}

interface ListenOptions {
  readonly host: string;
  /** 0 lets the machine choose. */
  readonly port: number;
  /** A larger frame closes its socket with 1009. */
  readonly maxPayloadBytes: number;
  /** Above this many unsent bytes a published frame is dropped for that socket; the gateway closes such a socket before. */
  readonly maxBufferedBytes: number;
  /** Absent: plain HTTP. TLS below 1.2 is refused. */
  readonly tls?: Pem;
}

interface Pem {
  readonly cert: string;
  readonly key: string;
}

interface Listener {
  readonly port: number;
  publish(topic: string, text: string): void;
  stop(): Promise<void>;
}

export interface RenewableListener extends Listener {
  /**
   * New connections get this certificate from now on; open ones stay as they are. Throws a Fault when it is not
   * usable: then nothing has changed.
   */
  renew(tls: Pem): void;
}

interface Held {
  readonly side: SocketSide;
}

/** Opens the port. Rejects with a `config` Fault whose hint is the next step when the port cannot be had. */
export async function listen(options: ListenOptions, handlers: Handlers): Promise<RenewableListener> {
  let server = open(options, handlers);
  const port = server.port ?? options.port;
  let { tls } = options;
  /** Servers that listen no more, and still have connections. */
  const former = new Set<Server<Held>>();
  return {
    port,
    publish(topic, text) {
      server.publish(topic, text, false);
      for (const old of former) old.publish(topic, text, false);
    },
    renew(next) {
      probe(options, next);
      // Bun takes a certificate when it opens a port and not later, so the port changes hands: between these two lines
      // nobody listens, and nothing else of this process runs.
      const old = server;
      const forget = () => void former.delete(old);
      former.add(old);
      old.stop(false).then(forget, forget);
      server = reopen({ ...options, port }, [next, tls], handlers);
      tls = next;
    },
    async stop() {
      await Promise.all([server, ...former].map(stop));
    },
  };
}

/** Whether Bun takes the certificate, tried on a port of the machine's choice before the real one is let go. */
function probe(options: ListenOptions, tls: Pem): void {
  const refuse = () => new Response(null, { status: 503 });
  const tried = open({ ...options, host: "127.0.0.1", port: 0, tls }, { fetch: refuse, upgrade: refuse });
  void tried.stop(true);
}

/** A gateway with the old certificate is better than none. */
function reopen(
  options: ListenOptions,
  [next, before]: readonly [Pem, Pem | undefined],
  handlers: Handlers,
): Server<Held> {
  try {
    return open({ ...options, tls: next }, handlers);
  } catch (thrown) {
    if (before === undefined) throw thrown;
    return open({ ...options, tls: before }, handlers);
  }
}

function open(options: ListenOptions, handlers: Handlers): Server<Held> {
  try {
    return Bun.serve<Held>({
      hostname: options.host,
      port: options.port,
      ...(options.tls && { tls: { cert: options.tls.cert, key: options.tls.key } }),
      maxRequestBodySize: options.maxPayloadBytes,
      // Bun shares a port between two servers on request; two houses on one port must be an error.
      reusePort: false,
      fetch: (request, server) => answer(request, server, handlers),
      error: () => Response.json({ ok: false, error: "internal error" }, { status: 500 }),
      websocket: {
        perMessageDeflate: false,
        maxPayloadLength: options.maxPayloadBytes,
        backpressureLimit: options.maxBufferedBytes,
        closeOnBackpressureLimit: false,
        // Seconds without a word, a ping's answer included, after which a peer counts as gone.
        idleTimeout: 120,
        sendPings: true,
        open: (ws) => ws.data.side.open(new BunSocket(ws)),
        message: (ws, data) => ws.data.side.message(data),
        close: (ws, code, reason) => ws.data.side.close(code, reason),
        drain: (ws) => ws.data.side.drain?.(),
      },
    });
  } catch (thrown) {
    throw portFault(options, thrown);
  }
}

function answer(request: Request, server: Server<Held>, handlers: Handlers): Response | Promise<Response> | undefined {
  const ip = server.requestIP(request);
  const keepOpen = () => server.timeout(request, 0);
  const peer = { address: ip?.address ?? "", port: ip?.port ?? 0, keepOpen };
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") return handlers.fetch(request, peer);
  const side = handlers.upgrade(request, peer);
  if (side instanceof Response) return side;
  if (server.upgrade(request, { data: { side } })) return undefined;
  return Response.json({ ok: false, error: "not a valid WebSocket upgrade" }, { status: 400 });
}

class BunSocket implements Socket {
  readonly #ws: ServerWebSocket<Held>;

  constructor(ws: ServerWebSocket<Held>) {
    this.#ws = ws;
  }

  send(text: string): boolean {
    // Bun answers 0 when the frame was dropped, -1 when it waits in the buffer.
    return this.#ws.send(text, false) !== 0;
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  bufferedBytes(): number {
    return this.#ws.getBufferedAmount();
  }

  join(topic: string): void {
    this.#ws.subscribe(topic);
  }

  leave(topic: string): void {
    this.#ws.unsubscribe(topic);
  }
}

/** Clients that were told to go get half a second to say goodbye; then the rest is cut. */
async function stop(server: Server<Held>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, 500);
  });
  await Promise.race([server.stop(false), patience]);
  clearTimeout(timer);
  await server.stop(true);
}

function portFault(options: ListenOptions, thrown: unknown): Fault {
  const code = thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
  const { host, port } = options;
  if (code === "EADDRINUSE") {
    return new Fault("config", "net.port-taken", `Port ${port} on ${host} is already in use.`, {
      cause: thrown,
      hint: "Stop the program that uses it (perhaps a second Homarus), or set another gateway.port.",
    });
  }
  if (code === "EACCES" || code === "EPERM") {
    return new Fault("config", "net.port-not-allowed", `This user may not open port ${port} on ${host}.`, {
      cause: thrown,
      hint: "Set gateway.port to a number above 1023.",
    });
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new Fault("config", "net.no-such-address", `This machine has no address ${host}.`, {
      cause: thrown,
      hint: "Set gateway.host to 127.0.0.1, or to an address of this machine.",
    });
  }
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return new Fault("config", "net.cannot-listen", `Port ${port} on ${host} could not be opened: ${text}`, {
    cause: thrown,
    hint: "Check gateway.host and gateway.port.",
  });
}

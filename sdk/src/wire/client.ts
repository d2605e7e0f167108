// A client of the gateway, for web pages, the command line and other programs: connects, proves itself, keeps the
// connection, and matches answers to calls. Web standards only. It shows nothing and stores nothing.
import { Fault, toFault } from "../errors.ts";
import { connectParams, type GatewayLogin } from "./connect.ts";
import { type ErrorShape, type EventFrame, type HelloOk, parseServerFrame, type ResponseFrame } from "./frames.ts";
import { Reconnect, type ReconnectPlan } from "./reconnect.ts";

export * from "./connect.ts";
export * from "./device.ts";
export * from "./frames.ts";
export type { ReconnectPlan } from "./reconnect.ts";
export * from "./shell-text.ts";

export type ConnectionState = "connecting" | "open" | "waiting" | "closed";

export interface GatewayClientOptions {
  /** `ws://` or `wss://` address of the gateway. */
  readonly url: string;
  readonly login: GatewayLogin;
  /** Called for each event, in order. */
  readonly onEvent?: (event: EventFrame) => void;
  /** `fault` says why, when it is `waiting` or `closed`. */
  readonly onState?: (state: ConnectionState, fault: Fault | undefined) => void;
  /** After each successful connect, the first and every later one. */
  readonly onHello?: (hello: HelloOk) => void;
  /** Events were missed on this connection: read anew what they would have told. */
  readonly onGap?: (expected: number, received: number) => void;
  /** `false` stays closed after a drop. */
  readonly reconnect?: ReconnectPlan | false;
  /** Opens a socket; the platform's own by default. */
  readonly open?: (url: string) => WebSocket;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** The method answers twice: waits for the second answer, and gives the first one here. */
  readonly onAccepted?: (payload: unknown) => void;
}

export interface GatewayClient {
  /**
   * Calls a method. Waits for a connection that is being made. Rejects with a Fault: `invalid` for what the gateway
   * refused, `unavailable` when the connection was lost before the answer, `aborted` by the signal.
   */
  request<T = unknown>(method: string, params?: unknown, options?: RequestOptions): Promise<T>;
  /** Resolves at the next hello, at once when connected. Rejects when the client is closed or refused for good. */
  ready(): Promise<HelloOk>;
  readonly state: ConnectionState;
  /** Ends it for good. */
  close(): void;
}

/** Starts connecting at once. */
export function openGatewayClient(options: GatewayClientOptions): GatewayClient {
  const client = new Client(options);
  client.connect();
  return client;
}

interface Waiting {
  readonly resolve: (payload: unknown) => void;
  readonly reject: (fault: Fault) => void;
  readonly onAccepted: ((payload: unknown) => void) | undefined;
}

interface Welcome {
  readonly promise: Promise<HelloOk>;
  readonly resolve: (hello: HelloOk) => void;
  readonly reject: (fault: Fault) => void;
}

class Client implements GatewayClient {
  state: ConnectionState = "connecting";
  readonly #options: GatewayClientOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #reconnect: Reconnect;
  #welcome: Welcome = welcome();
  #socket: WebSocket | undefined;
  #nextId = 1;
  #lastSeq: number | undefined;
  #heardAt = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #refusal: Fault | undefined;

  constructor(options: GatewayClientOptions) {
    this.#options = options;
    this.#reconnect = new Reconnect(options.reconnect ?? {}, () => this.connect());
  }

  connect(): void {
    this.#become("connecting", undefined);
    this.#lastSeq = undefined;
    const socket = (this.#options.open ?? ((url) => new WebSocket(url)))(this.#options.url);
    this.#socket = socket;
    socket.onmessage = (message) => {
      if (socket === this.#socket && typeof message.data === "string") this.#heard(message.data);
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#dropped(event.code, event.reason);
    };
  }

  request<T>(method: string, params?: unknown, options: RequestOptions = {}): Promise<T> {
    return this.#call(method, params, options, this.ready()) as Promise<T>;
  }

  ready(): Promise<HelloOk> {
    return this.#welcome.promise;
  }

  close(): void {
    this.#end(new Fault("aborted", "gateway.closed", "The connection was closed."));
    this.#socket?.close(1000, "");
  }

  /** Sends when `when` has come; signal and time count from now. */
  #call(method: string, params: unknown, options: RequestOptions, when: Promise<unknown>): Promise<unknown> {
    const id = String(this.#nextId++);
    const { signal, timeoutMs, onAccepted } = options;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const end = (settle: () => void) => {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      this.#waiting.delete(id);
      settle();
    };
    const fail = (thrown: unknown) => end(() => reject(toFault(thrown)));
    const stop = () => fail(signal?.reason);
    if (signal?.aborted) stop();
    else signal?.addEventListener("abort", stop, { once: true });
    if (timeoutMs !== undefined) timer = setTimeout(() => fail(late(method, timeoutMs)), timeoutMs);
    when.then(() => {
      if (isOver) return;
      this.#waiting.set(id, { resolve: (payload) => end(() => resolve(payload)), reject: fail, onAccepted });
      this.#socket?.send(JSON.stringify({ type: "req", id, method, ...(params === undefined ? {} : { params }) }));
    }, fail);
    return promise;
  }

  #heard(text: string): void {
    const frame = parseServerFrame(text);
    if (frame === undefined) return;
    this.#heardAt = Date.now();
    if (frame.type === "res") this.#answered(frame);
    else if (frame.event === "connect.challenge") this.#challenged(frame.payload);
    else this.#told(frame);
  }

  #challenged(payload: unknown): void {
    const nonce = (payload as { nonce?: unknown } | undefined)?.nonce;
    const socket = this.#socket;
    const login = this.#options.login;
    connectParams(login, typeof nonce === "string" ? nonce : undefined, Date.now()).then(
      (params) => {
        if (socket !== this.#socket) return;
        this.#call("connect", params, {}, Promise.resolve()).then(
          (hello) => this.#greeted(hello as HelloOk),
          (fault: unknown) => {
            // A drop fails this call too, and speaks for itself.
            if (socket === this.#socket && this.state === "connecting") this.#refusal = toFault(fault);
          },
        );
      },
      (thrown: unknown) => {
        this.#end(toFault(thrown));
        socket?.close(1000, "");
      },
    );
  }

  #greeted(hello: HelloOk): void {
    this.#reconnect.worked();
    this.#watchTicks(hello.policy.tickIntervalMs);
    this.#become("open", undefined);
    this.#welcome.resolve(hello);
    this.#options.onHello?.(hello);
  }

  #answered(frame: ResponseFrame): void {
    const waiting = this.#waiting.get(frame.id);
    if (!waiting) return;
    if (!frame.ok) {
      waiting.reject(faultOf(frame.error));
    } else if (waiting.onAccepted && (frame.payload as { status?: unknown } | undefined)?.status === "accepted") {
      waiting.onAccepted(frame.payload);
    } else {
      waiting.resolve(frame.payload);
    }
  }

  #told(frame: EventFrame): void {
    if (frame.seq !== undefined) {
      const expected = this.#lastSeq === undefined ? frame.seq : this.#lastSeq + 1;
      this.#lastSeq = frame.seq;
      if (frame.seq > expected) this.#options.onGap?.(expected, frame.seq);
    }
    this.#options.onEvent?.(frame);
  }

  #watchTicks(intervalMs: number): void {
    this.#unwatch();
    this.#watch = setInterval(() => {
      if (Date.now() - this.#heardAt > intervalMs * 2) this.#socket?.close(4000, "tick timeout");
    }, intervalMs);
  }

  #unwatch(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }

  #dropped(code: number, reason: string): void {
    this.#unwatch();
    const refusal = this.#refusal;
    this.#refusal = undefined;
    const fault = refusal ?? lost(code, reason);
    if (this.state === "closed") return;
    this.#failAll(lost(code, reason));
    // Asking again with the same wrong login helps nobody.
    const isFinal = refusal !== undefined && refusal.kind !== "unavailable";
    const waitMs = isFinal || this.#options.reconnect === false ? undefined : this.#reconnect.again();
    if (waitMs === undefined) {
      this.#end(fault);
      return;
    }
    if (this.state === "open") this.#welcome = welcome();
    this.#become("waiting", fault);
  }

  #end(fault: Fault): void {
    if (this.state === "closed") return;
    this.#unwatch();
    this.#reconnect.stop();
    if (this.state === "open") this.#welcome = welcome();
    this.#welcome.reject(fault);
    this.#failAll(fault);
    this.#become("closed", fault);
  }

  #failAll(fault: Fault): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(fault);
  }

  #become(state: ConnectionState, fault: Fault | undefined): void {
    this.state = state;
    this.#options.onState?.(state, fault);
  }
}

function welcome(): Welcome {
  const { promise, resolve, reject } = Promise.withResolvers<HelloOk>();
  // Whoever waits for it gets the rejection; when nobody does, it is not an unhandled one.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function lost(code?: number, reason?: string): Fault {
  const why = reason ? `: ${reason}` : code === undefined ? "" : ` (${code})`;
  return new Fault("unavailable", "gateway.disconnected", `The connection to the gateway was lost${why}.`, {
    hint: "Check that the gateway is running.",
  });
}

function late(method: string, timeoutMs: number): Fault {
  return new Fault("unavailable", "gateway.timeout", `The gateway did not answer ${method} within ${timeoutMs} ms.`);
}

/**
 * The gateway's error as a Fault; its code on the wire stands in the Fault's code, in lower case. The error itself is
 * the cause, for callers that act on its details.
 */
export function faultOf(error: ErrorShape | undefined): Fault {
  const code = error?.code ?? "UNAVAILABLE";
  const message = error?.message ?? "the gateway refused the call";
  const isAuth = code === "NOT_PAIRED" || message.startsWith("unauthorized") || message.startsWith("device ");
  const kind = isAuth ? "auth" : code === "INVALID_REQUEST" ? "invalid" : "unavailable";
  const retryAt = error?.retryAfterMs === undefined ? {} : { retryAt: Date.now() + error.retryAfterMs };
  return new Fault(kind, `gateway.${code.toLowerCase().replaceAll("_", "-")}`, message, { ...retryAt, cause: error });
}

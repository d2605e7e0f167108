// JSON-RPC 2.0 over a WebSocket: calls answered as they end, runs side by side, and the house's events as notifications.
// The secret comes in the Authorization header of the upgrade, or as the first call: `connect` with `token`.
import type { Member } from "../audience.ts";
import { scopeBits } from "../caller.ts";
import type { Rolls, Upgrade } from "../connection.ts";
import type { Caller } from "../door.ts";
import type { Guest } from "../handshake/waiting-room.ts";
import type { Socket, SocketSide } from "../house.ts";
import { bearerOf, type Login, login } from "../http/login.ts";
import { closeCodes, limits } from "../settings.ts";
import { rpc } from "../wire.ts";
import { answerRpc, codes, type Params, type Perform, type Result } from "./codec.ts";
import { createPerform } from "./perform.ts";

/** What the upgrade asked for. */
export interface Asked {
  readonly url: string;
  readonly headers: Headers;
}

export type OpenSide = (rolls: Rolls, upgrade: Upgrade, asked: Asked) => SocketSide;

export const openSide: OpenSide = (rolls, upgrade, { headers }) =>
  rolls.waiting.expect(new RpcConnection(rolls, upgrade, bearerOf(headers)), upgrade);

class RpcConnection implements SocketSide, Caller, Member, Guest {
  readonly connectionId = crypto.randomUUID();
  readonly openedAt: number;
  readonly role = "operator";
  readonly wire = rpc;
  readonly protocol = 4;
  readonly isOpen = false;
  readonly clientId = "rpc";
  readonly mode = "backend";
  readonly hasToolEvents = true;
  granted = 0;
  displayName: string | undefined;
  deviceId: string | undefined;
  keyId: string | undefined;
  readonly #rolls: Rolls;
  readonly #upgrade: Upgrade;
  readonly #bearer: string;
  readonly #perform: Perform;
  #socket: Socket | undefined;
  #state: "strange" | "open" | "closed" = "strange";
  /** The login from the upgrade's header is under way: calls wait for it. */
  #entering: Promise<unknown> = Promise.resolve();

  constructor(rolls: Rolls, upgrade: Upgrade, bearer: string) {
    this.#rolls = rolls;
    this.#upgrade = upgrade;
    this.#bearer = bearer;
    const { dispatcher, door } = rolls;
    this.openedAt = door.clock.now();
    this.#perform = createPerform({
      ...{ dispatcher, door },
      caller: () => (this.#state === "open" ? this : undefined),
      accepted: (id, payload) => this.#send(notification("accepted", { id, ...(payload as object) })),
    });
  }

  get socket(): Socket {
    if (this.#socket === undefined) throw new Error("the socket is not open yet");
    return this.#socket;
  }

  get from(): Upgrade {
    return this.#upgrade;
  }

  get member(): Member {
    return this;
  }

  open(socket: Socket): void {
    this.#socket = socket;
    const { door, waiting } = this.#rolls;
    waiting.add(this);
    const needsNoSecret = door.settings.auth.mode === "none" || this.#upgrade.user !== undefined;
    if (this.#bearer !== "" || needsNoSecret) this.#entering = this.#enter(this.#bearer);
  }

  message(data: string | Uint8Array): void {
    if (this.#state === "closed") return;
    if (this.#state === "strange" && data.length > limits.maxPreauthPayload) {
      this.socket.close(closeCodes.tooBig, "preauth payload too large");
      return;
    }
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    this.#entering
      .then(() => answerRpc(text, (method, params, id) => this.#call(method, params, id)))
      .then((answer) => answer !== undefined && this.#send(answer))
      .catch((thrown: unknown) => this.#rolls.door.house.log.error("gateway.rpc-failed", { error: thrown }));
  }

  drain(): void {
    if (this.#state === "open") this.#rolls.door.audience.drained(this);
  }

  close(): void {
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    this.#rolls.waiting.delete(this);
    if (!wasOpen) return;
    this.#rolls.door.audience.leave(this);
    this.#rolls.door.runs.leave(this);
    this.#rolls.left(this);
  }

  end(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  late(): void {
    this.end(closeCodes.policy, "no login in time");
  }

  strayed(): void {
    this.#rolls.door.house.log.debug("gateway.rpc-strayed", { connection: this.connectionId });
  }

  async #call(method: string, params: Params | undefined, id: string | number | null | undefined): Promise<Result> {
    if (method !== "connect") return this.#perform(method, params, id);
    const { token, password, scopes, name } = fieldsOf(params);
    if (typeof name === "string") this.displayName = name;
    const secret = token ?? password;
    const turned = await this.#enter(
      typeof secret === "string" ? secret : "",
      Array.isArray(scopes) ? scopes : undefined,
    );
    if (turned !== undefined) return { error: { code: codes.denied, message: turned } };
    const { house } = this.#rolls.door;
    return { value: { ok: true, connId: this.connectionId, server: { name: "homarus", version: house.version } } };
  }

  /** Undefined when it is in; else why not. */
  async #enter(secret: string, asked?: readonly unknown[]): Promise<string | undefined> {
    if (this.#state !== "strange") return this.#state === "open" ? undefined : "closed";
    const found = await login(this.#rolls.door, secret, this.#upgrade);
    if (found.type === "out") return found.message;
    this.#welcome(found, asked);
    return undefined;
  }

  #welcome(found: Login, asked: readonly unknown[] | undefined): void {
    if (this.#state !== "strange") return;
    const scopes = asked ? found.scopes.filter((scope) => asked.includes(scope)) : found.scopes;
    this.granted = scopeBits(scopes);
    this.deviceId = found.deviceId;
    this.keyId = found.keyId;
    this.#state = "open";
    this.#rolls.waiting.delete(this);
    this.#rolls.door.audience.join(this);
  }

  #send(text: string): void {
    if (this.#state === "closed") return;
    if (this.socket.bufferedBytes() + text.length > limits.maxBuffered)
      this.socket.close(closeCodes.policy, "slow consumer");
    else this.socket.send(text);
  }
}

function notification(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

function fieldsOf(params: Params | undefined): Readonly<Record<string, unknown>> {
  const [first] = Array.isArray(params) ? params : [params];
  return typeof first === "object" && first !== null ? (first as Record<string, unknown>) : {};
}

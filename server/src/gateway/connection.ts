// One client's connection from challenge to close: it greets, has the connect decided, then hands each request on.
// A class because it has a life, and because ten thousand of them must be small: no closure is kept per connection.
import type { ErrorShape } from "@homarus/sdk/client";
import type { Member } from "./audience.ts";
import { type Role, scopeBits } from "./caller.ts";
import type { Caller, Door } from "./door.ts";
import { problems } from "./frames/check.ts";
import { errorFrame, okFrame, type Request, readRequest } from "./frames/codec.ts";
import { type Admitted, decide, type Refused, type Verdict } from "./handshake/decide.ts";
import { hello } from "./handshake/hello.ts";
import type { Introduction } from "./handshake/introduction.ts";
import { type ConnectParams, connectShape } from "./handshake/params.ts";
import type { Guest, WaitingRoom } from "./handshake/waiting-room.ts";
import type { Socket, SocketSide } from "./house.ts";
import type { Visitor } from "./http/room.ts";
import type { Answer, Dispatcher } from "./methods/dispatch.ts";
import { invalid } from "./refusal.ts";
import { closeCodes, limits } from "./settings.ts";
import { frames3, frames4, type Protocol, type Wire } from "./wire.ts";

/** What the upgrade request told. */
export type Upgrade = Visitor;

/** The gateway's books that a connection enters and leaves. */
export interface Rolls {
  readonly door: Door;
  readonly dispatcher: Dispatcher;
  /** Connections that have not said hello or logged in, oldest first. */
  readonly waiting: WaitingRoom;
  readonly left: (member: Member) => void;
}

export class Connection implements SocketSide, Caller, Member, Guest {
  readonly connectionId = crypto.randomUUID();
  readonly openedAt: number;
  role: Role = "operator";
  granted = 0;
  clientId = "";
  mode = "";
  displayName: string | undefined;
  deviceId: string | undefined;
  keyId: string | undefined;
  hasToolEvents = false;
  wire: Wire = frames3;
  /** Kept for nodes alone: operators are many and say nothing that is asked for later. */
  introduction: Introduction | undefined;
  readonly #rolls: Rolls;
  readonly #upgrade: Upgrade;
  readonly #nonce = crypto.randomUUID();
  #socket: Socket | undefined;
  #state: "challenged" | "deciding" | "open" | "closed" = "challenged";
  #presenceKey: string | undefined;
  #strays = 0;

  constructor(rolls: Rolls, upgrade: Upgrade) {
    this.#rolls = rolls;
    this.#upgrade = upgrade;
    this.openedAt = rolls.door.clock.now();
  }

  get socket(): Socket {
    if (this.#socket === undefined) throw new Error("the socket is not open yet");
    return this.#socket;
  }

  get protocol(): Protocol {
    return this.wire.protocol;
  }

  get isOpen(): boolean {
    return this.wire.protocol > 3;
  }

  get from(): Upgrade {
    return this.#upgrade;
  }

  get member(): Member {
    return this;
  }

  open(socket: Socket): void {
    this.#socket = socket;
    this.#rolls.waiting.add(this);
    socket.send(
      `{"type":"event","event":"connect.challenge","payload":{"nonce":"${this.#nonce}","ts":${this.openedAt}}}`,
    );
  }

  message(data: string | Uint8Array): void {
    if (this.#state === "open") this.#request(data);
    else if (this.#state !== "closed") this.#greeting(data);
  }

  drain(): void {
    if (this.#state === "open") this.#rolls.door.audience.drained(this);
  }

  close(_code: number, _reason: string): void {
    const { door, waiting } = this.#rolls;
    const wasOpen = this.#state === "open";
    this.#state = "closed";
    waiting.delete(this);
    if (!wasOpen) return;
    door.audience.leave(this);
    this.#rolls.left(this);
    if (this.hasToolEvents) door.runs.leave(this);
    if (this.#presenceKey !== undefined && door.presence.gone(this.#presenceKey, door.clock.now()))
      door.presenceChanged();
  }

  /** Sends an answer; a client that lets too many wait is cut off. */
  reply(frame: string): void {
    if (this.#state !== "open") return;
    const socket = this.socket;
    if (socket.bufferedBytes() + frame.length > limits.maxBuffered) this.end(closeCodes.policy, "slow consumer");
    else socket.send(frame);
  }

  strayed(): void {
    this.#strays += 1;
    if (this.#strays > limits.unauthorizedCalls) this.end(closeCodes.policy, "repeated unauthorized calls");
  }

  /** Closes from our side. Reasons are cut to what a close frame holds. */
  end(code: number, reason: string): void {
    this.#socket?.close(code, cutReason(reason));
  }

  late(): void {
    this.end(closeCodes.normal, "");
  }

  #request(data: string | Uint8Array): void {
    const { door, dispatcher } = this.#rolls;
    const read = readRequest(textOf(data), this.protocol);
    if (read === undefined) door.house.log.debug("gateway.frame-not-json", { connection: this.connectionId });
    else if (read.type === "bad")
      this.reply(errorFrame(read.id, invalid(`invalid request frame: ${read.problem}`).shape));
    else dispatcher.call(this, read.request.method, read.request.params, new FrameAnswer(this, read.request.id));
  }

  /** The first frame must be a good connect; whatever else it is ends the connection. */
  #greeting(data: string | Uint8Array): void {
    if (data.length > limits.maxPreauthPayload) {
      this.#giveUp(closeCodes.tooBig, "preauth payload too large");
      return;
    }
    if (this.#state === "deciding") {
      this.#giveUp(closeCodes.policy, "wait for the answer to connect");
      return;
    }
    // Which version it speaks stands in its params: until then extra fields do no harm.
    const read = readRequest(textOf(data), 4);
    if (read === undefined || read.type === "bad") {
      this.#giveUp(closeCodes.policy, "invalid request frame");
      return;
    }
    const { request } = read;
    if (request.method !== "connect") {
      this.#refuse(request.id, "invalid handshake: first request must be connect");
      return;
    }
    const problem = problems(connectShape(request.params), request.params);
    if (problem !== undefined) {
      this.#refuse(request.id, `invalid connect params: ${problem}`);
      return;
    }
    this.#connect(request);
  }

  #connect(request: Request): void {
    this.#state = "deciding";
    const params = request.params as ConnectParams;
    const { keeper, clock, house } = this.#rolls.door;
    const failed = (thrown: unknown) => {
      house.log.error("gateway.connect-failed", { error: thrown });
      const error = { code: "UNAVAILABLE", message: "internal error" };
      this.#turnAway(request.id, { type: "refused", error, closeCode: closeCodes.internal });
    };
    try {
      const verdict = decide(keeper, { params, nonce: this.#nonce, ...this.#upgrade, now: clock.now() });
      if (verdict instanceof Promise) verdict.then((late) => this.#decided(request.id, params, late)).catch(failed);
      else this.#decided(request.id, params, verdict);
    } catch (thrown) {
      // Nobody is let in half: the client is told and closed, and the log says why.
      failed(thrown);
    }
  }

  #decided(id: string, params: ConnectParams, verdict: Verdict): void {
    // The client may have gone while its device was looked up.
    if (this.#state !== "deciding") return;
    if (verdict.type === "refused") {
      this.#turnAway(id, verdict);
      return;
    }
    this.#welcome(id, params, verdict);
  }

  /** Joining the audience and saying hello happen in one step, so that no event comes before hello. */
  #welcome(id: string, params: ConnectParams, admitted: Admitted): void {
    const { door, waiting } = this.#rolls;
    this.wire = admitted.protocol === 4 ? frames4 : frames3;
    const greeting = hello(door, this.connectionId, admitted);
    waiting.delete(this);
    this.#state = "open";
    this.role = admitted.role;
    this.granted = scopeBits(admitted.scopes);
    this.clientId = params.client.id;
    this.mode = params.client.mode;
    this.displayName = params.client.displayName;
    this.deviceId = admitted.deviceId;
    this.keyId = admitted.keyId;
    this.hasToolEvents = params.caps?.includes("tool-events") === true;
    if (this.role === "node") {
      const { address, isLocal } = this.#upgrade;
      this.introduction = { params, address, isLocal, at: door.clock.now() };
    }
    this.#appear(params, admitted);
    const { role, scopes, keyId } = admitted;
    door.logins.came({
      ...{ client: this.displayName ?? this.clientId, address: this.#upgrade.address, role, scopes },
      ...{ keyId, deviceId: admitted.deviceId },
    });
    this.socket.send(okFrame(id, door.house.redact(greeting)));
    door.audience.join(this);
    door.house.log.debug("gateway.connected", {
      connection: this.connectionId,
      client: this.clientId,
      role: this.role,
    });
  }

  /** Command lines come and go too often to be shown. */
  #appear(params: ConnectParams, admitted: Admitted): void {
    const { client } = params;
    if (client.mode === "cli" || client.mode === "probe") return;
    const { door } = this.#rolls;
    this.#presenceKey = admitted.deviceId ?? client.instanceId ?? this.connectionId;
    const host = client.displayName ?? client.id;
    door.presence.set(this.#presenceKey, {
      host,
      version: client.version,
      platform: client.platform,
      ...(client.deviceFamily === undefined ? {} : { deviceFamily: client.deviceFamily }),
      ...(client.modelIdentifier === undefined ? {} : { modelIdentifier: client.modelIdentifier }),
      mode: client.mode,
      ...(admitted.deviceId === undefined ? {} : { deviceId: admitted.deviceId }),
      roles: [admitted.role],
      ...(admitted.scopes.length === 0 ? {} : { scopes: admitted.scopes }),
      ...(client.instanceId === undefined ? {} : { instanceId: client.instanceId }),
      ...(this.#upgrade.isLocal ? {} : { ip: this.#upgrade.address }),
      reason: "connect",
      ts: door.clock.now(),
      text: `Node: ${host} · mode ${client.mode}`,
    });
  }

  #refuse(id: string, message: string): void {
    this.#turnAway(id, { type: "refused", error: { code: "INVALID_REQUEST", message }, closeCode: closeCodes.policy });
  }

  /** The answer comes first, then the close, so that the client can show why. */
  #turnAway(id: string, refused: Refused): void {
    const { message } = refused.error;
    const { address } = this.#upgrade;
    this.#rolls.door.house.log.info("gateway.connect-refused", { reason: message, address });
    this.#rolls.door.logins.refused({ address, reason: message });
    this.#socket?.send(errorFrame(id, refused.error));
    this.#giveUp(refused.closeCode, message);
  }

  #giveUp(code: number, reason: string): void {
    this.#state = "closed";
    this.#rolls.waiting.delete(this);
    this.end(code, reason);
  }
}

/** Puts the answer to one request on its connection. */
class FrameAnswer implements Answer {
  readonly #connection: Connection;
  readonly #id: string;

  constructor(connection: Connection, id: string) {
    this.#connection = connection;
    this.#id = id;
  }

  accepted(payload: unknown): void {
    this.#connection.reply(okFrame(this.#id, payload));
  }

  done(payload: unknown): void {
    this.#connection.reply(okFrame(this.#id, payload));
  }

  failed(error: ErrorShape, payload: unknown): void {
    this.#connection.reply(errorFrame(this.#id, error, payload));
  }
}

/** What the room for a close reason holds, without cutting a character in two. */
export function cutReason(reason: string): string {
  const bytes = Buffer.from(reason);
  if (bytes.length <= reasonBytes) return reason;
  let end = reasonBytes;
  // In UTF-8 the later bytes of a character begin with the bits 10.
  while (((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString("utf8", 0, end);
}

const reasonBytes = 120;

function textOf(data: string | Uint8Array): string {
  return typeof data === "string" ? data : new TextDecoder().decode(data);
}

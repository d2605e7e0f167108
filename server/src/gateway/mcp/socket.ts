// The Model Context Protocol over a WebSocket: one message for each text frame, one server for each socket. The
// specification knows no such transport; it is the one over standard input and output, with frames in place of lines.
// The secret comes in the Authorization header of the upgrade, or as the subprotocol `bearer.<secret>` beside `mcp`.
import {
  DEFAULT_MAX_REQUEST_BODY_SIZE,
  type JSONRPCMessage,
  parseJSONRPCMessage,
  type Transport,
} from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import type { Rolls, Upgrade } from "../connection.ts";
import type { Socket, SocketSide } from "../house.ts";
import { bearerOf, login } from "../http/login.ts";
import { silentMember } from "../http/silent-member.ts";
import type { Asked, OpenSide } from "../rpc/socket.ts";
import { closeCodes, limits } from "../settings.ts";
import { guestOf, isGuest, wishOf } from "./guest.ts";
import { createLasting } from "./lasting.ts";

export const openSide: OpenSide = (rolls, upgrade, asked) => new McpSocket(rolls, upgrade, asked);

/** Bytes and messages from a client whose login is being looked at. */
const earlyBytes = limits.maxPreauthPayload;

class McpSocket implements SocketSide {
  /** What the library reads from and writes to. */
  readonly #transport: Transport = {
    start: () => Promise.resolve(),
    send: async (message) => this.#write(JSON.stringify(message)),
    close: async () => this.#socket?.close(closeCodes.normal, ""),
  };
  readonly #rolls: Rolls;
  readonly #upgrade: Upgrade;
  readonly #asked: Asked;
  #socket: Socket | undefined;
  #isIn = false;
  #early: string[] = [];
  #earlyBytes = 0;
  #leave = (): void => undefined;

  constructor(rolls: Rolls, upgrade: Upgrade, asked: Asked) {
    this.#rolls = rolls;
    this.#upgrade = upgrade;
    this.#asked = asked;
  }

  open(socket: Socket): void {
    this.#socket = socket;
    this.#enter(socket).catch((error: unknown) => {
      this.#rolls.door.house.log.error("mcp.socket-failed", { error });
      socket.close(closeCodes.internal, "internal error");
    });
  }

  async #enter(socket: Socket): Promise<void> {
    const { door, dispatcher } = this.#rolls;
    const { url, headers } = this.#asked;
    const found = await login(door, bearerOf(headers) || offeredSecret(headers), this.#upgrade);
    if (!this.#socket) return;
    if (found.type === "out") {
      socket.close(closeCodes.policy, found.message);
      return;
    }
    const guest = guestOf({ door, dispatcher }, found, wishOf(url, headers));
    if (!isGuest(guest)) {
      socket.close(closeCodes.policy, guest.message);
      return;
    }
    const member = silentMember(guest.caller, (code, reason) => socket.close(code, reason));
    door.audience.join(member);
    this.#leave = () => door.audience.leave(member);
    this.#isIn = true;
    serveStdio(({ era }) => createLasting(guest, era), {
      transport: this.#transport,
      onerror: (error) => door.house.log.debug("mcp.message-refused", { error }),
    });
    for (const text of this.#early) this.#hear(text);
    this.#early = [];
  }

  message(data: string | Uint8Array): void {
    const text = typeof data === "string" ? data : new TextDecoder().decode(data);
    if (this.#isIn) {
      if (data.length > DEFAULT_MAX_REQUEST_BODY_SIZE) this.#socket?.close(closeCodes.tooBig, "message too large");
      else this.#hear(text);
      return;
    }
    this.#earlyBytes += data.length;
    if (this.#earlyBytes > earlyBytes) this.#socket?.close(closeCodes.tooBig, "preauth payload too large");
    else this.#early.push(text);
  }

  close(): void {
    this.#socket = undefined;
    this.#leave();
    this.#transport.onclose?.();
  }

  #hear(text: string): void {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      this.#refuse(-32_700, "Parse error", null);
      return;
    }
    const message = messageOf(value);
    if (message) this.#transport.onmessage?.(message);
    else this.#refuse(-32_600, "Invalid Request", idOf(value));
  }

  #refuse(code: number, message: string, id: string | number | null): void {
    this.#write(JSON.stringify({ jsonrpc: "2.0", id, error: { code, message } }));
  }

  #write(text: string): void {
    const socket = this.#socket;
    if (!socket) return;
    if (socket.bufferedBytes() + text.length > limits.maxBuffered) socket.close(closeCodes.policy, "slow consumer");
    else socket.send(text);
  }
}

/** A browser can name no header, but subprotocols. */
function offeredSecret(headers: Headers): string {
  const offered = headers.get("sec-websocket-protocol") ?? "";
  return /(?:^|,)\s*bearer\.([^\s,]+)/.exec(offered)?.[1] ?? "";
}

function messageOf(value: unknown): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(value);
  } catch {
    // Not one message of the protocol: the caller says so.
    return undefined;
  }
}

function idOf(value: unknown): string | number | null {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : null;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

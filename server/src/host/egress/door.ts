// The socket of one sandbox: takes connections, asks each request for the token, and serves it.
import { createHash, timingSafeEqual } from "node:crypto";
import { chmodSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { Fault } from "@homarus/sdk";
import { createAccount, recordFault } from "./account.ts";
import { type Connection, exchange } from "./exchange.ts";
import { type Head, readHead, valuesOf } from "./head.ts";
import type { House } from "./parts.ts";
import { createReader } from "./reader.ts";
import { asRefusal, sendRefusal } from "./refuse.ts";
import { serveTunnel } from "./tunnel.ts";

export interface Door {
  close(): Promise<void>;
}

export async function openDoor(path: string, token: string, house: House): Promise<Door> {
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    // Each socket needs a listener for its errors, also one that is not served.
    socket.on("error", () => socket.destroy());
    if (closing.signal.aborted || sockets.size >= house.limits.maxConnections) return socket.destroy();
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serveSocket(socket, { house, token, closing: closing.signal });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(path, resolve);
  });
  chmodSync(path, 0o600);
  return {
    async close() {
      closing.abort(new Fault("aborted", "egress.closed", "The way out of this sandbox was closed."));
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Served {
  readonly house: House;
  readonly token: string;
  readonly closing: AbortSignal;
}

async function serveSocket(socket: Socket, { house, token, closing }: Served): Promise<void> {
  const gone = new AbortController();
  socket.once("close", () => gone.abort(new Fault("aborted", "egress.closed", "The sandbox hung up.")));
  socket.setTimeout(house.limits.idleMs + house.limits.decideMs, () => socket.destroy());
  const signal = AbortSignal.any([gone.signal, closing]);
  const checked = (head: Head): void => checkToken(head, token);
  try {
    await serveConnection({ house, socket, reader: createReader(socket), trusted: house.trusted, signal }, checked);
  } catch {
    // The connection broke while it was being answered: nobody is left to be told.
    socket.destroy();
  }
}

/** One request after the other. Within a tunnel the token has been shown. */
async function serveConnection(connection: Connection, checked: (head: Head) => void): Promise<void> {
  const { house, socket, reader } = connection;
  try {
    for (;;) {
      const head = await readHead(reader, house.limits.maxHeadBytes, "request");
      if (!head) break;
      checked(head);
      if (head.line[0] === "CONNECT" && !connection.tunnel) {
        await serveTunnel(head, connection, (inner) => serveConnection(inner, () => undefined));
        return;
      }
      if (!(await exchange(head, connection))) break;
    }
  } catch (thrown) {
    if (socket.destroyed) return;
    const fault = asRefusal(thrown);
    recordFault(house, createAccount("", connection.tunnel), fault);
    await sendRefusal(socket, fault, { close: true });
  }
  socket.end();
}

function checkToken({ headers }: Head, token: string): void {
  const given = valuesOf(headers, "proxy-authorization");
  const [, scheme = "", value = ""] = /^(basic|bearer) +(\S+)$/i.exec(given[0] ?? "") ?? [];
  const login = scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : `:${value}`;
  const shown = /:(.*)/s.exec(login)?.[1] ?? "";
  if (given.length === 1 && isSame(shown, token)) return;
  throw new Fault("auth", "egress.token", "The proxy takes the token of this sandbox only.", {
    hint: "It stands in HTTP_PROXY of the sandbox's own environment.",
  });
}

/** In constant time, also where the lengths differ. */
function isSame(one: string, other: string): boolean {
  const hash = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}

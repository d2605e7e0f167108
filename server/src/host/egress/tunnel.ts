// CONNECT: a tunnel to one host. It is looked into with a certificate of our own authority, or passed through once the
// name in its TLS is the host that was allowed.
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { type EgressRequest, Fault } from "@homarus/sdk";
import { type Account, createAccount, noteLeak, record, recordFault } from "./account.ts";
import { handshakeRecord, readClientHello } from "./client-hello.ts";
import { decideInTime } from "./decide.ts";
import type { Connection } from "./exchange.ts";
import { type Head, malformed, valuesOf } from "./head.ts";
import { isSameHost, mismatch, readAuthority } from "./origin.ts";
import type { Origin } from "./parts.ts";
import { createReader, type Reader, send } from "./reader.ts";
import { asRefusal, deniedFault, sendRefusal } from "./refuse.ts";
import { openUpstream } from "./upstream.ts";

/** Serves the requests of one connection until it ends. */
export type Serve = (connection: Connection) => Promise<void>;

/** The alert "unrecognized name" (RFC 8446, 6.2), which is all that TLS has for a no. */
const unrecognizedName = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x70]);
const established = "HTTP/1.1 200 Connection Established\r\n\r\n";

export async function serveTunnel(head: Head, connection: Connection, serve: Serve): Promise<void> {
  const { house, socket } = connection;
  const account = createAccount("CONNECT", undefined);
  try {
    const origin = tunnelHost(head);
    account.origin = origin;
    const headers = head.headers.filter(([name]) => !/^(proxy-.*|host|user-agent|connection)$/i.test(name));
    noteLeak(
      house,
      account,
      house.watch.leaving(house.caller, { method: "", host: origin.host, target: "", headers, bodies: [] }),
      "out",
    );
    const request: EgressRequest = {
      ...{ ...house.caller, ...origin, kind: "connect", method: "CONNECT", target: "", headers: [] },
    };
    const verdict = await decideInTime(request, house, connection.signal);
    if (verdict.type === "deny") throw deniedFault(verdict);
    if (verdict.inspect) await lookInto(origin, connection, { serve, account });
    else await passThrough(origin, connection, { account, isPrivate: verdict.private });
  } catch (thrown) {
    const fault = asRefusal(thrown);
    recordFault(house, account, fault);
    if (!account.isAnswering && !socket.destroyed) await sendRefusal(socket, fault, { close: true });
  } finally {
    socket.end();
  }
}

function tunnelHost({ line, headers }: Head): Origin {
  const origin = /:\d+$/.test(line[1]) ? readAuthority(line[1], "https") : undefined;
  if (!origin) throw malformed("the address of its tunnel");
  const hosts = valuesOf(headers, "host");
  if (hosts.length > 1) throw malformed("not one Host header");
  const named = hosts[0] === undefined ? origin : readAuthority(hosts[0], "https");
  // Some programs leave the port out here, whatever it is.
  if (named?.host !== origin.host) throw mismatch();
  return origin;
}

async function lookInto(
  origin: Origin,
  connection: Connection,
  { serve, account }: { readonly serve: Serve; readonly account: Account },
): Promise<void> {
  const { house, socket, reader } = connection;
  account.isAnswering = true;
  await send(socket, established);
  const first = await reader.read();
  if (!first) return;
  reader.unread(first);
  if (first[0] !== handshakeRecord) {
    // Plain HTTP within a tunnel, as some programs have it for each http:// address.
    await serve({ ...connection, tunnel: { ...origin, scheme: "http" } });
    return;
  }
  reader.unread(await namedHello(origin, reader, socket));
  const rest = reader.release();
  socket.unshift(rest);
  const plain = new TLSSocket(socket as never, {
    isServer: true,
    ALPNProtocols: ["http/1.1"],
    ...house.certify(origin.host),
  });
  try {
    await serve({ ...connection, socket: plain, reader: createReader(plain), tunnel: origin });
  } finally {
    plain.end();
  }
}

/** The hello's bytes, once its name is the host of the tunnel. A hello without a name is for an address. */
async function namedHello(origin: Origin, reader: Reader, socket: Duplex): Promise<Buffer> {
  const { bytes, name } = await readClientHello(reader);
  const isAddress = /^[\d.]+$/.test(origin.host) || origin.host.includes(":");
  if (name === undefined ? isAddress : isSameHost({ ...origin, host: name }, origin)) return bytes;
  await send(socket, unrecognizedName);
  throw new Fault(
    "denied",
    "egress.name-mismatch",
    `The TLS of the tunnel to ${origin.host} names another host, or none.`,
    {
      hint: "The name in TLS (SNI) must be the host of the tunnel. No rule allows anything else.",
    },
  );
}

async function passThrough(
  origin: Origin,
  connection: Connection,
  { account, isPrivate }: { readonly account: Account; readonly isPrivate: boolean },
): Promise<void> {
  const { house, socket, reader, signal } = connection;
  const upstream = await openUpstream({
    ...connection,
    origin,
    private: isPrivate,
    tls: false,
    resolve: house.resolve,
  });
  const cut = (): unknown => upstream.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    account.isAnswering = true;
    await send(socket, established);
    reader.unread(await namedHello(origin, reader, socket));
    const back = createReader(upstream);
    await Promise.race([
      pump(reader, upstream, (bytes) => {
        account.bytesOut += bytes;
      }),
      pump(back, socket, (bytes) => {
        if (account.bytesIn === 0) house.onHeard(house.caller, origin.host);
        account.bytesIn += bytes;
      }),
    ]).catch(() => undefined); // Either side may go when it likes, at the hello already; what passed is recorded.
    record(house, account, { type: "allow", code: "egress.allowed", status: 200 });
  } finally {
    signal.removeEventListener("abort", cut);
    upstream.end();
  }
}

/** What may have gone is counted; what comes when the other side is gone did not. */
async function pump(from: Reader, to: Duplex, counted: (bytes: number) => void): Promise<void> {
  for (let part = await from.read(); part && to.writable; part = await from.read()) {
    counted(part.length);
    await send(to, part);
  }
}

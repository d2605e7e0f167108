// One request and its answer: held, looked through, decided, given its credentials, sent to the checked address, and the
// answer watched on its way back. Whatever goes wrong before it is sent, nothing is sent.
import type { Duplex } from "node:stream";
import type { SecureContext } from "node:tls";
import { type EgressRequest, type LeakFinding, namesSecret } from "@homarus/sdk";
import { type Account, createAccount, noteLeak, record, recordFault } from "./account.ts";
import { readAnswerHead, readableCodings, relayAnswer } from "./answer.ts";
import { chunk, lastChunk } from "./body.ts";
import { decideInTime } from "./decide.ts";
import { framingOf, type Head, type Headers, malformed, valuesOf, withoutHops, wordsOf, writeHead } from "./head.ts";
import { type HeldBody, holdBody } from "./held-body.ts";
import { authorityText, isSameHost, mismatch, readAbsolute, readAuthority } from "./origin.ts";
import type { House, Origin } from "./parts.ts";
import { createReader, type Reader, send } from "./reader.ts";
import { asRefusal, deniedFault, sendRefusal } from "./refuse.ts";
import { unpackBody } from "./unpack.ts";
import { openUpstream } from "./upstream.ts";
import { isUpgrade, joinWebSocket, webSocketHeaders } from "./web-socket.ts";

export interface Connection {
  readonly house: House;
  readonly socket: Duplex;
  readonly reader: Reader;
  readonly trusted: SecureContext;
  /** The host of the tunnel that this connection is inside of. */
  readonly tunnel?: Origin | undefined;
  /** Aborted when the sandbox hangs up, and when its way out is closed. */
  readonly signal: AbortSignal;
}

interface Addressed {
  readonly origin: Origin;
  readonly target: string;
}

/** Whether the connection may bear another request. */
export async function exchange(head: Head, connection: Connection): Promise<boolean> {
  const { house, socket } = connection;
  const account = createAccount(head.line[0], connection.tunnel);
  let body: HeldBody | undefined;
  try {
    const addressed = addressOf(head, connection.tunnel);
    account.origin = addressed.origin;
    body = await holdBody({ ...connection, head, framing: framingOf(head, "request") }, house);
    account.bytesOut = body.bytes.length;
    const done = await carry(head, body, { addressed, account, connection });
    record(house, account, { type: "allow", code: "egress.allowed", status: done.status });
    return done.keepAlive;
  } catch (thrown) {
    const fault = asRefusal(thrown, account.isSent);
    recordFault(house, account, fault);
    if (account.isAnswering || socket.destroyed) {
      socket.destroy();
      return false;
    }
    // A body that was not read to its end would be taken for the next request.
    const keepAlive = body !== undefined && mayGoOn(head);
    await sendRefusal(socket, fault, { close: !keepAlive });
    return keepAlive;
  } finally {
    body?.release();
  }
}

function mayGoOn({ line, headers }: Head): boolean {
  const words = [...wordsOf(headers, "connection"), ...wordsOf(headers, "proxy-connection")];
  return line[2] === "HTTP/1.1" && !words.includes("close");
}

/** Where it goes: one host, whichever of the places that name it is read. */
function addressOf(head: Head, tunnel: Origin | undefined): Addressed {
  const hosts = valuesOf(head.headers, "host");
  if (hosts.length > 1 || (hosts.length === 0 && head.line[2] === "HTTP/1.1")) throw malformed("not one Host header");
  const addressed = tunnel ? addressInside(head, tunnel) : readAbsolute(head.line[1]);
  if (!addressed) throw malformed("its address");
  const { origin } = addressed;
  const named = hosts[0] === undefined ? origin : readAuthority(hosts[0], origin.scheme);
  if (!named || !isSameHost(named, origin)) throw mismatch();
  return addressed;
}

function addressInside({ line: [method, target] }: Head, tunnel: Origin): Addressed | undefined {
  const isOwn = target.startsWith("/") || (target === "*" && method === "OPTIONS");
  if (isOwn) return target.includes("#") ? undefined : { origin: tunnel, target };
  const absolute = readAbsolute(target);
  if (absolute && (!isSameHost(absolute.origin, tunnel) || absolute.origin.scheme !== tunnel.scheme)) throw mismatch();
  return absolute;
}

interface Carried {
  readonly addressed: Addressed;
  readonly account: Account;
  readonly connection: Connection;
}

async function carry(head: Head, body: HeldBody, { addressed, account, connection }: Carried) {
  const { house, signal } = connection;
  const { origin, target } = addressed;
  const isSocket = isUpgrade(head);
  account.path = target;
  const headers = passedOn(head, isSocket);
  const bodies = unpackBody(body.bytes, head.headers);
  const request: EgressRequest = {
    ...{ ...house.caller, ...origin, kind: isSocket ? "websocket" : "request", method: head.line[0], target },
    headers: headers.map(([name, value]) => [name, namesSecret(name) ? "***" : value]),
    ...(bodies[0] ? { body: { bytes: body.bytes.length, first: bodies[0].slice(0, previewBytes) } } : {}),
  };
  const leaving = [...head.headers, ...body.trailers].filter(([name]) => !notScanned.has(name.toLowerCase()));
  noteLeak(
    house,
    account,
    house.watch.leaving(house.caller, { method: head.line[0], host: origin.host, target, headers: leaving, bodies }),
    "out",
  );
  const verdict = await decideInTime(request, house, signal);
  if (verdict.type === "deny") throw deniedFault(verdict);
  const injected = house.inject({ target, headers }, verdict.credentials, house.secrets());
  if (injected.type === "deny") throw deniedFault(injected);
  if (/[^\x21-\x7e]/.test(injected.head.target)) throw malformed("its address");
  const upstream = await openUpstream({
    ...connection,
    origin,
    private: verdict.private,
    tls: origin.scheme === "https",
    resolve: house.resolve,
  });
  const cut = (): unknown => upstream.destroy();
  signal.addEventListener("abort", cut, { once: true });
  try {
    const more: Headers = isSocket ? webSocketHeaders : [["Connection", "close"]];
    account.isSent = true;
    await sendRequest(upstream, head, { origin, head: injected.head, body, more });
    return await answer(head, createReader(upstream), { upstream, account, connection, isSocket });
  } finally {
    signal.removeEventListener("abort", cut);
    upstream.destroy();
  }
}

/** Without what belongs to the connection; codings are offered that can be looked into. */
function passedOn({ headers }: Head, isSocket: boolean): Headers {
  const kept = withoutHops(headers, ["host", "accept-encoding", ...(isSocket ? ["sec-websocket-extensions"] : [])]);
  // Written anew, in our own order and without weights: nothing of the sandbox's own stands in it.
  const words = wordsOf(headers, "accept-encoding").map((word) => word.replace(/\s*;\s*/, ";"));
  const named = words.filter((word) => !/;q=0(\.0*)?$/.test(word)).map((word) => word.split(";", 1)[0] ?? "");
  const codings = readableCodings.filter((coding) => named.includes(coding));
  if (!headers.some(([name]) => name.toLowerCase() === "accept-encoding")) return kept;
  return [...kept, ["Accept-Encoding", codings.length > 0 ? codings.join(", ") : "identity"]];
}

/** The proxy's own token, and what every request has. */
const notScanned = new Set(["proxy-authorization", "host", "content-length", "connection"]);

const previewBytes = 4096;

async function sendRequest(
  upstream: Duplex,
  { line }: Head,
  {
    origin,
    head,
    body,
    more,
  }: { origin: Origin; head: { target: string; headers: Headers }; body: HeldBody; more: Headers },
): Promise<void> {
  const hasTrailers = body.trailers.length > 0;
  const isEmpty = body.bytes.length === 0 && ["GET", "HEAD", "OPTIONS", "DELETE"].includes(line[0]);
  const length: Headers = isEmpty ? [] : [["Content-Length", String(body.bytes.length)]];
  const bytes = writeHead(`${line[0]} ${head.target} HTTP/1.1`, [
    ["Host", authorityText(origin)],
    ...head.headers,
    ...(hasTrailers ? [["Transfer-Encoding", "chunked"] as const] : length),
    ...more,
  ]);
  const whole = hasTrailers ? [chunk(body.bytes), lastChunk(body.trailers)] : [body.bytes];
  await send(upstream, Buffer.concat([bytes, ...whole]));
}

async function answer(
  head: Head,
  reader: Reader,
  {
    upstream,
    account,
    connection,
    isSocket,
  }: { upstream: Duplex; account: Account; connection: Connection; isSocket: boolean },
) {
  const { house, socket } = connection;
  const opening = await reader.read();
  if (opening) house.onHeard(house.caller, account.origin?.host ?? "");
  reader.unread(opening ?? new Uint8Array(0));
  const first = await readAnswerHead(reader, house);
  account.status = Number(first.line[1]);
  const leaked = (found: LeakFinding): void => noteLeak(house, account, found, "in");
  if (account.status === 101) {
    if (!isSocket) throw malformed("an answer that changes the protocol unasked");
    account.isAnswering = true;
    await joinWebSocket(first, { ...connection, upstream, back: reader, account });
    return { status: 101, keepAlive: false };
  }
  const isModern = head.line[2] === "HTTP/1.1";
  return relayAnswer(first, {
    ...{ method: head.line[0], reader, socket, house, isModern, leaked },
    keepAlive: mayGoOn(head),
    counted: (bytes) => {
      account.bytesIn += bytes;
    },
    begun: () => {
      account.isAnswering = true;
    },
  });
}

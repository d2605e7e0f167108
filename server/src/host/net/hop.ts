// One request to one checked address. The name is not resolved again: the connection goes to the address itself, and
// the name stays in the Host header and in the certificate's check. Built on node:http, because a fetch with a custom
// resolver is silently ignored by some runtimes.
import { request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { request as httpsRequest } from "node:https";
import { Fault, isFault } from "@homarus/sdk";
import { acceptedEncodings } from "./body.ts";

export interface Hop {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  readonly body: Uint8Array | undefined;
  readonly signal: AbortSignal;
}

/** Headers that belong to the connection and not to the caller. */
const ours = [
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "accept-encoding",
  "upgrade",
  "expect",
  "te",
  "trailer",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
];

/** Failures that come before anything was sent, so that the next address may be tried. */
const beforeSending = new Set(["ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT"]);

/** Asks the addresses one after the other until one takes the connection. Rejects with an `unavailable` Fault. */
export async function askFirstReachable(hop: Hop, addresses: readonly string[]): Promise<IncomingMessage> {
  let failure: unknown;
  for (const address of addresses) {
    try {
      return await ask(hop, address);
    } catch (thrown) {
      failure = thrown;
      if (!beforeSending.has((thrown as { code?: string }).code ?? "")) break;
    }
  }
  if (hop.signal.aborted) throw hop.signal.reason;
  if (isFault(failure)) throw failure;
  throw new Fault(
    "unavailable",
    "net.unreachable",
    `${hop.url.host} could not be reached: ${(failure as Error).message}.`,
    { cause: failure },
  );
}

function ask(hop: Hop, address: string): Promise<IncomingMessage> {
  const isTls = hop.url.protocol === "https:";
  const name = hop.url.hostname.replace(/^\[|\]$/g, "");
  const options: RequestOptions & { servername?: string } = {
    host: address,
    port: hop.url.port || (isTls ? 443 : 80),
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method,
    headers: headersOf(hop),
    // A connection of its own: none is shared with another name at the same address.
    agent: false,
    signal: hop.signal,
    ...(isTls ? { servername: name } : {}),
  };
  return new Promise((resolve, reject) => {
    const request = (isTls ? httpsRequest : httpRequest)(options, resolve);
    request.once("error", reject);
    request.end(hop.body);
  });
}

function headersOf(hop: Hop): Record<string, string> {
  const headers = new Headers(hop.headers);
  for (const name of ours) headers.delete(name);
  if (!headers.has("user-agent")) headers.set("user-agent", "Homarus");
  if (!headers.has("accept")) headers.set("accept", "*/*");
  return {
    ...Object.fromEntries(headers),
    host: hop.url.host,
    "accept-encoding": acceptedEncodings,
    ...(hop.body ? { "content-length": String(hop.body.byteLength) } : {}),
  };
}

// Fetch that reaches the public internet only: each name is resolved here, every address checked, the checked one used
// for the connection, and all of it again at each redirect. Nothing decides by the text of a name.
import { lookup } from "node:dns/promises";
import type { IncomingMessage } from "node:http";
import { Fault, type Fetch } from "@homarus/sdk";
import { isAddress, isPublicAddress } from "./addresses.ts";
import { bodyOf, tooLarge } from "./body.ts";
import { askFirstReachable, type Hop } from "./hop.ts";

export interface GuardedFetchOptions {
  /** Names and ports (`host` of a URL) that may be inside the own network, because the owner said so. */
  readonly allowPrivate?: (host: string) => boolean;
  /** Greatest body after unpacking, in bytes. */
  readonly maxBytes?: number;
  /** All addresses of a name. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

const mostRedirects = 5;
const defaultMaxBytes = 20 * 1024 * 1024;
const mostAddresses = 4;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
const withoutBody = new Set([204, 205, 304]);

/** Rejects with a `denied` Fault for what it may not reach, and an `unavailable` one for what does not answer. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): Fetch {
  return async (input, init) => {
    checkAddress(input instanceof Request ? input.url : String(input));
    const request = new Request(input, init);
    const body = request.body ? new Uint8Array(await request.arrayBuffer()) : undefined;
    const { method, headers, signal } = request;
    return follow({ url: new URL(request.url), method, headers, body, signal }, request.redirect, options);
  };
}

async function follow(first: Hop, mode: RequestRedirect, options: GuardedFetchOptions): Promise<Response> {
  const maxBytes = options.maxBytes ?? defaultMaxBytes;
  let hop = first;
  for (let redirects = 0; ; redirects++) {
    hop.signal.throwIfAborted();
    const answer = await askFirstReachable(hop, await addressesOf(hop.url, options));
    const target = mode === "manual" ? undefined : redirectTarget(answer, hop.url);
    if (!target) return toResponse(answer, hop.url, { maxBytes, redirected: redirects > 0 });
    answer.destroy();
    if (mode === "error") throw refusedRedirect(hop.url, "sends elsewhere, which was not asked for");
    if (redirects >= mostRedirects)
      throw refusedRedirect(hop.url, `sends on and on; given up after ${mostRedirects} redirects`);
    hop = redirected(hop, target, answer.statusCode ?? 0);
  }
}

function refusedRedirect(url: URL, why: string): Fault {
  return new Fault("denied", "net.redirects", `${url.host} ${why}.`);
}

function checkAddress(written: string): void {
  if (!URL.canParse(written)) throw new Fault("invalid", "net.address", "That is not an address that can be fetched.");
  checkUrl(new URL(written));
}

function checkUrl(url: URL): void {
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new Fault(
      "denied",
      "net.scheme",
      `Only http and https addresses can be fetched, not ${url.protocol.slice(0, 20)}`,
    );
  }
  if (url.username || url.password) {
    throw new Fault("denied", "net.credentials", "An address with a user name or password in it is not fetched.");
  }
}

/** Public addresses of the host, IPv4 first since more machines have a way to it. */
async function addressesOf(url: URL, options: GuardedFetchOptions): Promise<readonly string[]> {
  checkUrl(url);
  const name = url.hostname.replace(/^\[|\]$/g, "");
  const found = isAddress(name)
    ? [name]
    : await (options.resolve ?? resolveName)(name).catch((cause: unknown) => {
        throw new Fault("unavailable", "net.unresolved", `No address was found for ${name}.`, { cause });
      });
  if (found.length === 0) throw new Fault("unavailable", "net.unresolved", `No address was found for ${name}.`);
  if (!found.every(isAddress) || !(found.every(isPublicAddress) || options.allowPrivate?.(url.host))) {
    throw new Fault(
      "denied",
      "net.private-address",
      `${url.host} is not on the public internet, so it is not fetched.`,
      {
        hint: "Only public addresses can be reached from here.",
      },
    );
  }
  return [...found].sort((a, b) => Number(a.includes(":")) - Number(b.includes(":"))).slice(0, mostAddresses);
}

/** `localhost` is this machine on every machine (RFC 6761), whatever a resolver says of it. */
async function resolveName(name: string): Promise<readonly string[]> {
  if (/(^|\.)localhost\.?$/.test(name)) return ["127.0.0.1"];
  return (await lookup(name, { all: true, verbatim: true })).map((item) => item.address);
}

function redirectTarget(answer: IncomingMessage, from: URL): URL | undefined {
  const { location } = answer.headers;
  if (!redirectStatuses.has(answer.statusCode ?? 0) || location === undefined) return undefined;
  if (URL.canParse(location, from)) return new URL(location, from);
  answer.destroy();
  throw new Fault("unavailable", "net.redirects", `${from.host} sends to something that is no address.`);
}

/** The next request as the Fetch standard has it: what is personal stays with the origin it was meant for. */
function redirected(hop: Hop, url: URL, status: number): Hop {
  const headers = new Headers(hop.headers);
  if (url.origin !== hop.url.origin) for (const name of ["authorization", "cookie"]) headers.delete(name);
  const becomesGet =
    status === 303 ? hop.method !== "HEAD" : (status === 301 || status === 302) && hop.method === "POST";
  if (!becomesGet) return { ...hop, url, headers };
  for (const name of [...headers.keys()]) if (name.startsWith("content-")) headers.delete(name);
  return { ...hop, url, headers, method: "GET", body: undefined };
}

function toResponse(
  answer: IncomingMessage,
  url: URL,
  about: { readonly maxBytes: number; readonly redirected: boolean },
): Response {
  const status = answer.statusCode ?? 0;
  if (status < 200 || status > 599) {
    answer.destroy();
    throw new Fault("unavailable", "net.status", `${url.host} answers with the odd status ${status}.`);
  }
  const headers = new Headers();
  for (let index = 0; index + 1 < answer.rawHeaders.length; index += 2)
    headers.append(answer.rawHeaders[index] ?? "", answer.rawHeaders[index + 1] ?? "");
  if (Number(headers.get("content-length") ?? 0) > about.maxBytes) {
    answer.destroy();
    throw tooLarge(about.maxBytes);
  }
  const body = withoutBody.has(status) ? null : bodyOf(answer, about.maxBytes);
  // The body is unpacked by now.
  if (headers.has("content-encoding")) for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  const response = new Response(body, { status, headers });
  Object.defineProperties(response, { url: { value: url.href }, redirected: { value: about.redirected } });
  return response;
}

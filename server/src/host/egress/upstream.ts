// The connection to a host: its name is resolved here, each address checked, and the checked one connected to. All of it
// anew for each request, so that a name which changes its mind changes nothing.
import { lookup } from "node:dns/promises";
import { connect, isIP, type Socket } from "node:net";
import { connect as connectTls, type SecureContext } from "node:tls";
import { Fault } from "@homarus/sdk";
import { isAddress, isPublicAddress } from "../net/addresses.ts";
import type { Origin } from "./parts.ts";

export interface UpstreamWish {
  readonly origin: Origin;
  /** The owner named this host as one that may be inside the own network. */
  readonly private: boolean;
  /** False leaves TLS to the sandbox. */
  readonly tls: boolean;
  readonly trusted: SecureContext;
  readonly resolve: ((name: string) => Promise<readonly string[]>) | undefined;
  readonly signal: AbortSignal;
}

const connectMs = 15_000;
const mostAddresses = 4;

/** Rejects with a `denied` Fault for an address inside, and an `unavailable` one for what does not answer. */
export async function openUpstream(wish: UpstreamWish): Promise<Socket> {
  let failure: unknown;
  for (const address of await addressesOf(wish)) {
    wish.signal.throwIfAborted();
    try {
      return await open(address, wish);
    } catch (thrown) {
      // Nothing was sent yet, so the next address may be tried.
      failure = thrown;
    }
  }
  wish.signal.throwIfAborted();
  // Of a certificate the message holds words of whoever made it; its code does not.
  const { code = "", message } = failure as NodeJS.ErrnoException;
  throw new Fault(
    "unavailable",
    "egress.unreachable",
    `${wish.origin.host} could not be reached: ${code || message}.`,
    {
      cause: failure,
      hint: /CERT|SIGNED|ISSUER|ALTNAME|VERIFY/.test(code)
        ? "Its certificate is of no authority that this machine trusts, or is for another name."
        : "Try again later.",
    },
  );
}

async function addressesOf({ origin, resolve, private: isPrivate }: UpstreamWish): Promise<readonly string[]> {
  const found = isAddress(origin.host)
    ? [origin.host]
    : await (resolve ?? resolveName)(origin.host).catch((cause: unknown) => {
        throw new Fault("unavailable", "egress.unresolved", `No address was found for ${origin.host}.`, { cause });
      });
  if (found.length === 0)
    throw new Fault("unavailable", "egress.unresolved", `No address was found for ${origin.host}.`);
  if (found.every(isAddress) && (isPrivate || found.every(isPublicAddress)))
    return [...found].sort((a, b) => Number(a.includes(":")) - Number(b.includes(":"))).slice(0, mostAddresses);
  throw new Fault(
    "denied",
    "egress.private-address",
    `${origin.host} is inside the own network, not on the internet.`,
    {
      hint: `If the owner means it, { host: "${origin.host}:${origin.port}", action: "allow", private: true } in egress.rules of homarus.json allows this one host.`,
    },
  );
}

/** This machine, as programs in containers call it. */
const thisMachine = /(^|\.)localhost$|^host\.(homarus|docker|containers)\.internal$/;

/** `localhost` is this machine on every machine (RFC 6761), whatever a resolver says of it. */
async function resolveName(name: string): Promise<readonly string[]> {
  if (thisMachine.test(name)) return ["127.0.0.1"];
  return (await lookup(name, { all: true, verbatim: true })).map((item) => item.address);
}

function open(address: string, { origin, tls, trusted, signal }: UpstreamWish): Promise<Socket> {
  const { port, host } = origin;
  const named = isIP(host) === 0 ? { servername: host } : {};
  const socket = tls
    ? connectTls({ host: address, port, secureContext: trusted, ALPNProtocols: ["http/1.1"], ...named })
    : connect({ host: address, port });
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort, { once: true });
    socket.setTimeout(connectMs, () => socket.destroy(new Error("no answer within 15 seconds")));
    socket.once(tls ? "secureConnect" : "connect", () => {
      signal.removeEventListener("abort", abort);
      socket.setTimeout(0);
      resolve(socket);
    });
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("the connection was closed")));
  });
}

// Who is at the other end of a request: the TCP peer, or the client that a proxy of the owner's says it speaks for.
// What strangers write into forwarding headers changes nothing but that they are no longer taken for local.
import type { RemotePeer } from "../house.ts";
import type { GatewaySettings } from "../settings.ts";
import { type Address, isLoopback, plainAddress } from "./address.ts";
import { isLocal } from "./origin.ts";
import { type Claim, claimOf } from "./user.ts";

export interface Peer extends Address {
  /** Whom a trusted proxy or Tailscale names, where that is a login. */
  readonly user?: Claim;
}

export function peerOf(remote: RemotePeer, headers: Headers, settings: GatewaySettings): Peer {
  const socket = plainAddress(remote.address) ?? remote.address;
  const user = claimOf(socket, headers, settings);
  return {
    address: clientOf(socket, headers, settings),
    // A login by header came through a proxy, whatever else it left out.
    isLocal: user === undefined && isLocal(remote, headers),
    ...(user === undefined ? {} : { user }),
  };
}

/**
 * The right-most hop of X-Forwarded-For that is no proxy of ours: each proxy adds on the right whom it heard, so what
 * stands further left was written by who is not trusted.
 */
function clientOf(socket: string, headers: Headers, settings: GatewaySettings): string {
  if (!isForwarder(socket, settings)) return socket;
  const hops = (headers.get("x-forwarded-for") ?? headers.get("x-real-ip") ?? "").split(",");
  let client = socket;
  for (const hop of hops.reverse()) {
    const address = plainAddress(hop);
    if (address === undefined) break;
    client = address;
    if (!isTrusted(address, settings)) break;
  }
  return client;
}

function isForwarder(socket: string, settings: GatewaySettings): boolean {
  return isTrusted(socket, settings) || (settings.tailscale?.forwards === true && isLoopback(socket));
}

function isTrusted(address: string, settings: GatewaySettings): boolean {
  return settings.isTrustedProxy?.(address) === true;
}

// Where a connection comes from: whether it is truly local, and whether a web page may open it.
import type { RemotePeer } from "../house.ts";
import type { GatewaySettings } from "../settings.ts";
import { isLoopback } from "./address.ts";

/** A program of this machine that speaks to us directly sends none of these. */
const forwarding = [
  ...[
    "forwarded",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-forwarded-server",
    "x-real-ip",
    "via",
  ],
  ...["cf-connecting-ip", "true-client-ip", "tailscale-user-login", "tailscale-funnel-request"],
];

/**
 * A direct connection from this machine. Through a proxy the peer looks local but is not; and a foreign Host name
 * means that some web page was tricked into this address (DNS rebinding).
 */
export function isLocal(peer: RemotePeer, headers: Headers): boolean {
  if (!isLoopback(peer.address) || forwarding.some((name) => headers.has(name))) return false;
  return isLoopbackName(hostnameOf(headers.get("host")));
}

/** Browsers send an Origin, programs do not: without one there is nothing to check. */
export function isOriginAllowed(headers: Headers, settings: Pick<GatewaySettings, "auth" | "allowedOrigins">): boolean {
  const origin = headers.get("origin");
  if (origin === null) return true;
  if (settings.allowedOrigins?.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const from = new URL(origin);
  const host = headers.get("host");
  const name = hostnameOf(host);
  if (isLoopbackName(from.hostname) && isLoopbackName(name)) return true;
  // The same host by name proves nothing where no secret is asked: the name may have been pointed at us.
  return from.host === host && (settings.auth.mode !== "none" || isAddress(name));
}

function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || isLoopback(name);
}

function isAddress(name: string): boolean {
  return name.startsWith("[") || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}

function hostnameOf(host: string | null): string {
  return host !== null && URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
}

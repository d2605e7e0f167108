// Logins by header: a name that a trusted proxy sets, or one that Tailscale sets and confirms when asked. From anyone
// else such a header is a forgery and means nothing.
import type { GatewaySettings, TrustedProxyAuth } from "../settings.ts";
import { isLoopback, plainAddress } from "./address.ts";

export interface User {
  readonly by: "trusted-proxy" | "tailscale";
  readonly login: string;
}

/** A user, or one who is known once somebody has been asked; that is done only where a login is wanted. */
export type Claim = User | (() => Promise<User | undefined>);

export function claimOf(socket: string, headers: Headers, settings: GatewaySettings): Claim | undefined {
  const { auth, tailscale } = settings;
  if (auth.mode === "trusted-proxy")
    return settings.isTrustedProxy?.(socket) === true ? proxyUser(headers, auth) : undefined;
  return tailscale?.whois && isLoopback(socket) ? tailscaleUser(headers, tailscale.whois) : undefined;
}

/** Asks whoever has to be asked. */
export async function settled(claim: Claim | undefined): Promise<User | undefined> {
  return typeof claim === "function" ? claim() : claim;
}

function proxyUser(headers: Headers, auth: TrustedProxyAuth): User | undefined {
  if (auth.requiredHeaders.some((name) => !headers.get(name)?.trim())) return undefined;
  const login = headers.get(auth.userHeader)?.trim();
  if (!login || (auth.allowUsers.length > 0 && !auth.allowUsers.includes(login))) return undefined;
  return { by: "trusted-proxy", login };
}

/**
 * Tailscale Serve (https://tailscale.com/kb/1312/serve) connects from this machine and names the login and, as the only
 * hop, the address in the tailnet. Its daemon is asked whose address that is. Through Funnel come strangers.
 */
function tailscaleUser(headers: Headers, whois: (address: string) => Promise<string | undefined>): Claim | undefined {
  const login = headers.get("tailscale-user-login")?.trim();
  const address = plainAddress(headers.get("x-forwarded-for") ?? "");
  if (!login || address === undefined || headers.has("tailscale-funnel-request")) return undefined;
  return async () => {
    const known = await whois(address);
    return known?.toLowerCase() === login.toLowerCase() ? { by: "tailscale", login } : undefined;
  };
}

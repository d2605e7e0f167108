// Addresses as texts: one spelling for each, and the network by which strangers are counted.

/** Where somebody comes from. */
export interface Address {
  /** In the spelling of `plainAddress`; empty where the machine does not know it. */
  readonly address: string;
  /** A direct connection from this machine: no proxy between, and not asked for under a foreign name. */
  readonly isLocal: boolean;
}

const v4 = /^(?:(?:0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(?:\.(?=\d)|$)){4}$/;

/**
 * An IPv4 or IPv6 address in one spelling, from what sockets and forwarding headers write: with brackets, a port, a
 * zone, or IPv4 inside IPv6. Undefined for what is no address.
 */
export function plainAddress(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^\[([^\]]+)\](?::\d{1,5})?$/.exec(trimmed)?.[1] ?? /^([\d.]+):\d{1,5}$/.exec(trimmed)?.[1] ?? trimmed;
  const address = bare.replace(/%.*$/s, "");
  if (v4.test(address)) return address;
  // Only what can stand in an address is handed to the URL parser, which then knows IPv6 better than a pattern.
  if (!/^[\da-f.:]+$/i.test(address) || !URL.canParse(`http://[${address}]/`)) return undefined;
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const inside = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(written);
  return inside ? dotted(Number.parseInt(inside[1] ?? "", 16), Number.parseInt(inside[2] ?? "", 16)) : written;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

/** One subscriber has a whole /64 of IPv6 and may change the rest at will. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [before = "", after = ""] = address.split("::");
  const head = before.split(":").filter(Boolean);
  const tail = after.split(":").filter(Boolean);
  const groups = address.includes("::") ? [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail] : head;
  return `${groups.slice(0, 4).join(":")}::/64`;
}

export function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:/, "");
  // The whole of it: a name may begin with the digits of an address and be anyone's.
  return plain === "::1" || /^127(\.\d{1,3}){3}$/.test(plain);
}

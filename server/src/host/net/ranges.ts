// Ranges of addresses as an owner writes them: `192.168.1.7`, `10.0.0.0/8`, `fd00::/8` (CIDR, RFC 4632 and RFC 4291).
import { Fault } from "@homarus/sdk";
import { parseV4, parseV6 } from "./addresses.ts";

interface Range {
  readonly first: bigint;
  readonly bits: bigint;
}

/** IPv4 is counted inside IPv6, as `::ffff:a.b.c.d` (RFC 4291, 2.5.5.2), so that both spellings are one address. */
const v4Offset = 0xffffn << 32n;
const v4Prefix = 96;
const v6Bits = 128;

/** Tells whether an address lies in one of them. Throws a `config` Fault that names the entry which is no range. */
export function createRanges(written: readonly string[]): (address: string) => boolean {
  const ranges = written.map(rangeOf);
  return (address) => {
    const number = numberOf(address);
    return number !== undefined && ranges.some(({ first, bits }) => number >> bits === first >> bits);
  };
}

function rangeOf(text: string): Range {
  const [, address = "", length] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const first = numberOf(address);
  const prefix = length === undefined ? v6Bits : Number(length) + (parseV4(address) === undefined ? 0 : v4Prefix);
  if (first !== undefined && prefix <= v6Bits) return { first, bits: BigInt(v6Bits - prefix) };
  throw new Fault("config", "net.range", `"${text}" in gateway.trustedProxies is no address and no range.`, {
    hint: "Write an address such as 192.168.1.7, or a range such as 10.0.0.0/8.",
  });
}

function numberOf(address: string): bigint | undefined {
  const v4 = parseV4(address);
  if (v4 !== undefined) return v4Offset | BigInt(v4);
  return parseV6(address)?.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

// Tells addresses of the public internet from all others. An address is public only when nothing says otherwise:
// the tables are the special-purpose registries of IANA (RFC 6890 and its updates) and the metadata hosts of clouds.

/** IPv4 ranges that no public host has, with what they are. */
const closedV4: readonly (readonly [first: string, bits: number])[] = [
  ["0.0.0.0", 8], // this network
  ["10.0.0.0", 8], // private
  ["100.64.0.0", 10], // carrier-grade NAT; a cloud's metadata host among them
  ["127.0.0.0", 8], // loopback
  ["168.63.129.16", 32], // a cloud's platform host
  ["169.254.0.0", 16], // link-local; the metadata host of most clouds
  ["172.16.0.0", 12], // private
  ["192.0.0.0", 24], // protocol assignments
  ["192.0.2.0", 24], // documentation
  ["192.88.99.0", 24], // 6to4 relays, withdrawn
  ["192.168.0.0", 16], // private
  ["198.18.0.0", 15], // benchmarks
  ["198.51.100.0", 24], // documentation
  ["203.0.113.0", 24], // documentation
  ["224.0.0.0", 4], // multicast
  ["240.0.0.0", 4], // reserved, broadcast
];

/** IPv6 ranges inside the global unicast block that are not for public hosts. */
const closedV6: readonly (readonly [first: readonly number[], bits: number])[] = [
  [[0x2001, 0x0000], 23], // protocol assignments, Teredo among them
  [[0x2001, 0x0db8], 32], // documentation
  [[0x3fff, 0x0000], 20], // documentation
];

/** Whether a literal address, as a resolver gives it, belongs to the public internet. What is no address is not. */
export function isPublicAddress(address: string): boolean {
  const v4 = parseV4(address);
  if (v4 !== undefined) return isPublicV4(v4);
  const v6 = parseV6(address);
  return v6 !== undefined && isPublicV6(v6);
}

/** Whether this is an IPv4 or IPv6 address written out. */
export function isAddress(text: string): boolean {
  return parseV4(text) !== undefined || parseV6(text) !== undefined;
}

function isPublicV4(address: number): boolean {
  return !closedV4.some(([first, bits]) => (address ^ (parseV4(first) ?? 0)) >>> (32 - bits) === 0);
}

function isPublicV6(groups: readonly number[]): boolean {
  const inside = embeddedV4(groups);
  if (inside !== undefined) return isPublicV4(inside);
  const tunnelled = isatapV4(groups);
  if (tunnelled !== undefined && !isPublicV4(tunnelled)) return false;
  // Global unicast is 2000::/3 (RFC 4291); everything else is local, multicast or unassigned.
  if (((groups[0] ?? 0) & 0xe000) !== 0x2000) return false;
  return !closedV6.some(([first, bits]) => startsWith(groups, first, bits));
}

/** The IPv4 address that a transition form carries and that the packet ends at. */
function embeddedV4(groups: readonly number[]): number | undefined {
  if (startsWith(groups, [0x2002], 16)) return v4At(groups, 1); // 6to4, RFC 3056
  if (startsWith(groups, [0x0064, 0xff9b, 0, 0, 0, 0], 96)) return v4At(groups, 6); // NAT64, RFC 6052
  if (startsWith(groups, [0, 0, 0, 0, 0, 0xffff], 96)) return v4At(groups, 6); // mapped, RFC 4291
  return undefined;
}

/** The IPv4 end of an ISATAP tunnel (RFC 5214), which may stand behind any prefix. */
function isatapV4(groups: readonly number[]): number | undefined {
  return ((groups[4] ?? 0) & 0xfdff) === 0 && groups[5] === 0x5efe ? v4At(groups, 6) : undefined;
}

function v4At(groups: readonly number[], index: number): number {
  return (((groups[index] ?? 0) << 16) | (groups[index + 1] ?? 0)) >>> 0;
}

function startsWith(groups: readonly number[], first: readonly number[], bits: number): boolean {
  return first.every((group, index) => {
    const counted = Math.min(16, Math.max(0, bits - index * 16));
    return ((groups[index] ?? 0) ^ group) >>> (16 - counted) === 0;
  });
}

/** Four decimal numbers and nothing else: other spellings are turned into this one by the URL parser. */
export function parseV4(text: string): number | undefined {
  const parts = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/
    .exec(text)
    ?.slice(1)
    .map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => ((sum << 8) | part) >>> 0, 0);
}

/** Eight groups of sixteen bits. A scope (`%eth0`) makes it a local address, so it is not taken. */
export function parseV6(text: string): readonly number[] | undefined {
  const tail = /(?<=:)[\d.]+$/.exec(text)?.[0];
  const v4 = tail?.includes(".") ? parseV4(tail) : undefined;
  if (tail?.includes(".") && v4 === undefined) return undefined;
  const written =
    v4 === undefined
      ? text
      : `${text.slice(0, -(tail ?? "").length)}${(v4 >>> 16).toString(16)}:${(v4 & 0xffff).toString(16)}`;
  const halves = written.split("::");
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...before, ...Array<string>(missing).fill("0"), ...after];
  return groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))
    ? groups.map((group) => Number.parseInt(group, 16))
    : undefined;
}

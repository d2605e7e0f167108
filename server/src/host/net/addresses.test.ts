import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { isAddress, isPublicAddress } from "./addresses.ts";

/** Ranges by their first and last address, with one beside each end that is public where there is one. */
const closed: readonly (readonly [name: string, ...addresses: string[]])[] = [
  ["this network", "0.0.0.0", "0.255.255.255"],
  ["private A", "10.0.0.0", "10.255.255.255"],
  ["carrier-grade NAT", "100.64.0.0", "100.127.255.255", "100.100.100.200"],
  ["loopback", "127.0.0.0", "127.0.0.1", "127.255.255.255"],
  ["link-local", "169.254.0.0", "169.254.169.254", "169.254.255.255"],
  ["private B", "172.16.0.0", "172.31.255.255"],
  ["protocol assignments", "192.0.0.0", "192.0.0.192", "192.0.0.255"],
  ["documentation", "192.0.2.0", "192.0.2.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255"],
  ["6to4 relays", "192.88.99.0", "192.88.99.255"],
  ["private C", "192.168.0.0", "192.168.255.255"],
  ["benchmarks", "198.18.0.0", "198.19.255.255"],
  ["multicast", "224.0.0.0", "239.255.255.255"],
  ["reserved and broadcast", "240.0.0.0", "255.255.255.255"],
  ["a cloud's platform host", "168.63.129.16"],
  ["IPv6 unspecified and loopback", "::", "::1", "0:0:0:0:0:0:0:1"],
  ["IPv6 link-local and site-local", "fe80::1", "febf::1", "fec0::1"],
  ["IPv6 unique local", "fc00::1", "fdff:ffff::1", "fd00:ec2::254"],
  ["IPv6 multicast", "ff02::1", "ff0e::1"],
  ["IPv6 documentation", "2001:db8::1", "2001:db8:ffff::1", "3fff::1", "3fff:fff::1"],
  ["IPv6 protocol assignments and Teredo", "2001::1", "2001:0:7f00:1::", "2001:1ff::1"],
  ["IPv6 outside of global unicast", "1fff::1", "4000::1", "5f00::1", "100::1", "64:ff9b:1::1"],
  ["IPv4 mapped", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:10.0.0.1", "::FFFF:169.254.169.254"],
  ["IPv4 compatible", "::127.0.0.1", "::8.8.8.8"],
  ["NAT64 with a private end", "64:ff9b::127.0.0.1", "64:ff9b::a00:1"],
  ["6to4 with a private end", "2002:7f00:1::", "2002:a00:1::1", "2002:c0a8:101::"],
  ["ISATAP with a private end", "2600::5efe:10.0.0.1", "2600::200:5efe:7f00:1", "fe80::5efe:8.8.8.8"],
  ["a scope", "fe80::1%eth0", "2600::1%1"],
];

describe("[L25] not public:", () => {
  test.each(closed.map(([name, ...addresses]) => [name, addresses] as const))("%s", (_, addresses) => {
    for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });

  test.each([
    "",
    "localhost",
    "example.org",
    "1",
    "127.1",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "256.0.0.1",
    "8.8.8.8.",
    " 8.8.8.8",
    "8.8.8.8:80",
    ":::",
    "1::2::3",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "::ffff:1.2.3",
    "::ffff:1.2.3.400",
    "g::1",
    "12345::1",
    "[2600::1]",
  ])("%j, which is no address as a resolver writes it", (text) => {
    expect([isAddress(text), isPublicAddress(text)]).toEqual([false, false]);
  });
});

test.each([
  ...[
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "169.253.255.255",
    "169.255.0.0",
  ],
  ...[
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
  ],
  ...[
    "2606:4700::1111",
    "2a00:1450::1",
    "2001:200::1",
    "2001:db7::1",
    "2001:db9::1",
    "3ffe::1",
    "64:ff9b::8.8.8.8",
    "2002:808:808::",
    "::ffff:8.8.8.8",
    "2600::1.2.3.4",
  ],
])("public: %s", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test("the ways to write an IPv6 address mean the same", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((group) => group.toString(16)).join(":");
      const padded = groups.map((group) => group.toString(16).toUpperCase().padStart(4, "0")).join(":");
      const short = new URL(`http://[${full}]/`).hostname.slice(1, -1);
      expect([isPublicAddress(padded), isPublicAddress(short)]).toEqual([isPublicAddress(full), isPublicAddress(full)]);
    }),
  );
});

test("an IPv4 address and its mapped form are equally public", () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      expect(isPublicAddress(`64:ff9b::${address}`)).toBe(isPublicAddress(address));
    }),
  );
});

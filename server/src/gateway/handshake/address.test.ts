import { describe, expect, test } from "bun:test";
import { isLoopback, networkOf, plainAddress } from "./address.ts";

describe("one spelling of an address", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    [" 192.0.2.1 ", "192.0.2.1"],
    ["192.0.2.1:5123", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:c000:201", "192.0.2.1"],
    ["[2001:DB8::1]:443", "2001:db8::1"],
    ["2001:0db8:0:0:0:0:0:1", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
    ["::1", "::1"],
  ])("%p is %p", (text, plain) => {
    expect(plainAddress(text)).toBe(plain);
  });

  test.each([
    ...["", "unknown", "_hidden", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1.", "1.2.3.4.5"],
    ...["2001:db8::1::2", "::1]@evil", "evil.example", "127.0.0.1.evil.example", "12345", "::gggg", "[::1"],
  ])("%p is none", (text) => {
    expect(plainAddress(text)).toBeUndefined();
  });
});

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["::1", "0:0:0:0::/64"],
  ["1::", "1:0:0:0::/64"],
])("the network of %s is %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});

test("loopback is the whole of 127.0.0.0/8 and ::1, and no name that begins like it", () => {
  for (const address of ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]) expect(isLoopback(address)).toBe(true);
  for (const address of ["128.0.0.1", "127.0.0.1.evil.example", "::2", ""]) expect(isLoopback(address)).toBe(false);
});

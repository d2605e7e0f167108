import { describe, expect, test } from "bun:test";
import { isFault } from "@homarus/sdk";
import { createRanges } from "./ranges.ts";

describe("ranges of addresses", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1", true],
    ["192.0.2.1", "192.0.2.2", false],
    ["10.0.0.0/8", "10.255.255.255", true],
    ["10.0.0.0/8", "11.0.0.0", false],
    ["10.1.2.3/8", "10.9.9.9", true],
    ["192.0.2.128/25", "192.0.2.127", false],
    ["0.0.0.0/0", "203.0.113.9", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["10.0.0.0/8", "::ffff:10.0.0.1", true],
    ["fd00::/8", "fdff::1", true],
    ["fd00::/8", "fe00::1", false],
    ["2001:db8::/127", "2001:db8::1", true],
    ["::/0", "10.0.0.1", true],
    ["10.0.0.0/8", "not an address", false],
    ["10.0.0.0/8", "", false],
  ])("%s has %s: %p", (range, address, expected) => {
    expect(createRanges(["203.0.113.200", range])(address)).toBe(expected);
  });

  test.each(["proxy.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "fd00::/129", "", "10.0.0.0/8/8", "10.0.0.0/-1"])(
    "%p is refused as a whole list, by its name",
    (text) => {
      const attempt = () => createRanges(["10.0.0.1", text]);
      expect(attempt).toThrow(`"${text}"`);
      try {
        attempt();
      } catch (thrown) {
        expect(isFault(thrown) && [thrown.kind, thrown.code]).toEqual(["config", "net.range"]);
      }
    },
  );
});

import { describe, expect, test } from "bun:test";
import { isLocal, isOriginAllowed } from "./origin.ts";

const home = { address: "127.0.0.1", port: 5 };
const settings = { host: "0.0.0.0", port: 1, auth: { mode: "token", token: "t" } } as const;

describe("local connections", () => {
  test.each([
    ["127.0.0.1", { host: "127.0.0.1:1" }, true],
    ["::ffff:127.0.0.1", { host: "localhost:1" }, true],
    ["::1", { host: "[::1]:1" }, true],
    ["203.0.113.9", { host: "127.0.0.1:1" }, false],
    ["127.0.0.1", { host: "evil.example" }, false],
    ["127.0.0.1", {}, false],
    ["127.0.0.1", { host: "localhost", "x-forwarded-for": "1.2.3.4" }, false],
    ["127.0.0.1", { host: "localhost", forwarded: "for=1.2.3.4" }, false],
    ["127.0.0.1", { host: "127.0.0.1.evil.example" }, false],
  ] as const)("from %s with %j: %p", (address, headers, expected) => {
    expect(isLocal({ ...home, address }, new Headers(headers))).toBe(expected);
  });
});

describe("origins", () => {
  test.each([
    ["http://localhost:3000", "127.0.0.1:1", true],
    ["http://192.168.1.5:1", "192.168.1.5:1", true],
    ["http://192.168.1.5:2", "192.168.1.5:1", false],
    ["https://box.example", "box.example", true],
    ["https://evil.example", "127.0.0.1:1", false],
    ["http://127.0.0.1.evil.example", "127.0.0.1:1", false],
    ["file://", "127.0.0.1:1", false],
    ["not a url", "127.0.0.1:1", false],
  ])("%s at host %s: %p", (origin, host, expected) => {
    expect(isOriginAllowed(new Headers({ origin, host }), settings)).toBe(expected);
  });

  test("programs send none and are not asked", () => {
    expect(isOriginAllowed(new Headers({ host: "x" }), settings)).toBe(true);
  });

  test("without a secret a name is no proof, an address is", () => {
    const open = { ...settings, auth: { mode: "none" } } as const;
    expect(isOriginAllowed(new Headers({ origin: "http://box.example", host: "box.example" }), open)).toBe(false);
    expect(isOriginAllowed(new Headers({ origin: "http://192.168.1.5:1", host: "192.168.1.5:1" }), open)).toBe(true);
  });
});

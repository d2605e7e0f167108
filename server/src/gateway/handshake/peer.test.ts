import { describe, expect, test } from "bun:test";
import { createRanges } from "../../host/net/ranges.ts";
import type { GatewayAuth, GatewaySettings } from "../settings.ts";
import { type Peer, peerOf } from "./peer.ts";

const settings: GatewaySettings = {
  ...{ host: "0.0.0.0", port: 1, auth: { mode: "token", token: "t" } },
  rateLimits: { requestsPerMinute: 600, upgradesPerMinute: 120, callsPerMinute: 600, loopbackExempt: true },
  guessLimits: { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true },
};
const behindProxies = { ...settings, isTrustedProxy: createRanges(["127.0.0.1", "10.0.0.0/8", "fd00::/8"]) };

function peer(address: string, headers: Record<string, string>, of: GatewaySettings = behindProxies): Peer {
  return peerOf({ address, port: 5 }, new Headers({ host: "127.0.0.1:1", ...headers }), of);
}

describe("the client behind trusted proxies", () => {
  test.each([
    ["one proxy", "127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["what the client forged stands further left", "127.0.0.1", "127.0.0.1, 8.8.8.8, 203.0.113.9", "203.0.113.9"],
    ["a row of proxies", "10.1.1.1", "203.0.113.9, 10.2.2.2", "203.0.113.9"],
    ["a row of proxies, and a forged hop", "10.1.1.1", "8.8.8.8, 203.0.113.9, 10.2.2.2", "203.0.113.9"],
    ["ports and brackets", "127.0.0.1", "[2001:DB8::7]:4711", "2001:db8::7"],
    ["IPv4 inside IPv6", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["nothing but proxies", "127.0.0.1", "10.9.9.9, 10.2.2.2", "10.9.9.9"],
    ["a hop that is no address", "127.0.0.1", "203.0.113.9, unknown, 10.2.2.2", "10.2.2.2"],
    ["an empty list", "127.0.0.1", " , ", "127.0.0.1"],
  ])("%s", (_, socket, forwarded, expected) => {
    expect(peer(socket, { "x-forwarded-for": forwarded })).toEqual({ address: expected, isLocal: false });
  });

  test("X-Real-IP counts from a proxy that sends no X-Forwarded-For", () => {
    expect(peer("127.0.0.1", { "x-real-ip": "203.0.113.9" }).address).toBe("203.0.113.9");
    expect(peer("127.0.0.1", { "x-real-ip": "8.8.8.8", "x-forwarded-for": "203.0.113.9" }).address).toBe("203.0.113.9");
  });

  test("nobody becomes local by a header, whoever wrote it", () => {
    expect(peer("127.0.0.1", { "x-forwarded-for": "127.0.0.1" }).isLocal).toBe(false);
    expect(peer("203.0.113.9", { "x-forwarded-for": "127.0.0.1" })).toEqual({ address: "203.0.113.9", isLocal: false });
    expect(peer("127.0.0.1", {}).isLocal).toBe(true);
  });
});

describe("forwarding headers of others", () => {
  test.each([
    ["203.0.113.9", { "x-forwarded-for": "10.0.0.1" }],
    ["203.0.113.9", { "x-real-ip": "10.0.0.1" }],
    ["203.0.113.9", { forwarded: "for=10.0.0.1" }],
  ] as const)("from %s with %j change no address", (socket, headers) => {
    expect(peer(socket, headers)).toEqual({ address: socket, isLocal: false });
  });

  test("without a list of proxies there is none, and a forwarded request of this machine is not local", () => {
    const forwarded = { "x-forwarded-for": "203.0.113.9" };
    expect(peer("127.0.0.1", forwarded, settings)).toEqual({ address: "127.0.0.1", isLocal: false });
    for (const name of ["via", "cf-connecting-ip", "x-forwarded-proto", "tailscale-user-login"])
      expect(peer("127.0.0.1", { [name]: "x" }, settings).isLocal).toBe(false);
  });

  test("what Tailscale forwards comes from this machine, and its word about the client counts", () => {
    const serving = { ...settings, tailscale: { forwards: true } };
    expect(peer("127.0.0.1", { "x-forwarded-for": "100.64.0.7" }, serving).address).toBe("100.64.0.7");
    expect(peer("203.0.113.9", { "x-forwarded-for": "100.64.0.7" }, serving).address).toBe("203.0.113.9");
  });
});

describe("a user whom a proxy names", () => {
  const auth: GatewayAuth = {
    ...({ mode: "trusted-proxy", token: "t", userHeader: "Remote-User" } as const),
    ...{ requiredHeaders: ["X-Proxy-Key"], allowUsers: ["ada"] },
  };
  const withUsers = { ...behindProxies, auth };
  const named = { "remote-user": "ada", "x-proxy-key": "1", "x-forwarded-for": "203.0.113.9" };
  const ada = { by: "trusted-proxy", login: "ada" } as const;

  test("is a login from a trusted proxy, and never local", () => {
    expect(peer("10.0.0.1", named, withUsers)).toEqual({ address: "203.0.113.9", isLocal: false, user: ada });
    const { "x-forwarded-for": _, ...silent } = named;
    expect(peer("127.0.0.1", silent, withUsers)).toEqual({ address: "127.0.0.1", isLocal: false, user: ada });
  });

  test.each([
    ["forged by somebody else", "203.0.113.9", named],
    ["who is not on the list", "10.0.0.1", { ...named, "remote-user": "eve" }],
    ["named beside another", "10.0.0.1", { ...named, "remote-user": "eve, ada" }],
    ["without the header that must be there", "10.0.0.1", { "remote-user": "ada" }],
    ["without a name", "10.0.0.1", { ...named, "remote-user": " " }],
  ] as const)("%s is none", (_, socket, headers) => {
    expect(peer(socket, headers, withUsers).user).toBeUndefined();
  });

  test("in another mode the header means nothing", () => {
    expect(peer("10.0.0.1", named).user).toBeUndefined();
  });
});

describe("a user whom Tailscale names", () => {
  const logins = new Map([["100.64.0.7", "Ada@example.com"]]);
  const asked: string[] = [];
  const whois = async (address: string) => {
    asked.push(address);
    return logins.get(address);
  };
  const serving = { ...settings, tailscale: { forwards: true, whois } };
  const named = { "tailscale-user-login": "ada@example.com", "x-forwarded-for": "100.64.0.7" };

  const asking = ({ user }: Peer) => (typeof user === "function" ? user() : Promise.reject(new Error("nobody to ask")));

  test("is a login once Tailscale confirms it for that address", async () => {
    const found = peer("127.0.0.1", named, serving);
    expect(asked).toEqual([]);
    expect(await asking(found)).toEqual({ by: "tailscale", login: "ada@example.com" });
    expect(found.isLocal).toBe(false);
    expect(asked).toEqual(["100.64.0.7"]);
  });

  test("forged by a neighbour in the tailnet it is found out", async () => {
    for (const forged of [{ "x-forwarded-for": "100.64.0.8" }, { "tailscale-user-login": "eve@x" }])
      expect(await asking(peer("127.0.0.1", { ...named, ...forged }, serving))).toBeUndefined();
  });

  test.each([
    ["from another machine", "203.0.113.9", named],
    ["over more than one hop", "127.0.0.1", { ...named, "x-forwarded-for": "100.64.0.7, 203.0.113.9" }],
    ["through Funnel", "127.0.0.1", { ...named, "tailscale-funnel-request": "?1" }],
    ["without an address", "127.0.0.1", { "tailscale-user-login": "ada@example.com" }],
  ] as const)("%s is not even asked for", (_, socket, headers) => {
    expect(peer(socket, headers, serving).user).toBeUndefined();
  });

  test("unless the owner allows it, the header means nothing", () => {
    expect(peer("127.0.0.1", named, { ...settings, tailscale: { forwards: true } }).user).toBeUndefined();
  });
});

import { describe, expect, test } from "bun:test";
import { isFault, type Json, type JsonSchema } from "@homarus/sdk";
import { silentLog } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { checkConfig, withDefaults } from "../host/config/check.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { gatewaySettings } from "./gateway-settings.ts";
import type { Ground } from "./ground.ts";

const schema = catalog.configSchema as unknown as JsonSchema;
const long = "twelve or more";
const proxy = { userHeader: "remote-user" };

/** Settings of a config, and a way to change it while the gateway runs. */
function open(gateway: object, start: { host?: string; isEmbedded?: boolean } = {}) {
  const read = (written: object): HouseConfig => {
    expect(checkConfig({ gateway: written } as Json, schema)).toEqual([]);
    return withDefaults({ gateway: written } as Json, schema) as unknown as HouseConfig;
  };
  let config = read(gateway);
  const listeners: ((changed: readonly string[]) => void)[] = [];
  const errors: string[] = [];
  const ground = {
    config: { current: () => config },
    environment: {},
    home: { token: () => "kept-token" },
    log: { ...silentLog, error: (event: string) => void errors.push(event) },
    onConfigChange: (work: (changed: readonly string[]) => void) => void listeners.push(work),
  } as unknown as Ground;
  const { host } = config.gateway;
  return {
    errors,
    settings: gatewaySettings(ground, { host, port: 1, isEmbedded: false, ...start }),
    change(written: object) {
      config = read(written);
      for (const listener of listeners) listener(["gateway"]);
    },
  };
}

function refusal(gateway: object): string {
  try {
    open(gateway);
  } catch (thrown) {
    if (isFault(thrown) && thrown.kind === "config" && thrown.hint) return thrown.code;
    throw thrown;
  }
  return "taken";
}

describe("a login must hold where others can reach the gateway", () => {
  const password = (text: string) => ({ mode: "password", password: text });
  const funnel = { tailscale: { mode: "funnel" } };

  test.each([
    ["none on this machine", { auth: { mode: "none" } }, "taken"],
    ["none for the network", { host: "0.0.0.0", auth: { mode: "none" } }, "gateway.open"],
    ["none for one address", { host: "192.168.1.5", auth: { mode: "none" } }, "gateway.open"],
    [
      "none for a name that begins like loopback",
      { host: "127.0.0.1.example", auth: { mode: "none" } },
      "gateway.open",
    ],
    ["none for the tailnet", { auth: { mode: "none" }, tailscale: { mode: "serve" } }, "gateway.open"],
    ["a short password on this machine", { auth: password("short") }, "taken"],
    ["a short password for the network", { host: "0.0.0.0", auth: password("elevenchars") }, "gateway.weak-password"],
    ["a long password for the network", { host: "0.0.0.0", auth: password(long) }, "taken"],
    ["no password", { auth: { mode: "password" } }, "gateway.password"],
    ["the token for the network", { host: "0.0.0.0" }, "taken"],
    ["the token for the internet", funnel, "gateway.funnel"],
    ["none for the internet", { ...funnel, auth: { mode: "none" } }, "gateway.funnel"],
    ["a short password for the internet", { ...funnel, auth: password("elevenchars") }, "gateway.weak-password"],
    ["a long password for the internet", { ...funnel, auth: password(long) }, "taken"],
    [
      "Tailscale for an address it does not forward to",
      { host: "192.168.1.5", tailscale: { mode: "serve" } },
      "gateway.tailscale-host",
    ],
    [
      "a proxy's users without a proxy",
      { auth: { mode: "trusted-proxy", trustedProxy: proxy } },
      "gateway.trusted-proxy",
    ],
    [
      "a proxy's users without their header",
      { auth: { mode: "trusted-proxy" }, trustedProxies: ["10.0.0.1"] },
      "gateway.trusted-proxy",
    ],
    ["a proxy that is no address", { trustedProxies: ["proxy.example"] }, "net.range"],
  ])("%s", (_, gateway, code) => {
    expect(refusal(gateway)).toBe(code);
  });

  test("a house for one command is given out to nobody, and asks for no more than its login", () => {
    const { settings } = open({ ...funnel, host: "0.0.0.0" }, { host: "127.0.0.1", isEmbedded: true });
    expect(settings.tailscale).toEqual({ forwards: false });
  });
});

describe("settings that follow the config", () => {
  test("are the login, the proxies, the origins and the limits", () => {
    const { settings, change } = open({});
    expect(settings.auth).toEqual({ mode: "token", token: "kept-token" });
    expect(settings.isTrustedProxy?.("10.0.0.1")).toBe(false);
    change({
      ...{ auth: { mode: "trusted-proxy", trustedProxy: proxy, rateLimit: { maxAttempts: 3 }, allowTailscale: true } },
      ...{ trustedProxies: ["10.0.0.0/8"], allowedOrigins: ["https://home.example"] },
      rateLimit: { requestsPerMinute: 5 },
    });
    const users = { userHeader: "remote-user", requiredHeaders: [], allowUsers: [] };
    expect(settings.auth).toEqual({ mode: "trusted-proxy", token: "kept-token", ...users });
    expect(settings.isTrustedProxy?.("10.0.0.1")).toBe(true);
    expect(settings.allowedOrigins).toEqual(["https://home.example"]);
    expect(settings.rateLimits).toEqual({
      ...{ requestsPerMinute: 5, upgradesPerMinute: 120, callsPerMinute: 600, loopbackExempt: true },
    });
    expect(settings.guessLimits).toMatchObject({ maxAttempts: 3, lockoutMs: 300_000 });
    expect(settings.tailscale?.whois).toBeFunction();
  });

  test("a login that is too weak for where the gateway is open does not take the place of the one in force", () => {
    const { settings, change, errors } = open({ host: "0.0.0.0" });
    for (const auth of [{ mode: "none" }, { mode: "password", password: "short" }]) change({ host: "127.0.0.1", auth });
    expect(settings.auth.mode).toBe("token");
    expect(errors).toEqual(["gateway.login-refused", "gateway.login-refused"]);
  });

  test("Funnel is still open when the config says otherwise, until the next start", () => {
    const auth = { mode: "password", password: long };
    const { settings, change } = open({ auth, tailscale: { mode: "funnel" } });
    change({ auth: { mode: "none" }, tailscale: { mode: "off" } });
    expect(settings.auth.mode).toBe("password");
    change({ auth: { mode: "password", password: "another long one" }, tailscale: { mode: "off" } });
    expect(settings.auth).toEqual({ mode: "password", password: "another long one" });
    expect(settings.tailscale).toEqual({ forwards: true });
  });
});

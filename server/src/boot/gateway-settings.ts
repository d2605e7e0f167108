// What the gateway is told of the config: read anew at each question where that is safe, checked before it counts.
import { Fault, toFault } from "@homarus/sdk";
import type { GatewayAuth, GatewaySettings, HookSettings, TailscaleSettings } from "../gateway/settings.ts";
import { systemClock } from "../host/clock.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { createRanges } from "../host/net/ranges.ts";
import type { Ground } from "./ground.ts";
import { lazyWhois } from "./lazy.ts";

type GatewayConfig = HouseConfig["gateway"];

/** How a gateway was started; it holds until the next start. */
export interface Start {
  readonly host: string;
  readonly port: number;
  /** A house for one command is given out to nobody. */
  readonly isEmbedded: boolean;
}

/** Parts that are made of the config and may be wrong: they change together, or not at all. */
interface Checked {
  readonly auth: GatewayAuth;
  readonly isTrustedProxy?: (address: string) => boolean;
}

const fewestPasswordChars = 12;

/** Throws a `config` Fault when what the config says is not safe to open a port with. */
export function gatewaySettings(
  ground: Pick<Ground, "config" | "environment" | "home" | "log" | "onConfigChange">,
  start: Start,
): GatewaySettings {
  const current = () => ground.config.current().gateway;
  const { mode } = current().tailscale;
  const check = (): Checked => {
    const checked = partsOf(current(), () => ground.home.token());
    // What Tailscale was told at the start holds until the next one, whatever the config says by now.
    if (!start.isEmbedded)
      for (const exposed of new Set([mode, current().tailscale.mode])) refuseWeak(checked.auth, exposed, start.host);
    return checked;
  };
  let { auth, isTrustedProxy } = check();
  ground.onConfigChange((changed) => {
    if (!changed.includes("gateway")) return;
    try {
      ({ auth, isTrustedProxy } = check());
    } catch (thrown) {
      // The login that is in force stays: a faulty one must not open the door or lock the owner out.
      ground.log.error("gateway.login-refused", { fault: toFault(thrown).toJSON() });
    }
  });
  const whois = lazyWhois(ground.environment, { clock: systemClock, log: ground.log });
  return {
    ...{ host: start.host, port: start.port },
    get auth() {
      return auth;
    },
    get allowedOrigins() {
      return current().allowedOrigins;
    },
    get rateLimits() {
      return current().rateLimit;
    },
    get guessLimits() {
      return current().auth.rateLimit;
    },
    isTrustedProxy: (address) => isTrustedProxy?.(address) === true,
    get nodes() {
      return current().nodes;
    },
    get hooks() {
      return hooksOf(ground.config.current().hooks, auth);
    },
    get tailscale(): TailscaleSettings {
      const forwards = mode !== "off" && !start.isEmbedded;
      return current().auth.allowTailscale ? { forwards, whois } : { forwards };
    },
  };
}

/** The gateway's own secret opens no hook: whoever sends webhooks must not hold the key of the house. */
function hooksOf({ enabled, token, list }: HouseConfig["hooks"], auth: GatewayAuth): HookSettings {
  const isOwn = auth.mode === "token" && token === auth.token;
  return { list: enabled ? list.map(present) : [], ...(enabled && token !== undefined && !isOwn ? { token } : {}) };
}

/** A setting that is absent is absent, not there and undefined. */
function present(hook: HouseConfig["hooks"]["list"][number]): HookSettings["list"][number] {
  return Object.fromEntries(
    Object.entries(hook).filter(([, value]) => value !== undefined),
  ) as HookSettings["list"][number];
}

function partsOf(config: GatewayConfig, keptToken: () => string): Checked {
  const { trustedProxies } = config;
  const auth = authOf(config, keptToken);
  return trustedProxies.length === 0 ? { auth } : { auth, isTrustedProxy: createRanges(trustedProxies) };
}

function authOf({ auth, trustedProxies }: GatewayConfig, keptToken: () => string): GatewayAuth {
  if (auth.mode === "none") return { mode: "none" };
  if (auth.mode === "token") return { mode: "token", token: auth.token ?? keptToken() };
  if (auth.mode === "password") {
    if (auth.password) return { mode: "password", password: auth.password };
    throw new Fault("config", "gateway.password", "gateway.auth.mode is password, but no password is set.", {
      hint: "Write gateway.auth.password as ${NAME} and set that variable.",
    });
  }
  if (auth.trustedProxy && trustedProxies.length > 0)
    return { mode: "trusted-proxy", token: auth.token ?? keptToken(), ...auth.trustedProxy };
  const missing = auth.trustedProxy ? "gateway.trustedProxies" : "gateway.auth.trustedProxy";
  throw new Fault("config", "gateway.trusted-proxy", `gateway.auth.mode is trusted-proxy, but ${missing} is not set.`, {
    hint: "Write the proxy's address into gateway.trustedProxies and the header with the user into gateway.auth.trustedProxy.userHeader.",
  });
}

/** Whoever can reach the port may try the login; the wider it is given out, the more the login has to hold. */
function refuseWeak(auth: GatewayAuth, mode: GatewayConfig["tailscale"]["mode"], host: string): void {
  const isOpen = !isLoopbackHost(host);
  if (mode === "funnel" && auth.mode !== "password") {
    throw new Fault(
      "config",
      "gateway.funnel",
      "Tailscale Funnel gives the gateway to the whole internet, and needs the login `password`.",
      {
        hint: "Set gateway.auth.mode to password and gateway.auth.password; or gateway.tailscale.mode to serve.",
      },
    );
  }
  if (auth.mode === "none" && (isOpen || mode !== "off")) {
    const what = isOpen ? `listen on ${host}` : `be given to the tailnet`;
    throw new Fault("config", "gateway.open", `The gateway will not ${what} without a login.`, {
      hint: "Set gateway.auth.mode to token; or gateway.host to 127.0.0.1 and gateway.tailscale.mode to off.",
    });
  }
  if (auth.mode === "password" && auth.password.length < fewestPasswordChars && (isOpen || mode === "funnel")) {
    throw new Fault(
      "config",
      "gateway.weak-password",
      "gateway.auth.password is too short for a gateway that others can reach.",
      {
        hint: `Take ${fewestPasswordChars} characters or more, or set gateway.host to 127.0.0.1.`,
      },
    );
  }
  if (mode !== "off" && isOpen && host !== "0.0.0.0" && host !== "::") {
    throw new Fault(
      "config",
      "gateway.tailscale-host",
      `Tailscale forwards to 127.0.0.1, and the gateway listens on ${host}.`,
      {
        hint: "Set gateway.host to 127.0.0.1, which is best with Tailscale, or to 0.0.0.0.",
      },
    );
  }
}

function isLoopbackHost(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** What of the gateway's config is only looked at when it starts: the log says so when it changes. */
export function tellOfNextStart({ config, log, onConfigChange }: Ground, start: Start): void {
  const before = config.current().gateway;
  onConfigChange((changed) => {
    if (!changed.includes("gateway")) return;
    const { host, port, tls, tailscale } = config.current().gateway;
    if (host !== before.host || port !== before.port)
      log.warn("gateway.address-changed", { now: `${start.host}:${start.port}`, atNextStart: `${host}:${port}` });
    const parts = { tls: [tls, before.tls], tailscale: [tailscale, before.tailscale] };
    for (const [what, [now, then]] of Object.entries(parts))
      if (JSON.stringify(now) !== JSON.stringify(then))
        log.warn("gateway.needs-restart", { changed: `gateway.${what}` });
  });
}

// A whole gateway process: the house, its door on a port, and the minute's line of statistics.
import { Fault, toFault } from "@homarus/sdk";
import { boot, type RunningHouse } from "../boot.ts";
import { type Gateway, openGateway } from "../gateway/open.ts";
import type { GatewayAuth, GatewaySettings } from "../gateway/settings.ts";
import { systemClock } from "../host/clock.ts";
import { listen } from "../host/net/serve.ts";
import type { BootOptions } from "./ground.ts";
import { trimAfterStart } from "./lazy.ts";
import { tellStatistics } from "./statistics-line.ts";

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Media type. */
  readonly type: string;
}

export interface GatewayProcessOptions extends BootOptions {
  /** Wins over the config. */
  readonly port?: number;
  readonly host?: string;
  /** For a command that needs a house for a moment: no channels, no work of others. */
  readonly isEmbedded?: boolean;
  /** Lets other commands of the same folder find an embedded house: for one that stays for hours. */
  readonly isAnnounced?: boolean;
  /** A file of the web page, by its path. */
  readonly asset: (path: string) => Asset | undefined;
}

export interface GatewayProcess {
  readonly running: RunningHouse;
  readonly host: string;
  readonly port: number;
  readonly auth: GatewayAuth;
  stop(graceMs: number): Promise<void>;
}

const trimAfterMs = 5_000;

export async function startGateway(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const running = boot(options);
  let door: Gateway | undefined;
  try {
    const { gateway } = running.ground.config.current();
    const host = options.host ?? gateway.host;
    const auth = authOf(running, host);
    const settings = liveSettings(running, { host, port: options.port ?? gateway.port, auth });
    door = await openGateway({ house: running.house, listen, clock: systemClock, asset: options.asset, settings });
    const opened = door;
    const life = new AbortController();
    if (!options.isEmbedded) {
      await running.start();
      tellStatistics(running.house, systemClock, life.signal);
      trimLater(running, life.signal);
    }
    const isPassing = options.isEmbedded ? { isPassing: true } : {};
    const announced =
      options.isEmbedded && !options.isAnnounced
        ? undefined
        : running.ground.home.announce({ host, port: opened.port, ...isPassing });
    return {
      ...{ running, host, port: opened.port, auth },
      async stop(graceMs) {
        life.abort();
        announced?.release();
        await running.stop(graceMs, () => opened.stop());
      },
    };
  } catch (thrown) {
    await door?.stop();
    await running.stop(0);
    throw thrown;
  }
}

/** The login and the allowed pages follow the config; the address holds until the next start, and the log says so. */
function liveSettings(
  running: RunningHouse,
  start: { readonly host: string; readonly port: number; readonly auth: GatewayAuth },
): GatewaySettings {
  const { ground, house } = running;
  let { auth } = start;
  ground.onConfigChange((changed) => {
    if (!changed.includes("gateway")) return;
    const { host, port } = ground.config.current().gateway;
    if (host !== start.host || port !== start.port)
      house.log.warn("gateway.address-changed", { now: `${start.host}:${start.port}`, atNextStart: `${host}:${port}` });
    try {
      auth = authOf(running, start.host);
    } catch (thrown) {
      // The login that is in force stays: a faulty one must not open the door or lock the owner out.
      house.log.error("gateway.login-refused", { fault: toFault(thrown).toJSON() });
    }
  });
  return {
    ...{ host: start.host, port: start.port },
    get auth() {
      return auth;
    },
    get allowedOrigins() {
      return ground.config.current().gateway.allowedOrigins;
    },
  };
}

function authOf(running: RunningHouse, host: string): GatewayAuth {
  const { auth } = running.ground.config.current().gateway;
  if (auth.mode === "password") {
    if (auth.password) return { mode: "password", password: auth.password };
    throw new Fault("config", "gateway.password", "gateway.auth.mode is password, but no password is set.", {
      hint: "Write gateway.auth.password as ${NAME} and set that variable.",
    });
  }
  if (auth.mode === "none") {
    if (host === "127.0.0.1" || host === "::1" || host === "localhost") return { mode: "none" };
    throw new Fault("config", "gateway.open", `The gateway will not listen on ${host} without a login.`, {
      hint: "Set gateway.auth.mode to token, or gateway.host to 127.0.0.1.",
    });
  }
  return { mode: "token", token: auth.token ?? running.ground.home.token() };
}

/** Pages that only the start touched are given back when things have calmed down. */
function trimLater(running: RunningHouse, signal: AbortSignal): void {
  const { log } = running.house;
  systemClock
    .sleep(systemClock.now() + trimAfterMs, signal)
    .then(() => trimAfterStart(log))
    .catch((thrown: unknown) => {
      if (!signal.aborted) log.debug("trim.skipped", { fault: toFault(thrown) });
    });
}

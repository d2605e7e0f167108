// A whole gateway process: the house, its door on a port, how others reach that, and the minute's line of statistics.
import { toFault } from "@homarus/sdk";
import { boot, type RunningHouse } from "../boot.ts";
import { type Gateway, openGateway } from "../gateway/open.ts";
import type { GatewayAuth } from "../gateway/settings.ts";
import { systemClock } from "../host/clock.ts";
import type { AnnouncedAddress } from "../host/files/home.ts";
import { listen } from "../host/net/serve.ts";
import { gatewaySettings, tellOfNextStart } from "./gateway-settings.ts";
import type { BootOptions } from "./ground.ts";
import { trimAfterStart } from "./lazy.ts";
import { openLeaseDoor } from "./leases.ts";
import { openReach, type Reach } from "./reach.ts";
import { openSecurePort } from "./secure-port.ts";
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
  /** Where it listens, and how others reach it. */
  readonly address: AnnouncedAddress;
  readonly auth: GatewayAuth;
  stop(graceMs: number): Promise<void>;
}

const trimAfterMs = 5_000;

export async function startGateway(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const running = boot(options);
  const { ground, house } = running;
  const life = new AbortController();
  let door: Gateway | undefined;
  let reach: Reach | undefined;
  let leases: Awaited<ReturnType<typeof openLeaseDoor>> | undefined;
  try {
    const { gateway } = ground.config.current();
    const isEmbedded = options.isEmbedded === true;
    const start = { host: options.host ?? gateway.host, port: options.port ?? gateway.port, isEmbedded };
    const settings = gatewaySettings(ground, start);
    const secure = gateway.tls.enabled && !isEmbedded ? await openSecurePort(ground, start.host) : undefined;
    const listenHere = secure?.listen ?? listen;
    door = await openGateway({ house, listen: listenHere, clock: systemClock, asset: options.asset, settings });
    const opened = door;
    const port = { host: start.host, port: opened.port };
    if (!isEmbedded) {
      leases = await openLeaseDoor(ground, house.leases.use);
      await running.start();
      tellOfNextStart(ground, start);
      tellStatistics(house, systemClock, life.signal);
      trimLater(running, life.signal);
      reach = await openReach(ground, port, secure);
    }
    const passing = options.isAnnounced ? ground.home.announce({ ...port, isPassing: true }) : undefined;
    return {
      ...{ running, address: reach?.address() ?? port, auth: settings.auth },
      async stop(graceMs) {
        life.abort();
        passing?.release();
        const closeDoors = async () => void (await Promise.all([opened.stop(), leases?.close()]));
        await Promise.all([reach?.end(), running.stop(graceMs, closeDoors)]);
      },
    };
  } catch (thrown) {
    life.abort();
    await reach?.end();
    await leases?.close();
    await door?.stop();
    await running.stop(0);
    throw thrown;
  }
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

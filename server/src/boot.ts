// The composition root: the only file that knows everyone. It builds the rooms, introduces them, and takes them down.
import { randomBytes, randomUUID } from "node:crypto";
import { type CatalogEntry, type Clock, type ExtensionContext, type JsonSchema, toFault } from "@homarus/sdk";
import { agentSettings, routeRules } from "./boot/agents.ts";
import { type Channels, createChannels } from "./boot/channels.ts";
import { createHouse } from "./boot/house.ts";
import { createModels, type Models } from "./boot/models.ts";
import { createTools, type Tools } from "./boot/tools.ts";
import { createRate } from "./core/inbox/rate.ts";
import { createPairing, pairingText } from "./core/inbox/pairing.ts";
import { createLine, type Line } from "./core/line.ts";
import { createDelivery } from "./core/outbox/deliver.ts";
import { createStatistics } from "./core/statistics.ts";
import { createTap } from "./core/tap.ts";
import type { House } from "./gateway/house.ts";
import { systemClock } from "./host/clock.ts";
import { type LiveConfig, openConfig } from "./host/config/live.ts";
import { createInputCheck } from "./host/extensions/check.ts";
import { createContext } from "./host/extensions/context.ts";
import { activateExtension, type ExtensionTable } from "./host/extensions/load.ts";
import { openHome } from "./host/files/home.ts";
import { openFiles } from "./host/files/jail.ts";
import { createWorkspaceReader, seedWorkspace } from "./host/files/workspace.ts";
import type { HouseLog, LogSettings } from "./host/log.ts";
import { createGuardedFetch } from "./host/net/fetch.ts";
import { openSqliteStore } from "./host/store/sqlite.ts";

export interface BootOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configPath?: string;
  readonly catalog: { readonly entries: readonly CatalogEntry[]; readonly configSchema: JsonSchema };
  readonly extensions: ExtensionTable;
  readonly log: HouseLog;
  readonly version: string;
  readonly clock?: Clock;
  /** What the command line asked of the log; wins over the config. */
  readonly logOverride?: Partial<LogSettings>;
}

export interface RunningHouse {
  readonly house: House;
  readonly config: LiveConfig;
  readonly home: ReturnType<typeof openHome>;
  /** Takes up what was left, then connects the channels. */
  start(): Promise<void>;
  /** Lets runs end for so long, then stops; what is not ended goes on after the next start. */
  stop(graceMs: number): Promise<void>;
}

const messagesPerMinute = 60;

/** Builds the house on a state folder. Throws a `config` Fault when the folder or the config is not usable. */
export function boot(options: BootOptions): RunningHouse {
  const { log, environment, catalog, version } = options;
  const clock = options.clock ?? systemClock;
  const startedAt = clock.now();
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const home = openHome(environment, options.configPath);
  const lock = home.lock();
  const shutdown = new AbortController();
  const { signal } = shutdown;
  const tap = createTap(log);
  const statistics = createStatistics();
  tap.watch(statistics.see);
  const store = openSqliteStore(home.statePath);
  const config = openConfig({
    ...{ path: home.configPath, environment, schema: catalog.configSchema, log, watch: true },
    onChange: (changed) => reload(changed),
  });
  const configure = (): void => {
    log.set({ ...config.current().log, ...levelOf(environment), ...options.logOverride });
    log.hide([...config.secrets(), ...secretsIn(environment)]);
  };
  configure();

  const activate = <Port>(entry: CatalogEntry, settings: unknown, own: AbortSignal = signal): Promise<Port> => {
    const context: ExtensionContext = createContext(entry, { log: log.with({ extension: `${entry.kind}/${entry.id}` }), clock, store, signal: own, config: settings });
    return activateExtension<Port>(entry, options.extensions, context);
  };
  const workspace = (agent: string): string => config.current().agents.list.find((item) => item.id === agent)?.workspace ?? home.workspace(agent);
  const readWorkspace = createWorkspaceReader();
  const seeded = new Set<string>();

  const models: Models = createModels({ catalog: catalog.entries, environment, config: config.current, log, activate, fetch });
  const tools: Tools = createTools({
    ...{ catalog: catalog.entries, config: config.current, activate, workspace, files: openFiles },
    fetch: createGuardedFetch(),
    inputCheck: (entry) => createInputCheck(entry.inputSchema),
    houseFacts: () => ({ now: clock.now(), timeZone, version, uptimeMs: clock.now() - startedAt }),
  });
  const channels: Channels = createChannels({
    ...{ catalog: catalog.entries, config: config.current, log, clock, activate, emit: tap.emit },
    receive: async (message) => {
      await line.receive(message);
    },
  });
  const pairing = createPairing({
    ...{ requests: store.values("pairing-requests"), peers: store.values("paired-peers"), clock, random: randomBytes },
    onRequest: ({ channel, peerId, code }) => tap.emit({ type: "pairing-requested", channel, peerId, code }),
  });
  const delivery = createDelivery({
    ...{ store, clock, log, signal },
    channel: (row) => channels.find(row.channel)?.channel,
    uncertain: (row) => channels.settings(row.channel)?.uncertain ?? "resend",
  });
  const line: Line = createLine({
    ...{ store, clock, log, tap, signal, delivery, timeZone, newId: randomUUID },
    admission: {
      rules: (message) => channels.settings(message.channel)?.access ?? { direct: "allowlist", allow: [], groups: "off" },
      isPaired: pairing.isPaired,
      mayContinue: createRate(clock, messagesPerMinute),
      async askToPair(message) {
        const request = await pairing.request(message);
        return request && pairingText(request);
      },
    },
    routeRules: () => routeRules(config.current()),
    agent: (id) => agentSettings(id, config.current()),
    channel: (message) => channels.find(message.channel),
    chooseModel: models.choose,
    stream: models.stream,
    async workspace(agent) {
      if (!seeded.has(agent)) seedWorkspace(workspace(agent));
      seeded.add(agent);
      return readWorkspace(workspace(agent));
    },
    toolSpecs: tools.specs,
    toolFacts: tools.facts,
    execute: tools.execute,
    houseStatus: () => `Homarus ${version}, up ${Math.round((clock.now() - startedAt) / 60_000)} min, channels: ${channels.list().map((item) => item.id).join(", ") || "web chat"}`,
  });
  const house = createHouse({
    ...{ version, startedAt, stateFolder: home.folder, log, store, clock, signal, line, tap, config, pairing, models, channels, workspace },
    ...{ catalog: catalog.entries, newId: randomUUID, statistics: statistics.now },
    routeRules: () => routeRules(config.current()),
    agent: (id) => agentSettings(id, config.current()),
  });

  const reload = (changed: readonly string[]): void => {
    configure();
    models.reset();
    tools.reset();
    tap.emit({ type: "config-changed", changed });
    channels.align().catch((thrown: unknown) => log.error("channels.align-failed", { fault: toFault(thrown) }));
  };

  return {
    ...{ house, config, home },
    async start() {
      await models.detect();
      await channels.align();
      await delivery.resume();
      await line.resume();
    },
    async stop(graceMs) {
      tap.emit({ type: "shutdown", reason: "service restart" });
      await channels.stop();
      const grace = new AbortController();
      await Promise.race([line.idle().then(delivery.idle), clock.sleep(clock.now() + graceMs, grace.signal)]);
      grace.abort();
      shutdown.abort();
      await Promise.all([line.idle(), delivery.idle()]);
      config.close();
      await store.close();
      lock.release();
    },
  };
}

function levelOf(environment: BootOptions["environment"]): { level?: "debug" | "info" | "warn" | "error" | "silent" } {
  const level = environment.HOMARUS_LOG;
  return level === "debug" || level === "info" || level === "warn" || level === "error" || level === "silent" ? { level } : {};
}

/** Keys given by the environment are as secret as those in the file. */
function secretsIn(environment: BootOptions["environment"]): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) => (value && /_(API_KEY|TOKEN|SECRET|PASSWORD)$/.test(name) ? [value] : []));
}

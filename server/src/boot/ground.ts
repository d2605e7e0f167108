// The ground the house stands on: its folder, store, config, log and clock; and how extensions are activated on it.
import type { CatalogEntry, Clock, Json, JsonSchema, Store } from "@homarus/sdk";
import { createRedactor, type Redactor } from "../core/redact/redactor.ts";
import { createStatistics } from "../core/statistics.ts";
import { createTap, type Tap } from "../core/tap.ts";
import { systemClock } from "../host/clock.ts";
import { withDefaults } from "../host/config/check.ts";
import type { LiveConfig } from "../host/config/live.ts";
import { openConfig } from "../host/config/live.ts";
import { createContext } from "../host/extensions/context.ts";
import { activateExtension, type ExtensionTable } from "../host/extensions/load.ts";
import { type Home, openHome } from "../host/files/home.ts";
import type { HouseLog, LogSettings } from "../host/log.ts";
import { type FileSigner, openSigner } from "../host/secrets/signer.ts";
import { openVault, type Vault } from "../host/secrets/vault.ts";
import { openSqliteStore } from "../host/store/sqlite.ts";
import { createConfigAudit } from "./config-audit.ts";
import { configFaults } from "./config-faults.ts";
import { createKnownSecrets, watchedHome } from "./known-secrets.ts";
import { lazyProcesses } from "./lazy.ts";
import { createHouseLogs, type HouseLogs } from "./logs.ts";
import { redactedStore, redactedTap } from "./redacting.ts";
import type { Rotation } from "./rotations.ts";
import { sealedLogins } from "./sealed-logins.ts";
import { outsideOf } from "./toolsets/outside.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface BootOptions {
  readonly environment: Environment;
  readonly configPath?: string;
  readonly catalog: { readonly entries: readonly CatalogEntry[]; readonly configSchema: JsonSchema };
  readonly extensions: ExtensionTable;
  readonly log: HouseLog;
  readonly version: string;
  readonly clock?: Clock;
  /** What the command line asked of the log; wins over the config. */
  readonly logOverride?: Partial<LogSettings>;
}

export interface Ground {
  readonly version: string;
  readonly startedAt: number;
  readonly log: HouseLog;
  readonly logs: HouseLogs;
  readonly clock: Clock;
  readonly environment: Environment;
  readonly catalog: readonly CatalogEntry[];
  readonly home: Home;
  readonly store: Store;
  readonly config: LiveConfig;
  readonly vault: Vault;
  /** The one of the house: a new key signs from its next receipt on. */
  readonly signer: FileSigner;
  /** Knows every secret of the house. */
  readonly redactor: Redactor;
  /** Has the redactor know a secret that no place keeps. */
  learn(name: string, value: string): void;
  /** Secrets that other rooms have made, for the command that makes all of them anew: each room adds its own. */
  readonly rotations: Rotation[];
  readonly tap: Tap;
  readonly statistics: ReturnType<typeof createStatistics>;
  /** Fires at shutdown. */
  readonly shutdown: AbortController;
  activate<Port>(entry: CatalogEntry, settings: unknown, signal?: AbortSignal): Promise<Port>;
  workspace(agent: string): string;
  /** Called after a new config is in force, with the sections that changed. */
  onConfigChange(work: (changed: readonly string[]) => void): void;
  /** As if these sections had changed: what they say stands elsewhere, and is another now. */
  changed(sections: readonly string[]): void;
  close(): Promise<void>;
}

/** Throws a `config` Fault when the folder or the config is not usable. */
export function openGround(options: BootOptions): Ground {
  const home = openHome(options.environment, options.configPath);
  const lock = home.lock();
  try {
    return groundOn(home, lock, options);
  } catch (thrown) {
    // The folder is free again for the command that mends it.
    lock.release();
    throw thrown;
  }
}

function groundOn(given: Home, lock: ReturnType<Home["lock"]>, options: BootOptions): Ground {
  const { log, environment, version } = options;
  const clock = options.clock ?? systemClock;
  const plainTap = createTap(log);
  const statistics = createStatistics();
  plainTap.watch(statistics.see);
  const shutdown = new AbortController();
  let opened: LiveConfig | undefined; // The config may have something to log while it is being opened.
  const { home, vault, signer, redactor, secrets } = secretsOf(given, options, { clock, config: () => opened });
  log.hide(redactor.text);
  const tap = redactedTap(plainTap, redactor);
  const store = redactedStore(secrets.watched(sealedLogins(openSqliteStore(home.statePath), vault)), redactor);
  const logs = createHouseLogs(log, home.folder);
  const processes = lazyProcesses();
  const settle = (): void => {
    redactor.refresh();
    settleLog(config, options);
    logs.settle(config.current());
  };
  const listeners: ((changed: readonly string[]) => void)[] = [];
  const changed = (sections: readonly string[]): void => {
    settle();
    for (const listener of listeners) listener(sections);
  };
  const notes = createConfigAudit({ store, clock, log });
  const config = openConfig({
    ...{ path: home.configPath, environment, schema: options.catalog.configSchema, log, watch: true },
    ...{ secret: vault.read, hide: redactor.text, faults: configFaults },
    onChange: (sections, swap) => void [changed(sections), notes.changed(swap)],
  });
  void notes.began(config.hash());
  opened = config;
  settle();
  return {
    ...{ version, log, logs, clock, environment, home, store, config, tap, statistics, shutdown, vault, redactor },
    ...{ rotations: [], signer, learn: secrets.learn },
    startedAt: clock.now(),
    catalog: options.catalog.entries,
    activate(entry, settings, signal = shutdown.signal) {
      const own = log.with({ extension: `${entry.kind}/${entry.id}` });
      const filled = withDefaults((settings ?? {}) as Json, entry.configSchema);
      const outside = entry.kind === "toolset" && outsideOf(filled as Json, environment);
      const parts = { clock, store, signal, processes, config: filled, ...(outside && { outside }) };
      const context = createContext(entry, { log: own, ...parts });
      return activateExtension(entry, options.extensions, context);
    },
    workspace: (agent) =>
      config.current().agents.list.find((item) => item.id === agent)?.workspace ?? home.workspace(agent),
    onConfigChange: (work) => void listeners.push(work),
    changed,
    async close() {
      config.close();
      await store.close();
      await logs.close();
      lock.release();
    },
  };
}

/** What is secret in a house, and who looks for it: each part tells when there is another. */
function secretsOf(
  given: Home,
  { environment, catalog }: BootOptions,
  { clock, config }: { readonly clock: Clock; readonly config: () => LiveConfig | undefined },
) {
  const known = (): void => redactor.refresh();
  const home = watchedHome(given, known);
  const vault = openVault({ folder: home.folder, environment, now: clock.now });
  const redactor = createRedactor(() => secrets.all());
  const secrets = createKnownSecrets({ environment, catalog: catalog.entries, home, vault, config }, known);
  return { home, vault, signer: openSigner(home.folder, known), redactor, secrets };
}

function settleLog(config: LiveConfig, options: BootOptions): void {
  const { log, environment, logOverride } = options;
  log.set({ ...config.current().log, ...levelOf(environment), ...logOverride });
}

function levelOf(environment: Environment): { level?: LogSettings["level"] } {
  const level = environment.HOMARUS_LOG;
  const known = level === "debug" || level === "info" || level === "warn" || level === "error" || level === "silent";
  return known ? { level } : {};
}

// What the command line starts: the log, the catalog of this build, and a gateway in this process.
import type { CatalogEntry, JsonSchema } from "@homarus/sdk";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { extensions } from "../../generated/extensions.ts";
import { type AnnouncedAddress, findHome } from "../host/files/home.ts";
import { createLog, type LogLevel } from "../host/log.ts";
import { type Asset, startGateway } from "./gateway.ts";

export interface ProcessOptions {
  readonly version: string;
  readonly asset: (path: string) => Asset | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly configPath?: string;
  readonly host?: string;
  readonly port?: number;
  readonly isEmbedded?: boolean;
  readonly isAnnounced?: boolean;
  readonly logFormat?: "plain" | "json";
  readonly logLevel?: LogLevel;
}

export interface StartedProcess extends AnnouncedAddress {
  /** What a client must bring; undefined where no login is asked. */
  readonly token: string | undefined;
  readonly password: string | undefined;
  /** `provider/model` of the default agent; undefined when none is set up. */
  readonly model: string | undefined;
  readonly stateFolder: string;
  stop(graceMs: number): Promise<void>;
}

const built = catalog as unknown as { readonly entries: readonly CatalogEntry[]; readonly configSchema: JsonSchema };

export async function startProcess(options: ProcessOptions): Promise<StartedProcess> {
  const { logFormat, logLevel, ...rest } = options;
  const logOverride = { ...(logFormat && { format: logFormat }), ...(logLevel && { level: logLevel }) };
  const log = createLog({ level: "info", format: "plain", ...logOverride }, (line) => console.error(line.trimEnd()));
  const started = await startGateway({ ...rest, log, logOverride, extensions, catalog: built });
  const { house, ground } = started.running;
  const agents = house.agents();
  const { auth } = started;
  return {
    ...started.address,
    token: "token" in auth ? auth.token : undefined,
    password: "password" in auth ? auth.password : undefined,
    model: (agents.find((agent) => agent.isDefault) ?? agents[0])?.model || undefined,
    stateFolder: ground.home.folder,
    stop: started.stop,
  };
}

export { openInBrowser } from "../host/browser.ts";

/** Where a gateway of this user would keep its state, without touching it. */
export function stateOf(
  environment: ProcessOptions["environment"],
  configPath?: string,
): { readonly folder: string; readonly configPath: string } {
  return findHome(environment, configPath);
}

/** The config's schema of this build, as JSON Schema. */
export const configSchema: JsonSchema = built.configSchema;

/** All extensions of this build, whether they are used or not. */
export const catalogEntries: readonly CatalogEntry[] = built.entries;

// Tools of servers outside the house: each server is reached when a run is about to offer its tools, and kept from then
// on. One that cannot be reached costs a run a moment and a note, and is left in peace for a while.
import { type CatalogEntry, Fault, type ToolOutput, toFault } from "@homarus/sdk";
import type { PolicyTool } from "../../core/policy/case.ts";
import { type OutsideTools, type OutsideWish, serverName, unlistedEffects } from "../../core/toolsets/outside.ts";
import type { ServerFacts } from "../../gateway/house.ts";
import type { HouseConfig, ServerConfig } from "../../host/config/schema.ts";
import { lazyToolsetServer } from "../lazy.ts";
import { createOffered } from "./offered.ts";
import type { KeptServer, KnownTool, OutsideCall, ServerParts } from "./server.ts";

export interface ToolsetsParts extends Omit<ServerParts, "entry" | "settings" | "name"> {
  readonly catalog: readonly CatalogEntry[];
  readonly config: () => HouseConfig;
  redact<T>(value: T): T;
}

export interface Toolsets {
  /** Reaches those servers of which the run may have a tool. */
  offered(wish: OutsideWish): Promise<OutsideTools>;
  /** As last listed. */
  find(name: string): KnownTool | undefined;
  /** Of each tool that is named like one of a server, listed or not. */
  policyTool(name: string): PolicyTool | undefined;
  /** Tools that are named like this one, as far as is known: those that its server listed, or it itself before that. */
  alike(name: string): readonly string[];
  call(tool: KnownTool, call: OutsideCall): Promise<ToolOutput>;
  list(): readonly ServerFacts[];
  /** Reaches it now, whatever was before. Undefined where there is none of that name. */
  test(name: string): Promise<ServerFacts | undefined>;
  /** Lets go of servers that the config has otherwise now. */
  align(): void;
  close(): Promise<void>;
}

export function createToolsets(parts: ToolsetsParts): Toolsets {
  const { config, redact } = parts;
  const servers = keptServers(parts);
  const settings = (name: string): ServerConfig | undefined => serversIn(config())[name];
  const find = (name: string): KnownTool | undefined =>
    servers
      .known(serverName(name))
      ?.tools()
      .find((tool) => tool.name === name);
  const factsOf = (name: string, { enabled }: ServerConfig): ServerFacts =>
    redact(servers.known(name)?.facts() ?? { name, state: enabled ? "unused" : "off", tools: [], left: [] });
  return {
    find,
    offered: createOffered({ ...parts, open: servers.open, servers: () => serversIn(config()) }),
    policyTool(name) {
      const server = serverName(name);
      if (!settings(server)) return undefined;
      const effects = find(name)?.effects ?? unlistedEffects;
      return { name, group: "mcp", effects, words: "foreign", source: { from: "mcp", what: server } };
    },
    alike(name) {
      const server = serverName(name);
      const listed = servers.known(server)?.tools() ?? [];
      if (listed.length > 0) return listed.map((tool) => tool.name);
      return settings(server) ? [name] : [];
    },
    async call(tool, call) {
      const server = await servers.open(tool.server);
      if (server) return server.call(tool, call);
      throw new Fault(
        "config",
        "mcp.gone",
        `The server ${tool.server} is no longer in use: it was taken out or turned off.`,
        {
          hint: "`homarus mcp list` shows those that are.",
        },
      );
    },
    list: () => Object.entries(serversIn(config())).map(([name, own]) => factsOf(name, own)),
    async test(name) {
      const own = settings(name);
      if (own?.enabled) await (await servers.open(name))?.refresh(true);
      return own && factsOf(name, own);
    },
    align: servers.align,
    close: servers.close,
  };
}

/** A name stands for itself under `mcp.servers` before it does under `mcpServers`. */
function serversIn({ mcp, mcpServers }: HouseConfig): Readonly<Record<string, ServerConfig>> {
  return { ...mcpServers, ...mcp?.servers };
}

function keptServers(parts: ToolsetsParts) {
  const kept = new Map<string, KeptServer>();
  const settings = (name: string): ServerConfig | undefined => serversIn(parts.config())[name];
  /** One that does not end well keeps nobody else from ending. */
  const ended = (server: KeptServer): Promise<void> =>
    server.close().catch((thrown: unknown) => {
      parts.log.warn("mcp.close-failed", { server: server.name, fault: toFault(thrown).toJSON() });
    });
  return {
    known: (name: string) => kept.get(name),
    async open(name: string): Promise<KeptServer | undefined> {
      const createServer = await lazyToolsetServer();
      const known = kept.get(name);
      const own = settings(name);
      const entry = parts.catalog.find((item) => item.kind === "toolset");
      if (known || !own?.enabled || entry?.kind !== "toolset") return known;
      const server = createServer({ ...parts, name, settings: own, entry });
      kept.set(name, server);
      return server;
    },
    align(): void {
      for (const [name, server] of kept) {
        const now = settings(name);
        if (now?.enabled && JSON.stringify(now) === server.written) continue;
        kept.delete(name);
        void ended(server);
      }
    },
    async close(): Promise<void> {
      await Promise.all([...kept.values()].map(ended));
    },
  };
}

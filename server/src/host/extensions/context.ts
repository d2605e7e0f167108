// What an extension is handed, cut from the house: its own config, log, values, and fetch to the hosts it named.
import {
  type CatalogEntry,
  type Clock,
  type ExtensionContext,
  Fault,
  type Fetch,
  type Log,
  type Processes,
  type ProviderContext,
  type SandboxContext,
  type Store,
  type ToolsetContext,
  vendorOf,
} from "@homarus/sdk";

export interface ContextParts {
  readonly log: Log;
  readonly clock: Clock;
  readonly store: Pick<Store, "values">;
  readonly signal: AbortSignal;
  readonly config: unknown;
  readonly processes: Processes;
  /** For toolsets: how it starts a program, and its fetch to the one address that its settings name. */
  readonly outside?: Pick<ToolsetContext, "fetch" | "startProgram">;
}

/** For a provider it says also whose models its code serves; sandboxes and toolsets alone may run programs. */
export function createContext(
  entry: CatalogEntry,
  { processes, outside, ...parts }: ContextParts,
): ExtensionContext | ProviderContext | SandboxContext | ToolsetContext {
  return {
    ...(entry.kind === "provider" ? { vendor: vendorOf(entry) } : {}),
    ...(entry.kind === "sandbox" ? { processes, ...(entry.habits && { habits: entry.habits }) } : {}),
    ...(entry.kind === "toolset" && outside ? { startProgram: outside.startProgram } : {}),
    ...parts,
    id: entry.id,
    fetch: fetchOf(entry, parts.config, (entry.kind === "toolset" && outside?.fetch) || fetch),
    store: parts.store.values(extensionSpace(entry)),
  };
}

/** Where in the store an extension's own values stand. */
export function extensionSpace({ kind, id }: Pick<CatalogEntry, "kind" | "id">): string {
  return `extension/${kind}/${id}`;
}

/** Hosts a manifest names; `{config.url}` is the host of that configured address, or one label of a host. */
function allowedHosts(entry: CatalogEntry, config: unknown): ReadonlySet<string> {
  const fields = (config ?? {}) as Record<string, unknown>;
  const hosts = entry.permissions.hosts.flatMap((host) => {
    const field = /\{config\.(\w+)\}/.exec(host)?.[1];
    if (field === undefined) return [host];
    const value = fields[field];
    if (typeof value !== "string") return [];
    if (host === `{config.${field}}`) return URL.canParse(value) ? [new URL(value).host] : [];
    return /^[a-z0-9-]+$/.test(value) ? [host.replace(`{config.${field}}`, value)] : [];
  });
  return new Set(hosts);
}

function fetchOf(entry: CatalogEntry, config: unknown, reach: Fetch): Fetch {
  const hosts = allowedHosts(entry, config);
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    if (!hosts.has(url.host) && !hosts.has(url.hostname)) {
      throw new Fault("denied", "extension.host", `The ${entry.kind} ${entry.id} may not reach ${url.host}.`, {
        hint: "Its manifest does not name that host.",
      });
    }
    // A redirect could lead away from the named hosts.
    return reach(input, { ...init, redirect: init?.redirect === "manual" ? "manual" : "error" });
  };
}

// Which tools of servers a run is offered: those of servers that it may have any of, reached within a moment.
import type { Clock, Fault, Log, ToolFacts } from "@homarus/sdk";
import { mayHave, mostOfAll, type OutsideTools, type OutsideWish } from "../../core/toolsets/outside.ts";
import type { HouseConfig, ServerConfig } from "../../host/config/schema.ts";
import type { KeptServer, KnownTool } from "./server.ts";

export interface OfferedParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly config: () => HouseConfig;
  readonly servers: () => Readonly<Record<string, ServerConfig>>;
  readonly open: (name: string) => Promise<KeptServer | undefined>;
  redact<T>(value: T): T;
}

/** So long a run waits for all of them together. */
const patienceMs = 4_000;

export function createOffered(parts: OfferedParts): (wish: OutsideWish) => Promise<OutsideTools> {
  const { config, log, redact } = parts;
  return async (wish) => {
    const written = namesIn(config());
    const wanted = Object.entries(parts.servers()).filter(
      ([name, { enabled }]) => enabled && mayHave(name, written, wish),
    );
    if (wanted.length === 0) return { specs: [], facts: new Map(), missing: [] };
    const servers = (await Promise.all(wanted.map(([name]) => parts.open(name)))).filter(
      (server) => server !== undefined,
    );
    const missing = await reached(servers, wish.signal, parts);
    const all = servers.filter((server) => !missing.has(server)).flatMap((server) => server.tools());
    const tools = all.slice(0, mostOfAll);
    if (all.length > tools.length)
      log.warn("mcp.left-out", { count: all.length - tools.length, first: all[mostOfAll]?.name, most: mostOfAll });
    return {
      specs: redact(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
      facts: new Map(tools.map((tool) => [tool.name, factsOf(tool)])),
      missing: redact([...missing].map(([{ name }, text]) => ({ server: name, text }))),
    };
  };
}

/** Which were not reached in time, with why. */
async function reached(
  servers: readonly KeptServer[],
  signal: AbortSignal,
  { clock }: OfferedParts,
): Promise<ReadonlyMap<KeptServer, string>> {
  const missing = new Map<KeptServer, string>(servers.map((server) => [server, "it does not answer yet"]));
  const asked = servers.map(async (server) => {
    const fault: Fault | undefined = await server.refresh();
    if (fault) missing.set(server, fault.message);
    else missing.delete(server);
  });
  const enough = new AbortController();
  // The wait is broken off as soon as all have answered.
  const late = clock.sleep(clock.now() + patienceMs, AbortSignal.any([enough.signal, signal])).catch(() => undefined);
  await Promise.race([Promise.all(asked), late]);
  enough.abort();
  return new Map(missing);
}

/** Tools that lists of the config name. */
function namesIn({ agents, policy }: HouseConfig): readonly string[] {
  const lists = [agents.defaults, ...agents.list].map(({ tools }) => tools?.allow);
  return [...lists, ...policy.rules.map(({ allow }) => allow)].flatMap((list) => list ?? []);
}

function factsOf({ name, idempotent, parallel, timeoutMs }: KnownTool): ToolFacts {
  return { name, idempotent, parallel, timeoutMs };
}

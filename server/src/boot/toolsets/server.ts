// One server with tools outside the house: reached at the first question, asked again at each, and left in peace for a
// while after it failed.
import {
  type CatalogEntry,
  type Clock,
  type Fault,
  type Json,
  type JsonSchema,
  type Log,
  type ToolOutput,
  type Toolset,
  type ToolsetTool,
  toFault,
} from "@homarus/sdk";
import { type Offer, type OfferedTool, offerOf } from "../../core/toolsets/offer.ts";
import type { ServerFacts } from "../../gateway/house.ts";
import type { ServerConfig } from "../../host/config/schema.ts";
import { createRest, factsOf } from "./trouble.ts";

export interface ServerParts {
  readonly name: string;
  readonly settings: ServerConfig;
  readonly entry: Extract<CatalogEntry, { kind: "toolset" }>;
  readonly clock: Clock;
  readonly log: Log;
  /** Fires when the house is put away. */
  readonly signal: AbortSignal;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown, signal: AbortSignal) => Promise<Port>;
  readonly inputCheck: (schema: JsonSchema) => Promise<(input: unknown) => string | undefined>;
}

export interface KnownTool extends OfferedTool {
  readonly server: string;
  readonly timeoutMs: number;
  readonly check: (input: unknown) => string | undefined;
}

export interface OutsideCall {
  readonly input: Json;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface KeptServer {
  readonly name: string;
  /** Its settings as they were when it was opened. */
  readonly written: string;
  /** As last listed. */
  tools(): readonly KnownTool[];
  /** Lists anew where anything may have changed; gives why that did not go. `now`: also while it is left in peace. */
  refresh(now?: boolean): Promise<Fault | undefined>;
  call(tool: KnownTool, call: OutsideCall): Promise<ToolOutput>;
  facts(): ServerFacts;
  close(): Promise<void>;
}

type KnownOffer = Pick<Offer, "left"> & { readonly tools: readonly KnownTool[] };

export function createServer(parts: ServerParts): KeptServer {
  const { name, settings } = parts;
  const stop = new AbortController();
  const rest = createRest(parts.clock);
  let opened: Promise<Toolset> | undefined;
  let listing: Promise<Fault | undefined> | undefined;
  let seen: readonly ToolsetTool[] | undefined;
  let offer: KnownOffer = { tools: [], left: [] };
  const open = (): Promise<Toolset> => {
    const entry = { ...parts.entry, id: name, adapter: parts.entry.id };
    opened ??= parts.activate<Toolset>(entry, settings, AbortSignal.any([stop.signal, parts.signal]));
    return opened;
  };
  const failed = (fault: Fault): Fault => {
    if (!stop.signal.aborted) parts.log.warn("mcp.trouble", { server: name, fault: fault.toJSON() });
    rest.failed(fault);
    return fault;
  };
  const list = async (): Promise<undefined> => {
    const found = await (await open()).list(stop.signal);
    if (found !== seen) offer = await known(offerOf(name, found, settings), parts);
    seen = found;
    rest.worked();
  };
  return {
    ...{ name, written: JSON.stringify(settings), tools: () => offer.tools },
    refresh(now = false) {
      const waits = now ? undefined : rest.fault();
      if (waits) return Promise.resolve(waits);
      listing ??= list()
        .catch((thrown: unknown) => failed(toFault(thrown, "mcp")))
        .finally(() => {
          listing = undefined;
        });
      return listing;
    },
    async call(tool, { input, signal, progress }) {
      const waits = rest.fault();
      if (waits) throw waits;
      try {
        const output = await (await open()).call({ name: tool.plainName, input, signal, progress });
        rest.worked();
        return output;
      } catch (thrown) {
        const fault = toFault(thrown, "mcp");
        // What was stopped, refused or wrong says nothing of the server.
        throw fault.kind === "unavailable" && !signal.aborted ? failed(fault) : fault;
      }
    },
    facts: () => factsOf({ name, ...offer, isListed: seen !== undefined, fault: rest.last() }),
    async close() {
      stop.abort();
      // One that could not be opened has nothing to close.
      const toolset = await opened?.catch(() => undefined);
      await toolset?.close();
    },
  };
}

/** Tools whose schema the house can check arguments by; of the others it is said that they are left out. */
async function known(offer: Offer, parts: ServerParts): Promise<KnownOffer> {
  const { name, settings, log } = parts;
  const tools: KnownTool[] = [];
  const left = [...offer.left];
  for (const tool of offer.tools) {
    const check = await checkOf(tool, parts);
    if (check) tools.push({ ...tool, server: name, timeoutMs: settings.timeoutMs, check });
    else left.push(`${tool.plainName.slice(0, 80)} (its schema is none)`);
  }
  const leftCount = offer.leftCount + offer.tools.length - tools.length;
  if (leftCount > 0) log.warn("mcp.left-out", { server: name, count: leftCount, tools: left });
  log.info("mcp.listed", { server: name, tools: tools.length });
  return { tools, left };
}

async function checkOf(
  { wholeSchema }: OfferedTool,
  { inputCheck }: ServerParts,
): Promise<KnownTool["check"] | undefined> {
  try {
    const check = await inputCheck(wholeSchema);
    // A pattern or a reference that is wrong shows with the first arguments.
    check({});
    return (input: unknown) => wrongIn(check, input);
  } catch {
    // Whoever wrote the schema is to mend it; the tool is left out, and the log says so.
    return undefined;
  }
}

function wrongIn(check: (input: unknown) => string | undefined, input: unknown): string | undefined {
  try {
    return check(input as Json);
  } catch (thrown) {
    return `they cannot be checked by the schema of this tool (${(thrown as Error).message.slice(0, 200)})`;
  }
}

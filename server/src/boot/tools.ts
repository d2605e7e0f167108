// Carries out a tool call: checks the arguments, loads the tool at its first call, and hands it what it may touch.
import {
  type CatalogEntry,
  type EgressCaller,
  Fault,
  type Fetch,
  type Files,
  type JsonSchema,
  type Mark,
  type SessionFacts,
  type Tool,
  type ToolCall,
  type ToolCallBlock,
  type ToolFacts,
  type ToolOutput,
  type ToolSpec,
} from "@homarus/sdk";
import type { CallRequest } from "../core/line/parts.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import type { RefuseLeak } from "./lazy.ts";
import type { Toolsets } from "./toolsets/toolsets.ts";
import { watched } from "./watched-files.ts";
import type { Workspaces } from "./workspaces.ts";

type ToolEntry = Extract<CatalogEntry, { kind: "tool" }>;

export interface ToolsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly config: () => HouseConfig;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly inputCheck: (entry: ToolEntry) => Promise<(input: unknown) => string | undefined>;
  readonly workspace: (agent: string) => string;
  readonly files: (folder: string) => Promise<Files>;
  readonly fetch: (caller: EgressCaller) => Fetch;
  readonly refuseLeak: RefuseLeak;
  /** Hosts that have answered the session's sandbox. */
  readonly heardOutside: (session: string) => readonly Mark[];
  readonly toolsets: Pick<Toolsets, "find" | "call">;
  readonly workspaces: Pick<Workspaces, "open" | "processes" | "reset">;
  /** What every `session_status` reports of the house. */
  readonly houseFacts: () => Pick<SessionFacts, "now" | "timeZone" | "version" | "uptimeMs">;
}

export interface Tools {
  readonly specs: readonly ToolSpec[];
  readonly facts: ReadonlyMap<string, ToolFacts>;
  readonly entries: readonly ToolEntry[];
  execute(request: CallRequest): Promise<ToolOutput>;
  /** One line of what a call will do: the tool's own, or its arguments. */
  preview(call: ToolCallBlock): Promise<string>;
  /** Lets go of activated tools and sandboxes, so that the next call uses the changed config. */
  reset(): void;
}

const longestPreview = 2_000;

type CheckInput = (input: unknown) => string | undefined;
type OpenTool = (entry: ToolEntry) => Promise<{ readonly tool: Tool; readonly check: CheckInput }>;

export function createTools(parts: ToolsParts): Tools {
  const entries = parts.catalog.filter((entry): entry is ToolEntry => entry.kind === "tool");
  const tools = keptTools(parts);
  return {
    entries,
    specs: entries.map((entry) => ({ name: entry.id, description: entry.prompt, inputSchema: entry.inputSchema })),
    facts: new Map(
      entries.map(({ id, idempotent, keyed = false, parallel, timeoutMs }) => [
        id,
        { name: id, idempotent: idempotent || keyed, parallel, timeoutMs },
      ]),
    ),
    reset() {
      tools.reset();
      parts.workspaces.reset();
    },
    async preview({ name, input }) {
      const entry = entries.find((item) => item.id === name);
      const plain = `${name} ${JSON.stringify(input)}`.slice(0, longestPreview);
      if (!entry) return plain;
      const { tool, check } = await tools.open(entry);
      return check(input) === undefined ? (tool.preview?.(input) ?? plain) : plain;
    },
    async execute(request) {
      const entry = entries.find((item) => item.id === request.call.name);
      if (!entry) return executeOutside(request, parts);
      const { tool, check } = await tools.open(entry);
      refuseWrong(check(request.call.input), entry.id, entry.inputSchema);
      await refuseToTell(entry, request, parts);
      try {
        return await tool.execute(request.call.input, await callOf(request, parts));
      } finally {
        // Also of a call that failed: what it heard is told with its failure.
        if (entry.effects.executes) request.touched?.heard(parts.heardOutside(request.sessionKey));
      }
    },
  };
}

function refuseWrong(wrong: string | undefined, name: string, schema: JsonSchema): void {
  if (!wrong) return;
  throw new Fault("invalid", "tool.arguments", `The arguments of ${name} do not fit: ${wrong}`, {
    hint: `They must fit this schema: ${JSON.stringify(schema).slice(0, 2_000)}`,
  });
}

/** A tool of a server outside: its words are looked through, since it is the server's own program that takes them on. */
async function executeOutside(request: CallRequest, parts: ToolsParts): Promise<ToolOutput> {
  const { call, signal, progress } = request;
  const tool = parts.toolsets.find(call.name);
  if (!tool) throw new Fault("invalid", "tool.unknown", `There is no tool ${call.name}.`);
  refuseWrong(tool.check(call.input), tool.name, tool.wholeSchema);
  await refuseWords(tool.name, request, parts);
  return parts.toolsets.call(tool, { input: call.input, signal, progress });
}

/** A tool with hosts of its own reaches them by a fetch that may carry its keys; so its words are looked through here. */
async function refuseToTell(entry: ToolEntry, request: CallRequest, parts: ToolsParts): Promise<void> {
  if (entry.permissions.hosts.length === 0) return;
  await refuseWords(entry.id, request, parts);
}

function refuseWords(tool: string, request: CallRequest, parts: ToolsParts): Promise<void> {
  return parts.refuseLeak({ tool, words: JSON.stringify(request.call.input) }, callerOf(request));
}

function callerOf({ runId, agent, sessionKey }: CallRequest): EgressCaller {
  return { sandboxId: runId, agent, sessionKey };
}

/** A tool's code loads at its first call and stays until the config changes. */
function keptTools(parts: ToolsParts): { open: OpenTool; reset(): void } {
  const active = new Map<string, ReturnType<OpenTool>>();
  const load: OpenTool = async (entry) => {
    const [tool, check] = await Promise.all([
      parts.activate<Tool>(entry, parts.config().tools[entry.id] ?? {}),
      parts.inputCheck(entry),
    ]);
    return { tool, check };
  };
  return {
    open(entry) {
      const known = active.get(entry.id);
      if (known) return known;
      const opened = load(entry);
      active.set(entry.id, opened);
      opened.catch(() => active.delete(entry.id));
      return opened;
    },
    reset: () => active.clear(),
  };
}

async function callOf(request: CallRequest, parts: ToolsParts): Promise<ToolCall> {
  const { runId, sessionKey, agent, signal, sessions, owner, progress } = request;
  return {
    ...{ runId, sessionKey, agent, signal, sessions, progress },
    ...(owner && { owner }),
    id: request.call.id,
    files: watched(await parts.files(parts.workspace(agent)), request.touched),
    sandbox: () => parts.workspaces.open(agent, sessionKey),
    processes: parts.workspaces.processes(agent, sessionKey),
    fetch: parts.fetch(callerOf(request)),
    facts: async () => ({ sessionKey, agent, ...parts.houseFacts(), ...(await request.facts()) }),
  };
}

// Carries out a tool call: checks the arguments, loads the tool at its first call, and hands it what it may touch.
import { type CatalogEntry, type Fetch, Fault, type Files, type Sandbox, type SessionFacts, type Tool, type ToolOutput, type ToolSpec, type Workspace } from "@homarus/sdk";
import type { ToolFacts } from "../core/agent/calls.ts";
import type { CallRequest } from "../core/line/parts.ts";
import type { HouseConfig } from "../host/config/schema.ts";

type ToolEntry = Extract<CatalogEntry, { kind: "tool" }>;
type SandboxEntry = Extract<CatalogEntry, { kind: "sandbox" }>;

export interface ToolsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly config: () => HouseConfig;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly inputCheck: (entry: ToolEntry) => (input: unknown) => string | undefined;
  readonly workspace: (agent: string) => string;
  readonly files: (folder: string) => Files;
  readonly fetch: Fetch;
  /** What every `session_status` reports of the house. */
  readonly houseFacts: () => Pick<SessionFacts, "now" | "timeZone" | "version" | "uptimeMs">;
}

export interface Tools {
  readonly specs: readonly ToolSpec[];
  readonly facts: ReadonlyMap<string, ToolFacts>;
  execute(request: CallRequest): Promise<ToolOutput>;
  /** Lets go of activated tools and sandboxes, so that the next call uses the changed config. */
  reset(): void;
}

/** Memory and processes of one command, where the machine can limit them. */
const commandMemoryBytes = 2 * 1024 ** 3;
const commandProcesses = 512;

export function createTools(parts: ToolsParts): Tools {
  const entries = parts.catalog.filter((entry): entry is ToolEntry => entry.kind === "tool");
  const active = new Map<string, Promise<{ readonly tool: Tool; readonly check: (input: unknown) => string | undefined }>>();
  const openTool = (entry: ToolEntry) => {
    const known = active.get(entry.id);
    if (known) return known;
    const opened = parts.activate<Tool>(entry, parts.config().tools[entry.id] ?? {}).then((tool) => ({ tool, check: parts.inputCheck(entry) }));
    active.set(entry.id, opened);
    opened.catch(() => active.delete(entry.id));
    return opened;
  };
  let sandbox: Promise<Sandbox> | undefined;
  const openSandbox = async (agent: string): Promise<Workspace> => {
    sandbox ??= parts.activate<Sandbox>(sandboxEntry(parts), parts.config().sandboxes[sandboxEntry(parts).id] ?? {});
    const opened = await sandbox;
    return opened.open({ root: parts.workspace(agent), network: false, memoryBytes: commandMemoryBytes, processes: commandProcesses });
  };

  return {
    specs: entries.map((entry) => ({ name: entry.id, description: entry.prompt, inputSchema: entry.inputSchema })),
    facts: new Map(entries.map((entry) => [entry.id, { name: entry.id, idempotent: entry.idempotent, parallel: entry.parallel, timeoutMs: entry.timeoutMs }])),
    reset() {
      active.clear();
      sandbox = undefined;
    },
    async execute(request) {
      const entry = entries.find((item) => item.id === request.call.name);
      if (!entry) throw new Fault("invalid", "tool.unknown", `There is no tool ${request.call.name}.`);
      const { tool, check } = await openTool(entry);
      const wrong = check(request.call.input);
      if (wrong) throw new Fault("invalid", "tool.arguments", `The arguments of ${entry.id} do not fit: ${wrong}`);
      return tool.execute(request.call.input, {
        id: request.call.id,
        runId: request.runId,
        sessionKey: request.sessionKey,
        agent: request.agent,
        signal: request.signal,
        files: parts.files(parts.workspace(request.agent)),
        sandbox: () => openSandbox(request.agent),
        fetch: parts.fetch,
        facts: async () => ({ sessionKey: request.sessionKey, agent: request.agent, ...parts.houseFacts(), ...(await request.facts()) }),
        progress: request.progress,
      });
    },
  };
}

/** `auto` is the strongest that is built in; `none` only when the owner wrote it. */
function sandboxEntry(parts: ToolsParts): SandboxEntry {
  const wanted = parts.config().sandbox;
  const id = wanted === "auto" ? "bubblewrap" : wanted;
  const found = parts.catalog.find((entry): entry is SandboxEntry => entry.kind === "sandbox" && entry.id === id);
  if (found) return found;
  throw new Fault("config", "sandbox.missing", `The sandbox ${id} is not part of this build.`);
}

// Workspaces of the sessions, where their commands run. Each is opened at its first use, kept while it is used, and put
// away when it was idle for a while, when its session begins anew, and with the house.
import {
  type CatalogEntry,
  type Clock,
  Fault,
  type Log,
  type Sandbox,
  type SandboxSpec,
  type SessionProcesses,
  toFault,
  type Workspace,
} from "@homarus/sdk";
import { once } from "../core/once.ts";
import { createProcessBook, type ProcessBook } from "../core/processes/book.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import type { Lease } from "../host/egress/parts.ts";
import type { EgressDoors } from "./egress.ts";
import { mountsFor } from "./mounts.ts";

type SandboxEntry = Extract<CatalogEntry, { kind: "sandbox" }>;

export interface WorkspacesParts {
  readonly catalog: readonly CatalogEntry[];
  readonly config: () => HouseConfig;
  readonly activate: <Port>(entry: CatalogEntry, config: unknown) => Promise<Port>;
  readonly workspace: (agent: string) => string;
  /** The state folder: mounts.json is in it, and nothing of it is ever mounted. */
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly egress: Pick<EgressDoors, "open" | "key">;
}

export interface Workspaces {
  /** For one use: `close` gives it back. Rejects with a `config` Fault that names the fix where there is none. */
  open(agent: string, session: string): Promise<Workspace>;
  processes(agent: string, session: string): SessionProcesses;
  /** What the changed config says holds from the next use on. */
  reset(): void;
  /** Ends all that runs in a session. */
  end(session: string): Promise<void>;
  close(): Promise<void>;
}

interface Warm {
  readonly key: string;
  readonly opened: Promise<Workspace>;
  /** Gives back its way out, if it has one; once. */
  readonly letGo: () => Promise<void>;
  readonly book: ProcessBook;
  uses: number;
  /** Stops the wait for its being idle. */
  rest: AbortController;
}

export function createWorkspaces(parts: WorkspacesParts): Workspaces {
  const { warm, warmFor, settle, end, reset } = warmWorkspaces(parts);
  return {
    async open(agent, session) {
      const held = warmFor(agent, session);
      held.uses++;
      held.rest.abort();
      const release = once(() => {
        held.uses--;
        settle(session, held);
      });
      try {
        return { ...(await held.opened), close: async () => release() };
      } catch (thrown) {
        release();
        throw thrown;
      }
    },
    processes: (agent, session) => ({
      async start(request) {
        const held = warmFor(agent, session);
        try {
          return await held.book.start(request);
        } finally {
          // Where none began, it is idle from now on.
          settle(session, held);
        }
      },
      list: () => warm.get(session)?.book.list() ?? [],
      find: (id) => (warm.get(session)?.book ?? nothing).find(id),
    }),
    reset,
    end,
    async close() {
      await Promise.all([...warm.keys()].map((session) => end(session)));
    },
  };
}

/** Those that are kept, by session. */
function warmWorkspaces(parts: WorkspacesParts) {
  const sandboxes = keptSandboxes(parts);
  const warm = new Map<string, Warm>();
  const end = async (session: string, held = warm.get(session)): Promise<void> => {
    if (!held) return;
    if (warm.get(session) === held) warm.delete(session);
    held.rest.abort();
    // One that never opened has nothing to close; whoever opened it was told why.
    await held.opened
      .then((workspace) => workspace.close())
      .catch((thrown: unknown) => {
        parts.log.warn("sandbox.close-failed", { session, fault: toFault(thrown) });
      });
    await held.letGo();
  };
  const settle = (session: string, held: Warm): void => {
    held.rest.abort();
    if (held.uses > 0 || held.book.isBusy() || warm.get(session) !== held) return;
    held.rest = new AbortController();
    const until = parts.clock.now() + parts.config().sandboxLimits.idleMinutes * 60_000;
    // Rejects where it is used again before its time. What began to run meanwhile settles at its own end.
    void parts.clock.sleep(until, held.rest.signal).then(
      () => (held.uses > 0 || held.book.isBusy() ? undefined : end(session, held)),
      () => undefined,
    );
  };
  const warmFor = (agent: string, session: string): Warm => {
    const entry = sandboxEntry(parts, agent, session);
    const spec = specFor(parts, agent, session);
    const settings = parts.config().sandboxes[entry.id] ?? {};
    const key = JSON.stringify([entry.id, settings, spec, parts.egress.key()]);
    const known = warm.get(session);
    if (known?.key === key) return known;
    if (known) void end(session, known);
    const lease = entry.id === "none" ? Promise.resolve(undefined) : parts.egress.open(agent, session);
    const opened = lease.then((way) => sandboxes.open(entry, settings, { ...spec, ...(way && { egress: way.door }) }));
    const letGo = lettingGo(lease, session, parts.log);
    const held: Warm = {
      ...{ key, opened, letGo, uses: 0, rest: new AbortController() },
      book: createProcessBook({
        begin: async (request) => (await opened).start(request),
        now: parts.clock.now,
        onEnd: () => settle(session, held),
      }),
    };
    warm.set(session, held);
    opened.catch(() => {
      // The next use tries again, with a way out of its own.
      if (warm.get(session) === held) warm.delete(session);
      void letGo();
    });
    return held;
  };
  return { warm, warmFor, settle, end, reset: sandboxes.reset };
}

/** Gives a way out back, once however often it is called. */
function lettingGo(lease: Promise<Lease | undefined>, session: string, log: Log): () => Promise<void> {
  let gone: Promise<void> | undefined;
  return () => {
    gone ??= lease
      // There is none to give back; whoever opened it was told why.
      .catch(() => undefined)
      .then((way) => way?.close())
      .catch((thrown: unknown) => {
        log.warn("egress.close-failed", { session, fault: toFault(thrown) });
      });
    return gone;
  };
}

/** A sandbox's code loads at its first use and stays until the config changes, or it could not open a workspace. */
function keptSandboxes({ activate }: WorkspacesParts) {
  const active = new Map<string, Promise<Sandbox>>();
  return {
    async open(entry: SandboxEntry, settings: unknown, spec: SandboxSpec): Promise<Workspace> {
      const sandbox = active.get(entry.id) ?? activate<Sandbox>(entry, settings);
      active.set(entry.id, sandbox);
      try {
        return await (await sandbox).open(spec);
      } catch (thrown) {
        if (active.get(entry.id) === sandbox) active.delete(entry.id);
        throw thrown;
      }
    },
    reset: () => active.clear(),
  };
}

/** Where nothing was started, nothing is found. */
const nothing = createProcessBook({
  begin: () => Promise.reject(new Fault("bug", "process.nowhere", "There is no workspace.")),
  now: () => 0,
  onEnd: () => undefined,
});

function specFor(parts: WorkspacesParts, agent: string, session: string): SandboxSpec {
  const { sandboxLimits: limits } = parts.config();
  const root = parts.workspace(agent);
  return {
    ...{ root, session, mounts: mountsFor(parts, agent, isMain(agent, session)) },
    ...{ memoryBytes: limits.memoryMegabytes * 1024 ** 2, cpus: limits.cpus, processes: limits.processes },
    diskBytes: limits.diskMegabytes * 1024 ** 2,
  };
}

function isMain(agent: string, session: string): boolean {
  return session === `agent:${agent}:main`;
}

/** `auto` is the strongest that is built in; without a sandbox only where the owner wrote it. */
function sandboxEntry(parts: WorkspacesParts, agent: string, session: string): SandboxEntry {
  const id = sandboxId(parts.config(), agent, session);
  const found = parts.catalog.find((entry): entry is SandboxEntry => entry.kind === "sandbox" && entry.id === id);
  if (found) return found;
  throw new Fault("config", "sandbox.missing", `The sandbox ${id} is not part of this build.`);
}

/** Id of the sandbox that a session's commands run in. */
export function sandboxId({ sandbox, sandboxMode }: HouseConfig, agent: string, session: string): string {
  const isOpen = sandboxMode === "off" || (sandboxMode === "non-main" && isMain(agent, session));
  return isOpen ? "none" : sandbox === "auto" ? "bubblewrap" : sandbox;
}

// The rooms that stand before the line: channels, models, tools, pairing, delivery, and the watch over memory.
import type { ApprovalBook } from "../core/approvals/book.ts";
import { createPairing, type Pairing } from "../core/inbox/pairing.ts";
import { createDelivery, type Delivery } from "../core/outbox/deliver.ts";
import { createKeptLogs, type KeptLogs } from "../core/sessions/kept-logs.ts";
import type { Tap } from "../core/tap.ts";
import { type Channels, createChannels } from "./channels.ts";
import { createEgressDoors, type EgressDoors } from "./egress.ts";
import type { Ground } from "./ground.ts";
import { lazyInputCheck, lazyLeakRefusal, lazyLeakWatch, lazyWatchedFetch, openJailedFiles } from "./lazy.ts";
import { createMemoryWatch, type MemoryWatch } from "./memory.ts";
import { createModels, type Models } from "./models/models.ts";
import { createTools, type Tools } from "./tools.ts";
import { createToolsets, type Toolsets } from "./toolsets/toolsets.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

export interface Rooms {
  readonly models: Models;
  readonly tools: Tools;
  readonly toolsets: Toolsets;
  readonly workspaces: Workspaces;
  readonly egress: EgressDoors;
  readonly channels: Channels;
  readonly pairing: Pairing;
  readonly delivery: Delivery;
  readonly keptLogs: KeptLogs;
  readonly memory: MemoryWatch;
}

export function openRooms(
  ground: Ground,
  receive: Parameters<typeof createChannels>[0]["receive"],
  approvals: () => ApprovalBook,
): Rooms {
  const { log, clock, store, tap, config, catalog, environment, shutdown, activate, workspace } = ground;
  const { redactor } = ground;
  const current = { catalog, config: config.current, activate };
  const channels = createChannels({ ...current, log, clock, receive, emit: tap.emit });
  const models = createModels({
    ...{ ...current, environment, log, clock, store, fetch, redactor },
    signal: shutdown.signal,
  });
  const secrets = redactor.known;
  const watch = lazyLeakWatch(secrets, clock.now);
  const egress = createEgressDoors({
    ground,
    approvals,
    secrets,
    watch,
    marksOf: (session) => marksOf(session, ground),
  });
  const workspaces = createWorkspaces({ ...current, workspace, stateFolder: ground.home.folder, clock, log, egress });
  endWithSessions(workspaces, tap);
  const refuseLeak = lazyLeakRefusal({
    ...{ watch, clock, onEvent: egress.record, leaks: () => config.current().egress.leaks },
  });
  const toolsets = createToolsets({
    ...{ ...current, clock, log, signal: shutdown.signal, inputCheck: lazyInputCheck, redact: redactor.json },
  });
  const tools = createTools({
    toolsets,
    ...{ ...current, workspace, workspaces, files: openJailedFiles, heardOutside: egress.heard },
    fetch: lazyWatchedFetch(refuseLeak),
    refuseLeak,
    inputCheck: (entry) => lazyInputCheck(entry.inputSchema),
    houseFacts: () => ({
      now: clock.now(),
      timeZone: timeZone(),
      version: ground.version,
      uptimeMs: clock.now() - ground.startedAt,
    }),
  });
  const keptLogs = createKeptLogs();
  return {
    ...{ channels, models, tools, toolsets, workspaces, keptLogs, egress },
    memory: createMemoryWatch({
      ...{ config: config.current, log, emit: tap.emit, now: clock.now, signal: shutdown.signal },
      shed: [keptLogs.clear, models.reset, tools.reset],
    }),
    pairing: createPairing({
      ...{ requests: store.values("pairing-requests"), peers: store.values("paired-peers"), clock },
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      onRequest: ({ channel, peerId, code }) => tap.emit({ type: "pairing-requested", channel, peerId, code }),
    }),
    delivery: createDelivery({
      ...{ store, clock, log, signal: shutdown.signal, redact: redactor.json },
      channel: (row) => channels.find(row.channel)?.channel,
      uncertain: (row) => channels.settings(row.channel)?.uncertain ?? "resend",
    }),
  };
}

async function marksOf(key: string, { store }: Ground) {
  const session = await store.session(key);
  return session && { id: session.id, marks: session.marks ?? [] };
}

/** What a session has running ends when the session begins anew, or is gone. */
function endWithSessions(workspaces: Workspaces, tap: Tap): void {
  const ids = new Map<string, string>();
  tap.watch((event) => {
    if (event.type === "session-removed") {
      ids.delete(event.key);
      void workspaces.end(event.key);
    }
    if (event.type !== "session-changed") return;
    const { key, id } = event.session;
    const known = ids.get(key);
    ids.set(key, id);
    if (known !== undefined && known !== id) void workspaces.end(key);
  });
}

/** Asked for when it is needed: the zone tables are large. */
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// The rooms that stand before the line: channels, models, tools, pairing, delivery, and the watch over memory.
import { createPairing, type Pairing } from "../core/inbox/pairing.ts";
import { createDelivery, type Delivery } from "../core/outbox/deliver.ts";
import { createKeptLogs, type KeptLogs } from "../core/sessions/kept-logs.ts";
import { type Channels, createChannels } from "./channels.ts";
import type { Ground } from "./ground.ts";
import { lazyGuardedFetch, lazyInputCheck, openJailedFiles } from "./lazy.ts";
import { createMemoryWatch, type MemoryWatch } from "./memory.ts";
import { createModels, type Models } from "./models/models.ts";
import { createTools, type Tools } from "./tools.ts";

export interface Rooms {
  readonly models: Models;
  readonly tools: Tools;
  readonly channels: Channels;
  readonly pairing: Pairing;
  readonly delivery: Delivery;
  readonly keptLogs: KeptLogs;
  readonly memory: MemoryWatch;
}

export function openRooms(ground: Ground, receive: Parameters<typeof createChannels>[0]["receive"]): Rooms {
  const { log, clock, store, tap, config, catalog, environment, shutdown, activate, workspace } = ground;
  const { redactor } = ground;
  const current = { catalog, config: config.current, activate };
  const channels = createChannels({ ...current, log, clock, receive, emit: tap.emit });
  const models = createModels({
    ...{ ...current, environment, log, clock, store, fetch, redactor },
    signal: shutdown.signal,
  });
  const tools = createTools({
    ...{ ...current, workspace, files: openJailedFiles, fetch: lazyGuardedFetch() },
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
    ...{ channels, models, tools, keptLogs },
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

/** Asked for when it is needed: the zone tables are large. */
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// The composition root: the only file that knows everyone. It builds the rooms, introduces them, and takes them down.
import { toFault } from "@homarus/sdk";
import { agentSettings, routeRules } from "./boot/agents.ts";
import { type Channels, createChannels } from "./boot/channels.ts";
import { type BootOptions, type Ground, openGround } from "./boot/ground.ts";
import { createHouse } from "./boot/house.ts";
import { openJobs } from "./boot/jobs.ts";
import { lazyGuardedFetch, lazyInputCheck, openJailedFiles } from "./boot/lazy.ts";
import { lookAfter } from "./boot/models/look-after.ts";
import { createModels, type Models } from "./boot/models/models.ts";
import { createTools, type Tools } from "./boot/tools.ts";
import { createPairing, type Pairing, pairingText } from "./core/inbox/pairing.ts";
import { createRate } from "./core/inbox/rate.ts";
import { logWindow } from "./core/line/prepare.ts";
import { createLine, type Line } from "./core/line.ts";
import { createDelivery, type Delivery } from "./core/outbox/deliver.ts";
import { createKeptLogs } from "./core/sessions/kept-logs.ts";
import type { House } from "./gateway/house.ts";
import { createWorkspaceReader, seedWorkspace } from "./host/files/workspace.ts";

export interface RunningHouse {
  readonly house: House;
  readonly ground: Ground;
  /** Takes up what was left, then connects the channels. */
  start(): Promise<void>;
  /**
   * Lets runs end for so long, then stops; what is not ended goes on after the next start. `closeDoor` is called when
   * nothing more will happen, before the store is closed.
   */
  stop(graceMs: number, closeDoor?: () => Promise<void>): Promise<void>;
}

interface Rooms {
  readonly models: Models;
  readonly tools: Tools;
  readonly channels: Channels;
  readonly pairing: Pairing;
  readonly delivery: Delivery;
}

const messagesPerMinute = 60;

/** Builds the house on a state folder. Throws a `config` Fault when the folder or the config is not usable. */
export function boot(options: BootOptions): RunningHouse {
  const ground = openGround(options);
  const { log, tap, config, clock } = ground;
  const rooms = openRooms(ground, (message) => line.receive(message).then(() => undefined));
  const line = openLine(ground, rooms);
  const parts = {
    ...{ ground, line, ...rooms },
    newId: () => crypto.randomUUID(),
    routeRules: () => routeRules(config.current()),
    agent: (id: string) => agentSettings(id, config.current()),
  };
  const { work, keeper } = openJobs(parts);
  const house = createHouse({ ...parts, jobs: work });
  ground.onConfigChange((changed) => {
    rooms.models.reset();
    rooms.tools.reset();
    tap.emit({ type: "config-changed", changed });
    rooms.channels.align().catch((thrown: unknown) => log.error("channels.align-failed", { fault: toFault(thrown) }));
  });
  return {
    ...{ house, ground },
    async start() {
      await rooms.models.detect();
      lookAfter(rooms.models, ground);
      await rooms.channels.align();
      await rooms.delivery.resume();
      await line.resume();
      await keeper.start();
    },
    async stop(graceMs, closeDoor) {
      tap.emit({ type: "shutdown", reason: "service restart" });
      keeper.hush();
      await rooms.channels.hush();
      const grace = new AbortController();
      const idle = async (): Promise<void> => {
        await line.idle();
        await keeper.idle();
        await rooms.delivery.idle();
      };
      await Promise.race([idle(), clock.sleep(clock.now() + graceMs, grace.signal)]);
      grace.abort();
      ground.shutdown.abort();
      await idle();
      await closeDoor?.();
      await ground.close();
    },
  };
}

function openRooms(ground: Ground, receive: Parameters<typeof createChannels>[0]["receive"]): Rooms {
  const { log, clock, store, tap, config, catalog, environment, shutdown, activate, workspace } = ground;
  const current = { catalog, config: config.current, activate };
  const channels = createChannels({ ...current, log, clock, receive, emit: tap.emit });
  return {
    channels,
    models: createModels({ ...current, environment, log, clock, store, fetch }),
    tools: createTools({
      ...{ ...current, workspace, files: openJailedFiles, fetch: lazyGuardedFetch() },
      inputCheck: (entry) => lazyInputCheck(entry.inputSchema),
      houseFacts: () => ({
        now: clock.now(),
        timeZone: timeZone(),
        version: ground.version,
        uptimeMs: clock.now() - ground.startedAt,
      }),
    }),
    pairing: createPairing({
      ...{ requests: store.values("pairing-requests"), peers: store.values("paired-peers"), clock },
      random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
      onRequest: ({ channel, peerId, code }) => tap.emit({ type: "pairing-requested", channel, peerId, code }),
    }),
    delivery: createDelivery({
      ...{ store, clock, log, signal: shutdown.signal },
      channel: (row) => channels.find(row.channel)?.channel,
      uncertain: (row) => channels.settings(row.channel)?.uncertain ?? "resend",
    }),
  };
}

function openLine(ground: Ground, rooms: Rooms): Line {
  const { log, clock, store, tap, config, shutdown, workspace } = ground;
  const { channels, pairing, models, tools, delivery } = rooms;
  const readWorkspace = createWorkspaceReader();
  const seeded = new Set<string>();
  return createLine({
    ...{
      store,
      clock,
      log,
      tap,
      delivery,
      signal: shutdown.signal,
      timeText: createTimeText(),
      keptLogs: createKeptLogs(logWindow),
    },
    newId: () => crypto.randomUUID(),
    admission: {
      rules: (message) =>
        channels.settings(message.channel)?.access ?? { direct: "allowlist", allow: [], groups: "off" },
      isPaired: pairing.isPaired,
      mayContinue: createRate(clock, messagesPerMinute),
      async askToPair(message) {
        const request = await pairing.request(message);
        return request && pairingText(request);
      },
    },
    routeRules: () => routeRules(config.current()),
    agent: (id) => agentSettings(id, config.current()),
    channel: (message) => channels.find(message.channel),
    chooseModel: models.choose,
    models,
    async workspace(agent) {
      if (!seeded.has(agent)) seedWorkspace(workspace(agent));
      seeded.add(agent);
      return readWorkspace(workspace(agent));
    },
    toolSpecs: tools.specs,
    toolFacts: tools.facts,
    execute: tools.execute,
    houseStatus: () =>
      `Homarus ${ground.version}, up ${Math.round((clock.now() - ground.startedAt) / 60_000)} min, channels: ${names(channels)}`,
  });
}

function names(channels: Channels): string {
  return (
    channels
      .list()
      .map((item) => item.id)
      .join(", ") || "web chat"
  );
}

/** The formatter is made at the first prompt and kept: making one costs more than a turn should. */
function createTimeText(): (at: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (at) => {
    format ??= new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
    return `${format.format(at)} (${format.resolvedOptions().timeZone})`;
  };
}

/** Asked for when it is needed: the zone tables are large. */
function timeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

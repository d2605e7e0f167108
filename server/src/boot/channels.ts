// Starts the channels that are configured, keeps them going, and knows how each one is.
import {
  type CatalogEntry,
  type Channel,
  type ChannelStatus,
  faultPolicies,
  type InboundMessage,
  type Log,
  toFault,
} from "@homarus/sdk";
import type { Seen } from "../core/tap.ts";
import type { ChannelConfig, HouseConfig } from "../host/config/schema.ts";

type ChannelEntry = Extract<CatalogEntry, { kind: "channel" }>;

export interface ChannelsParts {
  readonly catalog: readonly CatalogEntry[];
  readonly config: () => HouseConfig;
  readonly log: Log;
  readonly clock: { now(): number; sleep(until: number, signal?: AbortSignal): Promise<void> };
  readonly activate: (entry: CatalogEntry, config: unknown, signal: AbortSignal) => Promise<Channel>;
  readonly receive: (message: InboundMessage) => Promise<void>;
  readonly emit: (event: Seen) => void;
}

export interface RunningChannel {
  readonly channel: Channel;
  readonly editEveryMs: number | undefined;
}

export interface Channels {
  /** Starts what is configured and stops what no longer is or has changed. Resolves when all are activated. */
  align(): Promise<void>;
  find(id: string): RunningChannel | undefined;
  settings(id: string): ChannelConfig | undefined;
  list(): readonly {
    readonly id: string;
    readonly account: string;
    readonly title: string;
    readonly status: ChannelStatus;
  }[];
  /** Stops hearing; what is under way can still be delivered. */
  hush(): Promise<void>;
}

interface Slot {
  readonly entry: ChannelEntry;
  readonly written: string;
  /** Ends the hearing. */
  readonly hearing: AbortController;
  /** Ends the extension. */
  readonly life: AbortController;
  running: RunningChannel | undefined;
  status: ChannelStatus;
  ended: Promise<void>;
}

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

export function createChannels(parts: ChannelsParts): Channels {
  const slots = new Map<string, Slot>();
  const wanted = (): readonly ChannelEntry[] =>
    parts.catalog.filter(
      (entry): entry is ChannelEntry => entry.kind === "channel" && parts.config().channels[entry.id]?.enabled === true,
    );

  const stopSlot = async (id: string): Promise<void> => {
    const slot = slots.get(id);
    if (!slot) return;
    slots.delete(id);
    slot.hearing.abort();
    await slot.ended;
    slot.life.abort();
  };
  const startSlot = async (entry: ChannelEntry, written: string): Promise<void> => {
    const slot: Slot = {
      entry,
      written,
      hearing: new AbortController(),
      life: new AbortController(),
      running: undefined,
      status: { state: "starting" },
      ended: Promise.resolve(),
    };
    slots.set(entry.id, slot);
    try {
      const channel = await parts.activate(entry, parts.config().channels[entry.id], slot.life.signal);
      slot.running = { channel, editEveryMs: entry.limits.editEveryMs };
      slot.ended = keepGoing(slot, channel, parts);
    } catch (thrown) {
      failed(slot, thrown, parts);
    }
  };

  return {
    async align() {
      const now = new Map(wanted().map((entry) => [entry.id, entry]));
      const written = (id: string): string => JSON.stringify(parts.config().channels[id]);
      for (const [id, slot] of slots) if (!now.has(id) || slot.written !== written(id)) await stopSlot(id);
      for (const [id, entry] of now) if (!slots.has(id)) await startSlot(entry, written(id));
    },
    find: (id) => slots.get(id)?.running,
    settings: (id) => parts.config().channels[id],
    list: () =>
      [...slots.values()].map(({ entry, status, running }) => ({
        id: entry.id,
        account: "default",
        title: entry.title,
        status: { ...status, ...identityOf(running) },
      })),
    async hush() {
      for (const slot of slots.values()) slot.hearing.abort();
      await Promise.all([...slots.values()].map((slot) => slot.ended));
    },
  };
}

function identityOf(running: RunningChannel | undefined): { identity?: string } {
  const identity = running?.channel.identity?.();
  return identity === undefined ? {} : { identity };
}

function failed(slot: Slot, thrown: unknown, parts: ChannelsParts): void {
  const fault = toFault(thrown, "channel.failed");
  slot.status = { ...slot.status, state: "failed", fault: fault.toJSON() };
  parts.log[faultPolicies[fault.kind].log]("channel.failed", { channel: slot.entry.id, fault: fault.toJSON() });
  parts.emit({ type: "channel-status", channel: slot.entry.id, status: slot.status });
}

/** A channel reconnects by itself; this catches what it gives up on and cannot mend: a login or a setting stays failed. */
async function keepGoing(slot: Slot, channel: Channel, parts: ChannelsParts): Promise<void> {
  const { signal } = slot.hearing;
  for (let tries = 0; !signal.aborted; tries += 1) {
    slot.status = { ...slot.status, state: "running" };
    parts.emit({ type: "channel-status", channel: slot.entry.id, status: slot.status });
    try {
      await channel.start((message) => hear(slot, message, parts), signal);
      if (signal.aborted) break;
      throw new Error("the channel ended by itself");
    } catch (thrown) {
      if (signal.aborted) break;
      failed(slot, thrown, parts);
      const { kind } = toFault(thrown);
      if (kind === "auth" || kind === "config") return;
    }
    await parts.clock
      .sleep(parts.clock.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** tries), signal)
      .catch(() => undefined);
  }
  slot.status = { ...slot.status, state: "stopped" };
}

async function hear(slot: Slot, message: InboundMessage, parts: ChannelsParts): Promise<void> {
  slot.status = { ...slot.status, lastHeardAt: parts.clock.now() };
  await parts.receive(message);
}

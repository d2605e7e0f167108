// Says the answers of jobs, in the same commit that ends their firing: at a place that is named, or where a session was
// last spoken to. What is said there is noted in that session's log, so that the agent knows of it when it is answered.
import {
  type Channel,
  Fault,
  type JobAddress,
  noUsage,
  type OutboundMessage,
  type OutboxRow,
  type Place,
  type Write,
} from "@homarus/sdk";
import type { Spot, Voice } from "../jobs/parts.ts";
import { compose } from "../outbox/compose.ts";
import { resolveKey } from "../route/route.ts";
import { openLog } from "../sessions/log.ts";
import type { LineParts } from "./parts.ts";

export interface VoiceParts extends Pick<LineParts, "store" | "clock" | "tap" | "newId" | "delivery"> {
  /** A channel that is set up and running. */
  channel(id: string): Channel | undefined;
  /** Works on a session while no run of it goes. */
  exclusive<Result>(sessionKey: string, work: () => Promise<Result>): Promise<Result>;
}

export function createVoice(parts: VoiceParts): Voice {
  return {
    async find(address, from) {
      const main = resolveKey("main", from.agent);
      const keys = from.sessionKey === undefined ? [main] : [resolveKey(from.sessionKey, from.agent), main];
      const sessions = await Promise.all(keys.map((key) => parts.store.session(key)));
      const session = sessions.find((item) => item?.last);
      return spotOf(address, session?.last, session?.key ?? keys[0] ?? main, parts);
    },
    async say({ spot, text, id, spokenIn, choices = [] }, commit) {
      const rows = piecesOf(spot, { text, choices }, id, parts);
      const puts = rows.map((row): Write => ({ type: "outbox-put", row }));
      const { sessionKey } = spot;
      if (sessionKey === undefined || sessionKey === spokenIn) await commit(puts);
      else
        await parts.exclusive(sessionKey, () =>
          note(sessionKey, text, (writes) => commit([...puts, ...writes]), parts),
        );
      parts.delivery.push(rows);
    },
  };
}

type Last = { readonly channel: string; readonly account: string } & {
  readonly place: string;
  readonly type?: Place["type"];
  readonly topic?: string;
};

function spotOf(address: JobAddress, last: Last | undefined, sessionKey: string, parts: VoiceParts): Spot {
  const named = address.channel === "last" ? undefined : address.channel;
  const channel = named ?? last?.channel ?? "webchat";
  // The conversations of the web chat are the logs of sessions.
  if (channel === "webchat") return { sessionKey };
  if (!parts.channel(channel)) {
    throw new Fault("config", "job.no-channel", `The channel ${channel} is not set up, or does not run.`, {
      hint: "Set it up, or let the job announce to another channel.",
    });
  }
  const there = last?.channel === channel && isThere(address, last) ? last : undefined;
  const id = address.place ?? there?.place;
  if (id === undefined) {
    throw new Fault("invalid", "job.no-place", `The job names no place on ${channel}, and nobody spoke there last.`, {
      hint: "Name the place: the platform's id of a chat.",
    });
  }
  const topic = address.topic ?? there?.topic;
  const place: Place = { id, type: there?.type ?? "direct", ...(topic !== undefined && { topic }) };
  const account = address.account ?? there?.account ?? "default";
  return { place: { channel, account, place }, ...(there && { sessionKey }) };
}

function isThere({ place, topic }: JobAddress, last: Last): boolean {
  return place === undefined
    ? topic === undefined || topic === last.topic
    : place === last.place && topic === last.topic;
}

function piecesOf(
  spot: Spot,
  words: Pick<OutboundMessage, "text" | "choices">,
  id: string,
  parts: VoiceParts,
): readonly OutboxRow[] {
  if (!spot.place) return [];
  const { channel, account, place } = spot.place;
  const adapter = parts.channel(channel);
  return compose(
    { channel, account, place, ...words, attachments: [] },
    { compose: adapter?.compose?.bind(adapter), now: parts.clock.now(), id },
  );
}

async function note(
  key: string,
  text: string,
  commit: (writes: readonly Write[]) => Promise<void>,
  parts: VoiceParts,
): Promise<void> {
  const log = await openLog(key, key.split(":")[1] ?? "main", { ...parts, window: 1 });
  const content = [{ type: "text" as const, text }];
  const change = log.change({});
  await commit([
    change,
    ...log.append([{ type: "step", content, provider: "house", model: "job", stopReason: "end", usage: noUsage }]),
  ]);
  parts.tap.emit({ type: "session-changed", session: log.session });
}

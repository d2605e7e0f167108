// Long polling: asks for news, hands each message on, and confirms it only by asking for what comes after it.
import { type Clock, Fault, isFault, type Log, type Receive } from "@homarus/sdk";
import type { Api } from "grammy";
import type { Update } from "grammy/types";
import { faultOf } from "./api.ts";

export interface ListenParts {
  readonly api: Api;
  readonly clock: Clock;
  readonly log: Log;
  readonly receive: Receive;
  /** Makes a Message of an update and fetches its files; undefined for what is none. */
  readonly hear: (update: Update, signal: AbortSignal) => Promise<Parameters<Receive>[0] | undefined>;
}

const pollSeconds = 25;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

/** Resolves when the signal fires. Rejects with an `auth` Fault when the token is refused. */
export async function listen(parts: ListenParts, signal: AbortSignal): Promise<void> {
  let offset = 0;
  let troubles = 0;
  while (!signal.aborted) {
    try {
      const updates = await poll(parts.api, offset, signal);
      if (troubles > 0) parts.log.info("telegram.back", { after: troubles });
      troubles = 0;
      for (const update of updates) {
        if (signal.aborted) return;
        const message = await parts.hear(update, signal);
        if (message) await parts.receive(message);
        offset = update.update_id + 1;
      }
    } catch (thrown) {
      if (signal.aborted) return;
      const fault = faultOf(thrown, parts.clock.now());
      if (!isFault(fault) || fault.kind === "auth") throw fault;
      troubles += 1;
      if (troubles === 1) parts.log.warn("telegram.waiting", { fault: fault.toJSON() });
      const until =
        fault.retryAt ?? parts.clock.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(troubles - 1, 5));
      await parts.clock.sleep(until, signal).catch(stoppedOnly);
    }
  }
}

function poll(api: Api, offset: number, signal: AbortSignal): Promise<Update[]> {
  return api.getUpdates({ offset, timeout: pollSeconds, limit: 100, allowed_updates: ["message"] }, signal as never);
}

/** A wait ends early only because the channel is told to stop; the loop sees that by itself. */
function stoppedOnly(thrown: unknown): void {
  if (!(thrown instanceof Fault) || thrown.kind !== "aborted") throw thrown;
}

export interface Begun {
  readonly id: number;
  readonly username: string;
}

/** Asks who we are, waiting out a platform that cannot be reached. Undefined when told to stop meanwhile. */
export async function begin(
  { api, clock, log }: Omit<ListenParts, "receive" | "hear">,
  signal: AbortSignal,
): Promise<Begun | undefined> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    try {
      const me = await api.getMe(signal as never);
      // A webhook left by another program would keep the news from us.
      await api.deleteWebhook({ drop_pending_updates: false }, signal as never);
      return me;
    } catch (thrown) {
      if (signal.aborted) return undefined;
      const fault = faultOf(thrown, clock.now());
      if (!isFault(fault) || fault.kind === "auth") throw fault;
      if (tries === 0) log.warn("telegram.waiting", { fault: fault.toJSON() });
      const until = fault.retryAt ?? clock.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries, 5));
      await clock.sleep(until, signal).catch(stoppedOnly);
    }
  }
  return undefined;
}

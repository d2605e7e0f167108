// Long polling: asks for news, hands each message on, and confirms it only by asking for what comes after it.
import { type Clock, Fault, type Log, type Receive, toFault } from "@homarus/sdk";
import type { Api } from "grammy";
import type { Update } from "grammy/types";
import { faultOf, refusedToken } from "./api.ts";

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
  const handOn = async (update: Update): Promise<void> => {
    const next = idOf(update) + 1;
    const message = await parts.hear(update, signal);
    if (message) await parts.receive(message);
    offset = next;
  };
  const round = async (): Promise<void> => {
    for (const update of await poll(parts.api, offset, signal)) {
      if (signal.aborted) return;
      await handOn(update);
    }
  };
  while (!signal.aborted) await outlasting(round, parts, signal);
}

type Waiting = Pick<ListenParts, "clock" | "log">;

/**
 * Repeats the work until it succeeds, and waits longer each time. Undefined when told to stop meanwhile; rejects only
 * for what waiting cannot mend.
 */
async function outlasting<Result>(
  work: () => Promise<Result>,
  { clock, log }: Waiting,
  signal: AbortSignal,
): Promise<Result | undefined> {
  for (let troubles = 0; !signal.aborted; troubles += 1) {
    try {
      const result = await work();
      if (troubles > 0) log.info("telegram.back", { after: troubles });
      return result;
    } catch (thrown) {
      if (signal.aborted) return undefined;
      const fault = toFault(faultOf(thrown, clock.now()), "telegram.unexpected");
      if (fault.code === refusedToken) throw fault;
      if (troubles === 0) log.warn("telegram.waiting", { fault: fault.toJSON() });
      const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(troubles, 5));
      await clock.sleep(fault.retryAt ?? clock.now() + wait, signal).catch(stoppedOnly);
    }
  }
  return undefined;
}

/** Without its number an update could never be confirmed and would come for ever. */
function idOf(update: Update | null): number {
  if (Number.isSafeInteger(update?.update_id)) return (update as Update).update_id;
  throw new Fault("unavailable", "telegram.garbled", "Telegram's news could not be read.");
}

function poll(api: Api, offset: number, signal: AbortSignal): Promise<Update[]> {
  return api.getUpdates(
    { offset, timeout: pollSeconds, limit: 100, allowed_updates: ["message", "callback_query"] },
    signal as never,
  );
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
export function begin(
  { api, clock, log }: Omit<ListenParts, "receive" | "hear">,
  signal: AbortSignal,
): Promise<Begun | undefined> {
  const ask = async (): Promise<Begun> => {
    const me = await api.getMe(signal as never);
    // A webhook left by another program would keep the news from us.
    await api.deleteWebhook({ drop_pending_updates: false }, signal as never);
    return me;
  };
  return outlasting(ask, { clock, log }, signal);
}

// The messages that are under way in this process: each is started once, and ends with its one outcome whatever breaks.
import {
  type Fault,
  type InboxRow,
  type MessageKey,
  messageKey,
  type Outcome,
  personText,
  toFault,
} from "@homarus/sdk";
import type { LineParts } from "./parts.ts";
import { conclude } from "./settle.ts";

export interface UnderWay {
  start(row: InboxRow): Promise<Outcome>;
  find(key: MessageKey): Promise<Outcome> | undefined;
  idle(): Promise<void>;
}

const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

function isStoreOut(fault: Fault): boolean {
  return fault.kind === "unavailable" && fault.code.startsWith("store.");
}

export function createUnderWay(travel: (row: InboxRow) => Promise<Outcome>, parts: LineParts): UnderWay {
  const going = new Map<string, Promise<Outcome>>();
  const nameOf = (key: MessageKey): string => JSON.stringify(messageKey(key));
  /** A station's edge: what nobody expected becomes a stored outcome, and the person is told. */
  const once = async (row: InboxRow): Promise<Outcome> => {
    try {
      return await travel(row);
    } catch (thrown) {
      const fault = toFault(thrown);
      if (isStoreOut(fault)) throw fault;
      if (fault.kind === "bug") parts.log.error("line.bug", { message: row.message.id, error: thrown });
      return conclude(row, { type: "failed", fault: fault.toJSON() }, personText(fault), parts);
    }
  };
  /** While nothing can be stored there is no outcome: the message waits, and goes on as after a restart. */
  const safely = async (row: InboxRow, tries = 0): Promise<Outcome> => {
    try {
      return await once(row);
    } catch (thrown) {
      const fault = toFault(thrown);
      if (!isStoreOut(fault)) throw fault;
      if (tries === 0) parts.log.error("line.store-out", { message: row.message.id, fault });
      await parts.clock.sleep(parts.clock.now() + Math.min(longestWaitMs, firstWaitMs * 2 ** tries), parts.signal);
      const stored = await parts.store.inboxRow(messageKey(row.message));
      return safely(stored ?? row, tries + 1);
    }
  };
  return {
    start(row) {
      const ended = safely(row);
      going.set(nameOf(row.message), ended);
      ended
        .then((outcome) => parts.tap.emit({ type: "message-end", key: messageKey(row.message), outcome }))
        .catch((error: unknown) => parts.log.error("line.no-outcome", { message: row.message.id, error }))
        .finally(() => going.delete(nameOf(row.message)));
      return ended;
    },
    find: (key) => going.get(nameOf(key)),
    async idle() {
      while (going.size > 0) await Promise.allSettled(going.values());
    },
  };
}

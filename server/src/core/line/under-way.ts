// The messages that are under way in this process: each is started once, and ends with its one outcome whatever breaks.
import { type InboxRow, type MessageKey, messageKey, type Outcome, personText, toFault } from "@homarus/sdk";
import type { LineParts } from "./parts.ts";
import { conclude } from "./settle.ts";

export interface UnderWay {
  start(row: InboxRow): Promise<Outcome>;
  find(key: MessageKey): Promise<Outcome> | undefined;
  idle(): Promise<void>;
}

export function createUnderWay(travel: (row: InboxRow) => Promise<Outcome>, parts: LineParts): UnderWay {
  const going = new Map<string, Promise<Outcome>>();
  const nameOf = (key: MessageKey): string => JSON.stringify(messageKey(key));
  /** A station's edge: what nobody expected becomes a stored outcome, and the person is told. */
  const safely = (row: InboxRow): Promise<Outcome> =>
    travel(row).catch((thrown: unknown) => {
      const fault = toFault(thrown);
      if (fault.kind === "bug") parts.log.error("line.bug", { message: row.message.id, error: thrown });
      return conclude(row, { type: "failed", fault: fault.toJSON() }, personText(fault), parts);
    });
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

// Hands a client's words to the house and sees to it that the run's record ends, whatever becomes of the message.
import type { InboundMessage } from "@homarus/sdk";
import { toFault } from "@homarus/sdk";
import type { Caller, Door } from "../door.ts";
import type { RunRecord } from "./run-book.ts";
import { endOf, faultText } from "./tell.ts";

/**
 * Resolves once the message is durable. The record then ends by itself: by the run's events, or by the message's
 * outcome where there was no run. Rejects with the house's Fault when the message could not be taken; nothing is then
 * left behind, and the same key may be sent again.
 */
export async function startRun(door: Door, caller: Caller, record: RunRecord, message: InboundMessage): Promise<void> {
  record.acceptedAt = door.clock.now();
  if (caller.hasToolEvents && caller.member) record.starters.add(caller.member);
  try {
    const { row, ended } = await door.house.receive(message);
    // Heard and answered before this gateway started: nobody has to be told a second time.
    if (row.outcome) return record.close(endOf(row.outcome, "", row.endedAt ?? door.clock.now()));
    ended.then(
      (outcome) => door.teller.settle(record, outcome, door.clock.now()),
      // No outcome could be stored: the house logs why, and the client is told that it failed.
      (thrown: unknown) => door.teller.fail(record, faultText(toFault(thrown).toJSON()), door.clock.now()),
    );
  } catch (thrown) {
    record.close({ state: "error", message: faultText(toFault(thrown).toJSON()), at: door.clock.now() });
    door.runs.forget(record);
    throw thrown;
  }
}

// The way of a message, top to bottom. Each station is one function; none calls another; this file calls them in order.
import { type InboundMessage, type InboxRow, messageKey, type Outcome, personText, toFault } from "@homarus/sdk";
import { parseCommand } from "./commands/commands.ts";
import { admit } from "./inbox/admit.ts";
import { answer } from "./line/answer.ts";
import type { LineParts } from "./line/parts.ts";
import { ride } from "./line/ride.ts";
import { createRuns, type Runs } from "./line/runs.ts";
import { conclude, storedOutcome } from "./line/settle.ts";
import { route } from "./route/route.ts";
import { createLanes } from "./sessions/lane.ts";

export interface Received {
  readonly isNew: boolean;
  readonly row: InboxRow;
  readonly ended: Promise<Outcome>;
}

export interface Line {
  /** The one door. Resolves when the message is durable; `ended` with its one outcome. */
  receive(message: InboundMessage): Promise<Received>;
  /** Takes up every message that an earlier process left without an outcome, oldest first. */
  resume(): Promise<void>;
  readonly runs: Runs;
  /** Works on a session while no run of it goes. */
  exclusive<Result>(sessionKey: string, work: () => Promise<Result>): Promise<Result>;
  idle(): Promise<void>;
}

export function createLine(parts: LineParts): Line {
  const lanes = createLanes<InboxRow | undefined>();
  const runs = createRuns(parts.clock, parts.signal);
  const underWay = new Map<string, Promise<Outcome>>();

  const keyOf = (row: InboxRow): string => JSON.stringify(messageKey(row.message));
  const travel = async (row: InboxRow): Promise<Outcome> => {
    const admission = await admit(row.message, parts.admission);
    if (admission.type === "refused") return conclude(row, admission, admission.reply, parts);
    const way = route(row.message, parts.routeRules());
    const command = parseCommand(row.message.text);
    const work = command && (async () => said(row, await answer(command, { row, route: way }, { ...parts, runs })));
    if (work && !command.command.inLane) return work();
    const passage = await lanes.use(
      way.sessionKey,
      row,
      work ?? ((lane) => ride({ row, route: way, lane }, runs, parts)),
      !work,
    );
    return passage.type === "done" ? passage.result : storedOutcome(row, parts);
  };

  const said = (row: InboxRow, text: string) =>
    conclude(row, { type: "replied", runId: row.message.options?.runId ?? row.message.id, text }, text, parts);

  const start = (row: InboxRow): Promise<Outcome> => {
    const ended = travel(row).catch((thrown: unknown) => {
      const fault = toFault(thrown);
      if (fault.kind === "bug") parts.log.error("line.bug", { message: row.message.id, error: thrown });
      return conclude(row, { type: "failed", fault: fault.toJSON() }, personText(fault), parts);
    });
    underWay.set(keyOf(row), ended);
    ended
      .then((outcome) => parts.tap.emit({ type: "message-end", key: messageKey(row.message), outcome }))
      .catch((error: unknown) => parts.log.error("line.no-outcome", { message: row.message.id, error }))
      .finally(() => underWay.delete(keyOf(row)));
    return ended;
  };

  return {
    runs,
    async receive(message) {
      const row = await parts.store.admit(message, parts.clock.now());
      if (row) return { isNew: true, row, ended: start(row) };
      const known = (await parts.store.inboxRow(messageKey(message))) as InboxRow;
      return { isNew: false, row: known, ended: underWay.get(keyOf(known)) ?? storedOutcome(known, parts) };
    },
    async resume() {
      for (const row of await parts.store.openInbox()) start(row);
    },
    async exclusive(sessionKey, work) {
      const passage = await lanes.use(sessionKey, undefined, work, false);
      return (passage as Extract<typeof passage, { type: "done" }>).result;
    },
    async idle() {
      while (underWay.size > 0) await Promise.allSettled(underWay.values());
    },
  };
}

// The way of a message, top to bottom. Each station is one function; none calls another; this file calls them in order.
import { type InboundMessage, type InboxRow, messageKey, type Outcome } from "@homarus/sdk";
import type { CommandCall } from "./commands/commands.ts";
import { admit } from "./inbox/admit.ts";
import { createSessionsFrom, type SessionsFrom } from "./line/agent-sessions.ts";
import { answer } from "./line/answer.ts";
import { commandIn } from "./line/answer-approval.ts";
import type { CommandPlace } from "./line/command-place.ts";
import { type Shortened, shortenSession } from "./line/context.ts";
import type { LineParts, Received } from "./line/parts.ts";
import { ride, steers } from "./line/ride.ts";
import { createRuns, type Runs } from "./line/runs.ts";
import { conclude, said, storedOutcome } from "./line/settle.ts";
import { createUnderWay } from "./line/under-way.ts";
import { authorityOf } from "./provenance/authority.ts";
import { route } from "./route/route.ts";
import { createLanes } from "./sessions/lane.ts";

export interface Line {
  /** The one door. Resolves when the message is durable; `ended` with its one outcome. */
  receive(message: InboundMessage): Promise<Received>;
  /** Takes up every message that an earlier process left without an outcome, oldest first. */
  resume(): Promise<void>;
  readonly runs: Runs;
  /** What a run may see of its agent's sessions, and say in them. */
  readonly sessions: SessionsFrom;
  /** Works on a session while no run of it goes. */
  exclusive<Result>(sessionKey: string, work: () => Promise<Result>): Promise<Result>;
  /** Makes notes of all but the newest part of a session, while no run of it goes; `focus` says what must stay. */
  shorten(sessionKey: string, agent: string, focus?: string): Promise<Shortened | undefined>;
  idle(): Promise<void>;
}

export function createLine(parts: LineParts): Line {
  const lanes = createLanes<InboxRow | undefined>();
  const runs = createRuns(parts.clock, parts.signal);

  const travel = async (row: InboxRow): Promise<Outcome> => {
    const admission = await admit(row.message, parts.admission);
    if (admission.type === "refused") return conclude(row, admission, admission.reply, parts);
    const authority = authorityOf(row.message, admission.audience);
    const way = route(row.message, parts.routeRules(), authority.audience);
    const at = { row, route: way, authority };
    const command = await commandIn(row.message.text, parts);
    if (command && !command.command.inLane) return commanded(at, command);
    const passage = command
      ? await lanes.use(way.sessionKey, row, () => commanded(at, command), false)
      : await lanes.use(way.sessionKey, row, (lane) => ride({ ...at, lane }, runs, riding), steers(row));
    return passage.type === "done" ? passage.result : storedOutcome(row, parts);
  };

  const commanded = async (at: CommandPlace, call: CommandCall) =>
    said(at.row, await answer(call, at, { ...parts, runs }), parts);
  const underWay = createUnderWay(travel, parts);
  const sessionsFrom = createSessionsFrom({ ...parts, runs, receive: (message) => line.receive(message) });
  const riding = { ...parts, sessionsFrom };
  const line: Line = {
    ...{ runs, sessions: sessionsFrom, idle: underWay.idle },
    async receive(message) {
      const row = await parts.store.admit(parts.redact(message), parts.clock.now());
      if (row) return { isNew: true, row, ended: underWay.start(row) };
      const known = (await parts.store.inboxRow(messageKey(message))) as InboxRow;
      return { isNew: false, row: known, ended: underWay.find(message) ?? storedOutcome(known, parts) };
    },
    async resume() {
      const rows = await parts.store.openInbox();
      // What had begun goes on before what had not: its lines stand in the log already.
      for (const row of [...rows.filter((item) => item.runId), ...rows.filter((item) => !item.runId)])
        underWay.start(row);
    },
    shorten: (key, agent, focus) => line.exclusive(key, () => shortenSession({ key, agent, focus }, parts)),
    async exclusive(sessionKey, work) {
      const passage = await lanes.use(sessionKey, undefined, work, false);
      return (passage as Extract<typeof passage, { type: "done" }>).result;
    },
  };
  return line;
}

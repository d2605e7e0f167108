// Stations 3 to 4: a message that has its session's lane becomes a Turn, its own line in the log already durable.
import {
  type Authority,
  type EntryBody,
  type InboxRow,
  messageKey,
  noteEvent,
  peerName,
  type UserBlock,
  type Write,
} from "@homarus/sdk";
import { messageNote, systemPrompt } from "../agent/prompt.ts";
import type { Turn } from "../agent/run.ts";
import { authorityOf, isOwnersWord } from "../provenance/authority.ts";
import type { Route } from "../route/route.ts";
import type { Lane } from "../sessions/lane.ts";
import { openLog, type SessionLog } from "../sessions/log.ts";
import { missingText } from "../toolsets/outside.ts";
import type { SessionsFrom } from "./agent-sessions.ts";
import { openRunReading } from "./context.ts";
import { openGate, type RunGate } from "./gate.ts";
import { marked } from "./gate-facts.ts";
import type { AgentSettings, LineParts, ModelWish } from "./parts.ts";
import { holdsFor, payerOf } from "./paying.ts";

export interface Prepared {
  readonly row: InboxRow;
  readonly route: Route;
  readonly runId: string;
  readonly log: SessionLog;
  readonly turn: Turn;
}

export interface Boarding {
  readonly row: InboxRow;
  readonly route: Route;
  readonly runId: string;
  readonly lane: Lane<InboxRow>;
  readonly signal: AbortSignal;
  /** With whose rights it comes, and whose words it brings. */
  readonly authority: Authority;
  readonly pause: () => () => Promise<void>;
}

/** What a run needs beside the rooms: the way from its session to others. */
export interface PrepareParts extends LineParts {
  readonly sessionsFrom: SessionsFrom;
}

export async function prepare(boarding: Boarding, parts: PrepareParts): Promise<Prepared> {
  const { row, route, runId } = boarding;
  const agent = parts.agent(route.agent);
  const log = await openLog(route.sessionKey, route.agent, {
    ...parts,
    kept: parts.keptLogs,
    runId: row.runId,
  });
  const byHand = row.message.options?.model ?? log.session.model;
  const wish: ModelWish = {
    ...{ name: byHand ?? agent.model, byHand: byHand !== undefined, session: log.session.id },
    thinking: row.message.options?.thinking ?? log.session.thinking ?? agent.thinking,
  };
  const asking = await parts.models.asking(wish);
  // Not flushed: after a power cut the message is still in the inbox, and its way begins anew.
  if (!row.runId) await parts.store.commit(firstWrites(boarding, log, parts), { flush: false });
  return { row, route, runId, log, turn: await turnOf(boarding, log, { agent, asking, wish }, parts) };
}

function firstWrites(boarding: Boarding, log: SessionLog, parts: LineParts): readonly Write[] {
  const { row, route, runId } = boarding;
  const { message } = row;
  const title = log.session.title ?? (message.text.trim().slice(0, 60) || undefined);
  const { channel, account, place } = message;
  const { type, topic } = place;
  // Nobody can be answered where a job or another session speaks.
  const last =
    message.origin === "job" || message.hops !== undefined
      ? {}
      : { last: { channel, account, place: place.id, type, ...(topic && { topic }) } };
  const marks = marked(log, boarding.authority.marks);
  return [
    { type: "inbox-run", key: messageKey(message), runId, sessionKey: route.sessionKey },
    log.change({ ...last, ...(marks && { marks }), ...(title ? { title } : {}) }),
    ...log.append([userEntry(row, boarding.authority, parts)], runId),
  ];
}

async function turnOf(
  boarding: Boarding,
  log: SessionLog,
  settings: { readonly agent: AgentSettings; readonly asking: Turn["asking"]; readonly wish: ModelWish },
  parts: PrepareParts,
): Promise<Turn> {
  const { row, route, runId } = boarding;
  const { agent, asking, wish } = settings;
  const gate = openGate(
    {
      ...{ message: row.message, runId, sessionKey: route.sessionKey, agent, log, pause: boarding.pause },
      ...{ authority: boarding.authority, only: row.message.options?.tools },
      callKey: (callId) => callKey(callId, runId, log),
    },
    parts,
  );
  const { signal } = boarding;
  const outside = await parts.outsideTools({ isOffered: gate.isOffered, named: row.message.options?.tools, signal });
  const tools = [...parts.toolSpecs, ...outside.specs].filter((tool) => gate.isOffered(tool.name));
  const text = missingText(outside.missing);
  if (!row.runId && text)
    await parts.store.commit(log.append([{ type: "event", event: noteEvent, text }], runId), { flush: false });
  const facts = {
    agentName: agent.name,
    workspace: await parts.workspace(agent.id),
    toolNames: tools.map((tool) => tool.name),
  };
  const { message } = row;
  const persona = [agent.persona, log.session.persona].filter(Boolean).join("\n\n");
  const system = systemPrompt({ ...facts, persona, extraSystem: message.options?.extraSystem });
  const payer = payerOf(row, { agent: agent.id, runId, session: log.session });
  return {
    runId,
    asking,
    watch: parts.models.watch,
    system,
    tools,
    cacheKey: log.session.id,
    limits: { steps: agent.maxSteps },
    reading: openRunReading({ payer, agent, wish, log, runId, message, signal, request: { system, tools } }, parts),
    signal,
    clock: parts.clock,
    entries: log.entries,
    commit: (bodies, writes) => parts.store.commit([...log.append(bodies, runId), ...(writes?.() ?? [])]),
    steer: () => steer(boarding, log, parts),
    hold: holdsFor(payer, signal, parts),
    ...{ stream: parts.models.stream, repair: parts.repairJson, newId: parts.newId },
    calls: callsOf({ boarding, agent: agent.id, log, asking, gate, tools, outside: outside.facts }, parts),
  };
}

interface CallFacts {
  readonly boarding: Boarding;
  readonly agent: string;
  readonly log: SessionLog;
  readonly asking: Turn["asking"];
  readonly gate: RunGate;
  readonly tools: Turn["tools"];
  readonly outside: LineParts["toolFacts"];
}

function callsOf(
  { boarding, agent, log, asking, gate, tools, outside }: CallFacts,
  parts: PrepareParts,
): Turn["calls"] {
  const { row, route, runId, authority } = boarding;
  const { message } = row;
  return {
    tools: new Map(
      tools.map(({ name, inputSchema }) => {
        const facts = parts.toolFacts.get(name) ?? outside.get(name) ?? plainFacts(name);
        return [name, { ...facts, inputSchema }];
      }),
    ),
    gate,
    execute: (call, signal, progress) => {
      const owner = gate.owner(call, signal);
      return parts.execute({
        ...(owner && { owner }),
        ...{ call, runId, sessionKey: route.sessionKey, agent, signal },
        progress: (text) => progress(parts.redact(text)),
        touched: gate.touched(call.id),
        sessions: parts.sessionsFrom({
          authority: () => ({ ...authority, marks: log.session.marks ?? [] }),
          heard: gate.touched(call.id).heard,
          ...{ sessionKey: route.sessionKey, agent, hops: message.hops ?? 0, signal },
          ...{ only: message.options?.tools, model: message.options?.model ?? log.session.model },
          callKey: callKey(call.id, runId, log),
        }),
        facts: async () => ({
          model: `${asking.first.provider}/${asking.first.model}`,
          channel: message.channel,
          startedAt: log.session.createdAt,
          messages: await parts.store.lastSeq(log.session.id),
          tokens: log.session.usage,
        }),
      });
    },
  };
}

/** Names a call for good: not every vendor gives the calls of a run ids of their own, but each step has its line. */
function callKey(callId: string, runId: string, log: SessionLog): string {
  const step = log.entries().findLast((entry) => entry.runId === runId && entry.body.type === "step");
  return `${runId}:${log.session.id}:${step?.seq ?? 0}:${callId}`;
}

function plainFacts(name: string) {
  return { name, idempotent: false, parallel: false, timeoutMs: 60_000 };
}

/** Messages that came while the run was going join its log; their outcome is `steered`, in the same transaction. */
async function steer(boarding: Boarding, log: SessionLog, parts: LineParts) {
  const { runId, route } = boarding;
  // The answer to another session goes back there: whoever else speaks meanwhile gets a turn, and an answer, of their own.
  const waiting = boarding.row.message.hops === undefined ? boarding.lane.take() : [];
  for (const { item, taken } of waiting) {
    const key = messageKey(item.message);
    const authority = authorityOf(item.message, boarding.authority.audience);
    const marks = marked(log, authority.marks);
    await parts.store.commit([
      ...(marks ? [log.change({ marks })] : []),
      ...log.append([userEntry(item, authority, parts)], runId),
      { type: "inbox-run", key, runId, sessionKey: route.sessionKey },
      { type: "inbox-outcome", key, outcome: { type: "steered", runId }, at: parts.clock.now() },
    ]);
    taken();
  }
  return waiting.map(({ item }) => ({ messageId: item.message.id, text: item.message.text }));
}

/** What the model reads of a message: who speaks in a group, what was answered to, what could not be fetched. */
function userEntry(row: InboxRow, authority: Authority, parts: LineParts): EntryBody {
  const { message } = row;
  const { origin } = message;
  const who = message.place.type === "group" ? `${peerName(message.peer)}: ` : "";
  const quote = message.replyTo?.text ? `[in reply to: ${message.replyTo.text.slice(0, 500)}]\n` : "";
  const missing = message.attachments
    .filter((item) => item.type === "missing")
    .map((item) => `[attachment ${item.name ?? ""} not available: ${item.reason}]`);
  const before = (quote + who).trimStart();
  const said = message.text.trim();
  const text = [before + said, ...missing].join("\n").trim();
  const media = message.attachments.filter((item) => item.type !== "missing");
  const content: UserBlock[] = [...(text ? [{ type: "text" as const, text }] : []), ...media];
  const sender = peerName(message.peer);
  const time = parts.timeText(parts.clock.now());
  const note = messageNote({ time, channel: message.channel, place: message.place, sender });
  const isOwn = origin === "person" || origin === "program";
  const isOwners = said !== "" && isOwnersWord(message, authority);
  return {
    ...{ type: "user", content, note },
    from: {
      ...{ channel: message.channel, messageId: message.id, peer: message.peer },
      ...(isOwn ? {} : { origin }),
      ...(isOwners ? { own: [before.length, before.length + said.length] as const } : {}),
    },
  };
}

// One session's way to the others of its agent: which there are, what was said there, and a message into one of them.
// Such a message enters by the one door, under an id that follows from the call: the same call again is the same message.
import {
  type AgentSessions,
  type Entry,
  Fault,
  type InboundMessage,
  type Session,
  type SessionSummary,
  type SessionWords,
  wordsOf,
} from "@homarus/sdk";
import { resolveKey } from "../route/route.ts";
import { type AgentSessionsParts, answerOf, type Standpoint, saidTo, within } from "./between-sessions.ts";
import { shutdownFault } from "./runs.ts";
import { createSpawn } from "./spawn.ts";

export type SessionsFrom = (from: Standpoint) => AgentSessions;

/** Messages from session to session that may follow from one another: two sessions must not talk for ever. */
const mostHops = 3;
const pageSize = 100;

export function createSessionsFrom(parts: AgentSessionsParts): SessionsFrom {
  const spawn = createSpawn(parts);
  return (from) => ({
    async spawn(wish) {
      refuseGroups(from);
      refuseDepth(from);
      if (parts.signal.aborted) throw shutdownFault();
      from.signal.throwIfAborted();
      return spawn(wish, from);
    },
    async list(filter) {
      refuseGroups(from);
      return listed(filter, from, parts);
    },
    async history(key, limit) {
      refuseGroups(from);
      const session = await found(key, from, parts);
      from.heard(session.marks ?? []);
      return newestWords(session.id, limit, parts);
    },
    async send({ key, text, waitMs }) {
      refuseGroups(from);
      const session = await found(key, from, parts);
      refuseLoops(session, from);
      if (parts.signal.aborted) throw shutdownFault();
      from.signal.throwIfAborted();
      const { ended } = await parts.receive(messageTo(session, text, from, parts.clock.now()));
      if (waitMs <= 0) return { type: "accepted", key: session.key };
      const outcome = await within(ended, waitMs, from.signal, parts);
      if (!outcome) return { type: "running", key: session.key };
      from.heard((await parts.store.session(session.key))?.marks ?? []);
      return answerOf(outcome, session.key);
    },
  });
}

async function listed(
  { limit, since, search = "" }: Parameters<AgentSessions["list"]>[0],
  { agent }: Standpoint,
  { store, runs }: AgentSessionsParts,
): Promise<readonly SessionSummary[]> {
  const wanted = search.trim().toLowerCase();
  const fits = ({ key, label = "", title = "" }: Session): boolean =>
    [key, label, title].some((text) => text.toLowerCase().includes(wanted));
  const running = new Set(runs.active().map((run) => run.sessionKey));
  const rows: Session[] = [];
  for (let offset = 0; rows.length < limit; offset += pageSize) {
    const page = await store.sessions({ agent, ...(since !== undefined && { since }), limit: pageSize, offset });
    rows.push(...page.filter(fits));
    if (page.length < pageSize) break;
  }
  return rows.slice(0, limit).map((session) => summaryOf(session, running.has(session.key)));
}

function summaryOf({ key, label, title, last, updatedAt }: Session, running: boolean): SessionSummary {
  return {
    ...{ key, ...(label !== undefined && { label }), ...(title !== undefined && { title }), kind: kindOf(key) },
    ...(last && { channel: last.channel }),
    ...{ updatedAt, running },
  };
}

function kindOf(key: string): SessionSummary["kind"] {
  const [first, ...rest] = key.split(":").slice(2);
  if (first === "main" && rest.length === 0) return "main";
  if (first === "cron") return "job";
  if (first === "subagent") return "subagent";
  if (rest.includes("group")) return "group";
  return first === "direct" || rest.includes("direct") ? "direct" : "other";
}

/** Whose it is shows in its key: nothing is told of what another agent has. */
async function found(name: string, { agent }: Standpoint, parts: AgentSessionsParts): Promise<Session> {
  const key = resolveKey(name, agent);
  const owner = key.split(":")[1];
  if (owner !== agent)
    throw new Fault("denied", "session.other-agent", `The session ${key} belongs to another agent.`, {
      hint: "An agent reaches its own sessions only; sessions_list shows them.",
    });
  const session = await parts.store.session(key);
  if (session?.agent === agent) return session;
  throw new Fault("invalid", "session.unknown", `There is no session ${key}.`, { hint: "sessions_list shows them." });
}

/** Whoever is in a group may speak to the agent there: what was said to it elsewhere is not theirs to read. */
function refuseGroups({ sessionKey }: Standpoint): void {
  if (kindOf(sessionKey) !== "group") return;
  throw new Fault("denied", "session.in-group", "From a group the other conversations cannot be reached.", {
    hint: "Ask the agent in a conversation of your own.",
  });
}

function refuseLoops(session: Session, from: Standpoint): void {
  if (session.key === from.sessionKey)
    throw new Fault("denied", "session.own", `${session.key} is this very session.`, {
      hint: "What you answer is said here anyway; name another session.",
    });
  refuseDepth(from);
}

function refuseDepth(from: Standpoint): void {
  if (from.hops >= mostHops)
    throw new Fault(
      "denied",
      "session.depth",
      `Sessions have passed this on ${from.hops} times already; it goes no further.`,
      { hint: "Answer instead: the session that asked gets your answer." },
    );
}

async function newestWords(id: string, limit: number, { store }: AgentSessionsParts): Promise<readonly SessionWords[]> {
  for (let window = limit * 4; ; window *= 4) {
    const entries = await store.entries(id, { last: window });
    const words = entries.flatMap(wordsIn);
    if (words.length >= limit || entries.length < window) return words.slice(-limit);
  }
}

function wordsIn({ at, body }: Entry): SessionWords[] {
  const words = wordsOf(body);
  if (!words) return [];
  const peer = body.type === "user" ? body.from?.peer : undefined;
  const name = body.type === "tool-result" ? body.result.name : (peer?.name ?? peer?.username ?? peer?.id);
  return [{ ...words, at, ...(name !== undefined && { name }) }];
}

function messageTo(session: Session, text: string, from: Standpoint, now: number): InboundMessage {
  return {
    ...saidTo(session.key, text, from, now),
    options: { extraSystem: duty, ...(from.only && { tools: from.only }) },
  };
}

const duty =
  "The last message was said by another session of yours, not by a person. Your answer stands in this session, where " +
  "the one that asked reads it; it is not sent to any channel.";

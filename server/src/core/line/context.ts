// The context room introduced to a session: its log, its agent's memory, and the model that writes its notes.
import { type EntryBody, Fault, type InboundMessage, type ModelRequest, textOf, type Write } from "@homarus/sdk";
import { systemPrompt } from "../agent/prompt.ts";
import { modelStep, type StepParts } from "../agent/step.ts";
import type { MemoryLine } from "../context/compact.ts";
import { inputOf } from "../context/learn.ts";
import { type Notes, openReading, type Reading, type ReadingParts } from "../context/reading.ts";
import { recall } from "../context/recall.ts";
import { windowOf } from "../context/settings.ts";
import { standingOf } from "../context/standing.ts";
import { weighText } from "../context/weigh.ts";
import type { ModelChoice } from "../models/chain.ts";
import { openLog, type SessionLog } from "../sessions/log.ts";
import type { AgentSettings, LineParts, ModelWish } from "./parts.ts";
import { holdsFor, type Payer } from "./paying.ts";

interface Of {
  readonly payer: Payer;
  readonly agent: AgentSettings;
  readonly wish: ModelWish;
  readonly log: SessionLog;
  readonly runId?: string;
  readonly signal: AbortSignal;
  readonly request: Pick<ModelRequest, "system" | "tools">;
  /** What a group says is not written to the memory of the agent's owner. */
  readonly isGroup: boolean;
}

export function openRunReading(of: Omit<Of, "isGroup"> & { readonly message: InboundMessage }, parts: LineParts) {
  return readingOf({ ...of, isGroup: of.message.place.type === "group" }, parts);
}

function readingOf(of: Of, parts: LineParts): Reading {
  const { agent, wish, log, runId, signal, request, isGroup } = of;
  const { store, clock, context } = parts;
  return openReading({
    ...{ entries: log.entries, clock, signal, request, settings: context.settings(), rates: context.rates },
    ...(runId === undefined ? {} : { runId }),
    historyChars: agent.historyChars,
    facts: context.facts,
    older: (after, first) => store.entries(log.session.id, { after, first }),
    commit: (bodies) => commitBodies(bodies, log, parts),
    recall: recallIn(log, parts),
    notes: notesBy(wish, parts.chooseModel(wish.name), of, parts),
    remember: isGroup ? undefined : (lines) => context.remember(agent.id, memorable(lines, log), clock.now()),
    failed: (event, fault) => parts.log.warn(event, { session: log.session.key, fault: fault.toJSON() }),
  });
}

/**
 * Memory is read by every conversation. With strangers' words in this one, what a model or a tool made of them does not
 * go there, but what the owner said does; of a conversation that is a stranger's own, nothing.
 */
function memorable(lines: readonly MemoryLine[], { session }: SessionLog): readonly string[] {
  const marks = session.marks ?? [];
  const isOthers = marks.some(({ from }) => from === "guest" || from === "room" || from === "hook");
  return lines.flatMap(({ text, isSaid }) => (isOthers || (marks.length > 0 && !isSaid) ? [] : [text]));
}

/**
 * From where the log is read stands with the session, so that the next turn need not look for it. These lines belong to
 * no run: whoever looks at what a run did does not meet them.
 */
async function commitBodies(bodies: readonly EntryBody[], log: SessionLog, parts: LineParts): Promise<void> {
  const cut = bodies.findLast((body) => body.type === "event" && body.keptFrom !== undefined);
  const moved: readonly Write[] = cut?.type === "event" ? [log.change({ readFrom: cut.keptFrom ?? 1 })] : [];
  // Not flushed: after a power cut the same is shortened anew.
  await parts.store.commit([...log.append(bodies), ...moved], { flush: false });
}

const longestAskMs = 120_000;

/** Whoever answers the conversation writes its notes, or the model that the owner named for it. */
function notesBy(
  wish: ModelWish,
  chosen: ModelChoice,
  { log, signal, payer }: Pick<Of, "log" | "signal" | "payer">,
  parts: LineParts,
): Notes {
  const named = parts.context.settings().compaction.model;
  const asked: ModelWish = { ...wish, ...(named && { name: named, byHand: false }), thinking: "off" };
  return {
    windowTokens: named === undefined ? parts.context.facts(chosen)?.contextTokens : undefined,
    async ask({ system, text, chars }) {
      const request: Omit<ModelRequest, "model" | "thinking"> = {
        ...{ tools: [], cacheKey: `${log.session.id}-notes`, system: { stable: system, volatile: "" } },
        turns: [{ type: "user", content: [{ type: "text", text }] }],
        // Some reason whatever they are told, and that is written too.
        maxOutputTokens: Math.ceil(chars / 2) + 1_024,
      };
      return answerTo(request, { asking: await askingFor(asked, wish, parts), payer, signal }, parts);
    },
  };
}

/** A model for notes that is not set up does not stop the answer: the one that answers writes them. */
async function askingFor(asked: ModelWish, wish: ModelWish, parts: LineParts): Promise<StepParts["asking"]> {
  try {
    return await parts.models.asking(asked);
  } catch (thrown) {
    parts.log.warn("context.notes-model", { model: asked.name, error: thrown });
    return parts.models.asking({ ...wish, thinking: "off" });
  }
}

async function answerTo(
  request: Omit<ModelRequest, "model" | "thinking">,
  { asking, payer, signal }: Pick<StepParts, "asking" | "signal"> & { readonly payer: Payer },
  parts: LineParts,
): Promise<string> {
  const { models, clock, repairJson, newId } = parts;
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(clock.now() + longestAskMs, done.signal).then(
    () => late.abort(new Fault("unavailable", "context.notes-late", "The notes took too long.")),
    () => undefined,
  );
  const inTime = AbortSignal.any([signal, late.signal]);
  const weight = weighText(`${request.system.stable}${JSON.stringify(request.turns)}`);
  const step = modelStep({
    ...{ asking, clock, newId, watch: models.watch, stream: models.stream, repair: repairJson, signal: inTime },
    hold: holdsFor(payer, inTime, parts),
    // biome-ignore lint/correctness/useYield: what a request is made of may take a while elsewhere, here it does not.
    async *request({ provider, model }, thinking) {
      const tokens = parts.context.rates.tokensOf(`${provider}/${model}`, weight);
      return { request: { ...request, model, thinking }, tokens };
    },
  });
  try {
    for (;;) {
      const next = await step.next();
      if (!next.done) continue;
      if (next.value.type === "step") return textOf(next.value.step.content);
      throw next.value.fault;
    }
  } finally {
    done.abort();
  }
}

/** Looks up what a message is about in the session's own log. */
function recallIn(log: SessionLog, { store, context, timeText }: LineParts): ReadingParts["recall"] {
  if (context.settings().recallTokens === 0) return undefined;
  return (message, wish) =>
    recall(message, {
      ...{ ...wish, timeText },
      search: (query, limit) => store.search(query, { any: true, keys: [log.session.key], limit }),
      entries: (after, first) => store.entries(log.session.id, { after, first }),
    });
}

export interface Shortened {
  /** Tokens that are read, before and after. */
  readonly before: number;
  readonly after: number;
  readonly keptFrom: number;
}

/** Makes notes of all but the newest part of a session. To be called where no run of it goes. */
export async function shortenSession(
  at: { readonly key: string; readonly agent: string; readonly focus?: string | undefined },
  parts: LineParts,
): Promise<Shortened | undefined> {
  const agent = parts.agent(at.agent);
  const log = await openLog(at.key, at.agent, { ...parts, kept: parts.keptLogs });
  const wish: ModelWish = {
    ...{ name: log.session.model ?? agent.model, byHand: log.session.model !== undefined },
    ...{ session: log.session.id, thinking: "off" },
  };
  const system = systemPrompt({ agentName: agent.name, workspace: await parts.workspace(agent.id), toolNames: [] });
  const { signal, toolSpecs: tools } = parts;
  const isGroup = log.session.last?.type === "group";
  const payer = { runId: `notes:${log.session.id}`, agent: agent.id, sessionKey: log.session.key };
  const reading = readingOf({ payer, agent, wish, log, signal, isGroup, request: { system, tools } }, parts);
  const done = await reading.shorten(parts.chooseModel(wish.name), at.focus || undefined);
  if (!done) return undefined;
  parts.tap.emit({ type: "session-changed", session: log.session });
  return { ...done, keptFrom: standingOf(log.entries()).keptFrom };
}

/** How much of the window the newest request filled, and how much of all that was read came from the vendor's cache. */
export function contextLine(
  log: Pick<SessionLog, "entries" | "session">,
  chosen: ModelChoice,
  parts: LineParts,
): string {
  const step = log.entries().findLast(({ body }) => body.type === "step" && inputOf(body.usage) > 0)?.body;
  const { contextTokens } = parts.context.facts(chosen) ?? {};
  const settings = parts.context.settings();
  const name = `${chosen.provider}/${chosen.model}`;
  const { tokens } = windowOf(
    contextTokens === undefined ? undefined : { contextTokens },
    settings,
    parts.context.rates.limit(name),
  );
  const read = step?.type === "step" ? inputOf(step.usage) : 0;
  const { cacheRead } = log.session.usage;
  const all = inputOf(log.session.usage);
  const size = contextTokens === undefined ? `about ${tokens}` : `${tokens}`;
  const hit =
    all > 0 ? `, ${Math.round((cacheRead / all) * 100)} % of all that was read came from the vendor's cache` : "";
  return `Context: ${read} of ${size} tokens (${Math.round((read / tokens) * 100)} %)${hit}`;
}

// Turns the house's run events into the protocol's `agent` and `chat` events. It watches and never steers.
// Source: wire protocol, "Events" of version 3 and "What v4 changed".
import type { FaultData, FaultKind, Outcome, RunEvent } from "@homarus/sdk";
import type { Audience, Payload, Told } from "../audience.ts";
import { limits } from "../settings.ts";
import type { Protocol } from "../wire.ts";
import type { RunBook, RunEnd, RunRecord } from "./run-book.ts";

export class RunTeller {
  readonly #audience: Audience;
  readonly #book: RunBook;
  /** Told of each tool event, for those who follow a session rather than a run. */
  onTool: ((sessionKey: string, payload: string) => void) | undefined;
  /** Told of each `agent` and `chat` event, for nodes that follow a session. */
  onWords: ((sessionKey: string, event: "agent" | "chat", payload: Payload, told: Told) => void) | undefined;

  constructor(audience: Audience, book: RunBook) {
    this.#audience = audience;
    this.#book = book;
  }

  heard(event: RunEvent): void {
    const record = this.#book.open(event.runId, event.sessionKey);
    if (event.type !== "text-delta" && event.type !== "thinking-delta") this.#flush(record, event.at);
    switch (event.type) {
      case "run-start":
        record.startedAt = event.at;
        record.sessionKey = event.sessionKey;
        record.model = event.model;
        this.#agent(record, event.at, "lifecycle", { phase: "start", startedAt: event.at });
        this.#status(record, "starting_model");
        return;
      case "text-delta":
        this.#text(record, event.text, event.at);
        return;
      case "thinking-delta":
        beginStep(record);
        record.thinking += event.text;
        record.unsentThinking += event.text;
        if (isTimely(record.thinking, event.at - record.sentAt)) this.#flush(record, event.at);
        return;
      case "tool-start":
      case "tool-progress":
      case "tool-end":
        this.#tool(record, event);
        return;
      case "step-end":
        // What came before stands in the log from now on.
        for (const [id, call] of record.calls) if (call.phase === "result") record.calls.delete(id);
        record.isStepOver = true;
        this.#delta(record, event.at);
        return;
      case "steered":
        this.#agent(record, event.at, "steered", { messageId: event.messageId, text: event.text });
        return;
      case "fault":
        // The step is tried anew: what it had said is void.
        forget(record);
        this.#agent(record, event.at, "fault", {
          error: event.fault.message,
          kind: event.fault.kind,
          attempt: event.attempt,
        });
        return;
      case "progress":
        this.#progress(record, event);
        return;
      case "run-end":
        record.usage = event.usage;
        this.#runEnd(record, endOf(event.outcome, event.text || record.text, event.at), event.at);
        return;
    }
  }

  /** A message came to its end without a run of its own, or before this gateway saw one. */
  settle(record: RunRecord, outcome: Outcome, at: number): void {
    if (record.end) return;
    const runIsOurs = outcome.type !== "refused" && outcome.runId === record.runId;
    // Its run-end is still to come and says more.
    if (runIsOurs && outcome.type !== "steered" && record.startedAt !== undefined) return;
    this.#close(record, endOf(outcome, record.text, at));
  }

  /** The house could not even take the message. */
  fail(record: RunRecord, message: string, at: number): void {
    if (!record.end) this.#close(record, { state: "error", message, at });
  }

  /** A note put into a session by a program. */
  injected(sessionKey: string, runId: string, text: string, at: number): void {
    this.#tellChat({ runId, sessionKey, seq: 0, state: "final", message: wordsOf(text, at) });
  }

  #text(record: RunRecord, delta: string, at: number): void {
    beginStep(record);
    record.text += delta;
    record.unsentText += delta;
    if (isTimely(record.text, at - record.sentAt)) this.#flush(record, at);
    if (at - record.deltaAt >= limits.deltaEveryMs && isTimely(record.text, at - record.deltaAt))
      this.#delta(record, at);
  }

  /** What the model said since it was told last. */
  #flush(record: RunRecord, at: number): void {
    const { unsentThinking, unsentText } = record;
    if (unsentThinking === "" && unsentText === "") return;
    record.unsentThinking = "";
    record.unsentText = "";
    record.sentAt = at;
    if (unsentThinking) this.#agent(record, at, "thinking", { text: record.thinking, delta: unsentThinking });
    if (unsentText) this.#agent(record, at, "assistant", { text: record.text, delta: unsentText });
  }

  /** The whole text so far, where it says more than the last one; version 4 gets what is new beside it. */
  #delta(record: RunRecord, at: number): void {
    const { text, shown } = record;
    if (text.length <= shown) return;
    // What is shown has been told piece by piece too, so each delta has a number of its own.
    this.#flush(record, at);
    const replace = record.isAnew ? { replace: true } : {};
    record.shown = text.length;
    record.isAnew = false;
    record.deltaAt = at;
    record.shownSeq = record.seq;
    const rest = { state: "delta", message: wordsOf(text, at) };
    this.#chat(record, rest, { ...rest, deltaText: text.slice(shown), ...replace });
  }

  /** Why nobody hears anything: said in a stream of its own, and by its nearest phase in version 4. */
  #progress(record: RunRecord, event: Extract<RunEvent, { type: "progress" }>): void {
    const { about, text, until, at } = event;
    const stream = about === "compaction" ? "compaction" : "progress";
    this.#agent(record, at, stream, { phase: "start", about, text, ...(until === undefined ? {} : { until }) });
    this.#status(record, about === "compaction" ? "preparing_context" : "starting_model");
  }

  /** What the house does before the first word; version 3 has no such state. */
  #status(record: RunRecord, phase: string): void {
    if (record.acceptedAt === undefined) return;
    const payload = { ...this.#chatHead(record), state: "status", phase, ...agentOf(record.sessionKey) };
    this.#tell(record.sessionKey, "chat", JSON.stringify(payload), { dropIfSlow: true, since: 4 });
  }

  #tool(record: RunRecord, event: Extract<RunEvent, { type: "tool-start" | "tool-progress" | "tool-end" }>): void {
    record.seq += 1;
    const data = toolData(event);
    record.calls.set(event.callId, { ...record.calls.get(event.callId), ...data });
    const payload = JSON.stringify({
      ...{ runId: record.runId, seq: record.seq, stream: "tool", ts: event.at, data, sessionKey: record.sessionKey },
    });
    if (record.starters.size > 0) this.#audience.tellOnly(record.starters, "agent", payload);
    this.onTool?.(record.sessionKey, payload);
  }

  #runEnd(record: RunRecord, end: RunEnd, at: number): void {
    const times = { startedAt: record.startedAt ?? at, endedAt: at };
    if (end.state === "error") this.#agent(record, at, "lifecycle", { phase: "error", error: end.message, ...times });
    else
      this.#agent(record, at, "lifecycle", {
        phase: "end",
        ...(end.state === "aborted" ? { aborted: true } : {}),
        ...times,
      });
    if (!record.end) this.#close(record, end);
  }

  #close(record: RunRecord, end: RunEnd): void {
    const rest = chatEnd(end);
    this.#chat(record, rest, end.state === "error" ? { ...rest, errorKind: errorKinds[end.kind ?? "bug"] } : rest);
    record.close(end);
    this.#book.prune(end.at);
  }

  #agent(record: RunRecord, ts: number, stream: string, data: Record<string, unknown>): void {
    record.seq += 1;
    const payload = { runId: record.runId, stream, data, sessionKey: record.sessionKey, seq: record.seq, ts };
    this.#tell(record.sessionKey, "agent", JSON.stringify(payload), {});
  }

  #chatHead(record: RunRecord) {
    return { runId: record.runId, sessionKey: record.sessionKey, seq: record.seq };
  }

  #chat(record: RunRecord, rest: Record<string, unknown>, rest4: Record<string, unknown>): void {
    const head = this.#chatHead(record);
    this.#tellChat({ ...head, ...rest }, { ...head, ...rest4 });
  }

  #tellChat(three: ChatPayload, four: ChatPayload = three): void {
    const dropIfSlow = three.state === "delta";
    const text = (protocol: Protocol): string =>
      JSON.stringify(protocol === 3 ? three : { ...four, ...agentOf(four.sessionKey) });
    this.#tell(three.sessionKey, "chat", text, { dropIfSlow });
  }

  #tell(sessionKey: string, event: "agent" | "chat", payload: Payload, told: Told): void {
    this.#audience.tell(event, payload, { ...told, guard: "operator.read" });
    this.onWords?.(sessionKey, event, payload, told);
  }
}

type ChatPayload = Readonly<Record<string, unknown>> & { readonly sessionKey: string };

/** The agent that a session's key names. */
function agentOf(sessionKey: string): { agentId?: string } {
  const agentId = /^agent:([^:]+):/.exec(sessionKey)?.[1];
  return agentId === undefined ? {} : { agentId };
}

/** How version 4 sorts what went wrong. */
const errorKinds: Readonly<Record<FaultKind, string>> = {
  limited: "rate_limit",
  overflow: "context_length",
  denied: "refusal",
  unavailable: "unknown",
  invalid: "unknown",
  config: "unknown",
  auth: "unknown",
  aborted: "unknown",
  bug: "unknown",
};

/** The text begins anew: clients that were told of it are told to put the new one in its place. */
function forget(record: RunRecord): void {
  record.isAnew = record.isAnew || record.shown > 0;
  record.text = "";
  record.thinking = "";
  record.shown = 0;
}

/**
 * The protocol's events carry the whole text so far, so telling each piece of a long text costs its square. A short one
 * is told at once; the longer it is, the longer the next piece waits for more: 32 kB a third of a second.
 */
function isTimely(text: string, sinceMs: number): boolean {
  return text.length < 2_000 || sinceMs >= text.length / 100;
}

/** The first words after a step's end begin a new text, as each step is a message of its own. */
function beginStep(record: RunRecord): void {
  if (!record.isStepOver) return;
  record.isStepOver = false;
  forget(record);
}

function toolData(
  event: Extract<RunEvent, { type: "tool-start" | "tool-progress" | "tool-end" }>,
): Record<string, unknown> {
  const common = { name: event.name, toolCallId: event.callId };
  if (event.type === "tool-start") return { phase: "start", ...common, args: event.input };
  if (event.type === "tool-progress") return { phase: "update", ...common, partialResult: contentOf(event.text) };
  return { phase: "result", ...common, isError: event.isError, result: contentOf(event.text) };
}

function contentOf(text: string) {
  return { content: [{ type: "text", text }] };
}

function wordsOf(text: string, timestamp: number) {
  return { role: "assistant", content: [{ type: "text", text }], timestamp };
}

function chatEnd(end: RunEnd): Record<string, unknown> {
  switch (end.state) {
    case "final":
      return { state: "final", ...(end.text === "" ? {} : { message: wordsOf(end.text, end.at) }) };
    case "steered":
      return { state: "final" };
    case "aborted":
      return { state: "aborted", ...(end.text === "" ? {} : { message: wordsOf(end.text, end.at) }) };
    case "error":
      return { state: "error", errorMessage: end.message };
  }
}

export function endOf(outcome: Outcome, text: string, at: number): RunEnd {
  switch (outcome.type) {
    case "replied":
      return { state: "final", text: outcome.text, at };
    case "steered":
      return { state: "steered", at };
    case "refused":
      return outcome.reply === undefined
        ? { state: "error", message: `not accepted: ${outcome.reason}`, at }
        : { state: "final", text: outcome.reply, at };
    case "failed":
      return outcome.fault.kind === "aborted"
        ? { state: "aborted", text, at }
        : { state: "error", message: faultText(outcome.fault), kind: outcome.fault.kind, at };
  }
}

/** Whoever reads this wire runs the house: they get what happened and what to do, except for what we did not expect. */
export function faultText(fault: FaultData): string {
  if (fault.kind === "bug") return "internal error";
  return fault.hint === undefined ? fault.message : `${fault.message} ${fault.hint}`;
}

// A ToolCall for tests. It remembers what the tool touched, so that declared effects can be held against it.

import type { Fetch } from "../context.ts";
import { Fault } from "../errors.ts";
import type { ToolEffects } from "../manifest.ts";
import type { AgentSessions } from "../ports/agent-sessions.ts";
import type { Files } from "../ports/files.ts";
import type { Sandbox } from "../ports/sandbox.ts";
import type { SessionProcesses } from "../ports/session-processes.ts";
import type { SessionFacts, ToolCall } from "../ports/tool.ts";
import { createMemoryFiles } from "./memory-files.ts";
import { someSpec } from "./sandbox.world.ts";

export interface RecordedToolCall extends ToolCall {
  readonly touched: ReadonlySet<keyof ToolEffects>;
  /** What of it another call with the same id would touch once more. */
  readonly unkeyed: ReadonlySet<keyof ToolEffects>;
  readonly progressed: readonly string[];
}

export interface ToolCallParts {
  readonly files?: Files;
  readonly sandbox?: Sandbox;
  readonly processes?: SessionProcesses;
  readonly fetch?: Fetch;
  readonly facts?: Partial<SessionFacts>;
  readonly sessions?: Partial<AgentSessions>;
  readonly signal?: AbortSignal;
}

const someFacts: SessionFacts = {
  sessionKey: "agent:main:main",
  agent: "main",
  model: "offline/demonstration",
  channel: "webchat",
  now: Date.UTC(2026, 10, 20, 12, 34, 56),
  timeZone: "Europe/Berlin",
  startedAt: Date.UTC(2026, 10, 20, 12, 0, 0),
  messages: 3,
  tokens: { input: 1200, output: 340 },
  version: "0.1.0",
  uptimeMs: 3_600_000,
};

/** What is not given refuses to be used, save the files, which are empty and in memory. */
export function createToolCall(parts: ToolCallParts = {}): RecordedToolCall {
  const touched = new Set<keyof ToolEffects>();
  const unkeyed = new Set<keyof ToolEffects>();
  const touch = (effect: keyof ToolEffects): void => {
    touched.add(effect);
    unkeyed.add(effect);
  };
  const progressed: string[] = [];
  const files = parts.files ?? createMemoryFiles();
  return {
    ...{ id: "call-1", runId: "run-1", sessionKey: someFacts.sessionKey, agent: "main", touched, unkeyed, progressed },
    signal: parts.signal ?? new AbortController().signal,
    files: recorded(files, touch),
    async sandbox() {
      touch("executes");
      if (!parts.sandbox) throw new Fault("config", "sandbox.missing", "There is no sandbox here.");
      return parts.sandbox.open(someSpec("/workspace"));
    },
    processes: recordedProcesses(parts.processes, touch),
    async fetch(input, init) {
      touch("network");
      if (!parts.fetch) throw new Fault("unavailable", "net.unreachable", "There is no network here.");
      return parts.fetch(input, init);
    },
    facts: async () => ({ ...someFacts, ...parts.facts }),
    ...(parts.sessions && { sessions: recordedSessions(parts.sessions, touched) }),
    progress: (text) => void progressed.push(text),
  };
}

function recordedProcesses(
  processes: SessionProcesses | undefined,
  touch: (effect: keyof ToolEffects) => void,
): SessionProcesses {
  const own = (): SessionProcesses => {
    touch("executes");
    if (!processes) throw new Fault("config", "sandbox.missing", "There is no sandbox here.");
    return processes;
  };
  return { start: async (request) => own().start(request), list: () => own().list(), find: (id) => own().find(id) };
}

function recorded(files: Files, touch: (effect: keyof ToolEffects) => void): Files {
  const reading = <T>(result: T): T => {
    touch("reads");
    return result;
  };
  const writing = <T>(result: T): T => {
    touch("writes");
    return result;
  };
  return {
    read: (path, options) => reading(files.read(path, options)),
    facts: (path) => reading(files.facts(path)),
    list: (path) => reading(files.list(path)),
    walk: (path, signal) => reading(files.walk(path, signal)),
    write: (path, bytes, options) => writing(files.write(path, bytes, options)),
    remove: (path) => writing(files.remove(path)),
  };
}

/** A message in another session goes by the call's id: it is touched, but not once more. */
function recordedSessions(sessions: Partial<AgentSessions>, touched: Set<keyof ToolEffects>): AgentSessions {
  const absent = (): never => {
    throw new Fault("unavailable", "sessions.absent", "There are no such sessions here.");
  };
  const { list = absent, history = absent, send = absent, spawn = absent } = sessions;
  return {
    async list(filter) {
      touched.add("reads");
      return list(filter);
    },
    async history(key, limit) {
      touched.add("reads");
      return history(key, limit);
    },
    async send(words) {
      touched.add("writes");
      return send(words);
    },
    async spawn(wish) {
      touched.add("writes");
      return spawn(wish);
    },
  };
}

// A ToolCall for tests. It remembers what the tool touched, so that declared effects can be held against it.

import type { Fetch } from "../context.ts";
import { Fault } from "../errors.ts";
import type { ToolEffects } from "../manifest.ts";
import type { Files } from "../ports/files.ts";
import type { Sandbox } from "../ports/sandbox.ts";
import type { SessionFacts, ToolCall } from "../ports/tool.ts";
import { createMemoryFiles } from "./memory-files.ts";

export interface RecordedToolCall extends ToolCall {
  readonly touched: ReadonlySet<keyof ToolEffects>;
  readonly progressed: readonly string[];
}

export interface ToolCallParts {
  readonly files?: Files;
  readonly sandbox?: Sandbox;
  readonly fetch?: Fetch;
  readonly facts?: Partial<SessionFacts>;
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
  const progressed: string[] = [];
  const files = parts.files ?? createMemoryFiles();
  return {
    ...{ id: "call-1", runId: "run-1", sessionKey: someFacts.sessionKey, agent: "main", touched, progressed },
    signal: parts.signal ?? new AbortController().signal,
    files: recorded(files, touched),
    async sandbox() {
      touched.add("executes");
      if (!parts.sandbox) throw new Fault("config", "sandbox.missing", "There is no sandbox here.");
      return parts.sandbox.open({ root: "/workspace", network: false, memoryBytes: 1 << 30, processes: 64 });
    },
    async fetch(input, init) {
      touched.add("network");
      if (!parts.fetch) throw new Fault("unavailable", "net.unreachable", "There is no network here.");
      return parts.fetch(input, init);
    },
    facts: async () => ({ ...someFacts, ...parts.facts }),
    progress: (text) => void progressed.push(text),
  };
}

function recorded(files: Files, touched: Set<keyof ToolEffects>): Files {
  const reading = <T>(result: T): T => {
    touched.add("reads");
    return result;
  };
  const writing = <T>(result: T): T => {
    touched.add("writes");
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

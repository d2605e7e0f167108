// Tool: a function the model may call. Its name, schema and effects are data in the manifest; this is what runs.
import type { MediaBlock, TextBlock } from "../content.ts";
import type { Fetch } from "../context.ts";
import { Fault } from "../errors.ts";
import type { AgentSessions } from "./agent-sessions.ts";
import type { Files } from "./files.ts";
import type { Workspace } from "./sandbox.ts";
import type { SessionProcesses } from "./session-processes.ts";

/** What a call may touch. There is no other way to the machine. */
export interface ToolCall {
  readonly id: string;
  readonly runId: string;
  readonly sessionKey: string;
  readonly agent: string;
  /** Aborted when the run is stopped or the call's time is over; the tool must end within a second. */
  readonly signal: AbortSignal;
  /** The agent's workspace; no path leaves it. */
  readonly files: Files;
  /** Opens the sandbox on first use. Rejects with a `config` Fault that names the fix where there is none. */
  readonly sandbox: () => Promise<Workspace>;
  /** Processes of the session that go on between calls. */
  readonly processes: SessionProcesses;
  /** Fetch of public addresses only: each address is checked and pinned, at each redirect anew. */
  readonly fetch: Fetch;
  /** Facts about the session for tools that report them. */
  readonly facts: () => Promise<SessionFacts>;
  /** Sessions of the same agent; `sessionsOf` gives them or says why not. */
  readonly sessions?: AgentSessions;
  /** Puts a question to the owner; absent where nobody can be asked. */
  readonly owner?: Owner;
  /** Tells watchers how far a long call is. */
  readonly progress: (text: string) => void;
}

/** The person whose house it is, as a tool may reach them. */
export interface Owner {
  /** Waits for the answer; time is a no. The same call asks once, also after a restart. */
  ask(question: {
    readonly text: string;
    /** How sure the agent is, from 0 to 1. */
    readonly confidence: number;
  }): Promise<{ readonly type: "allowed" | "denied" | "expired"; readonly by: string; readonly note?: string }>;
}

export interface SessionFacts {
  readonly sessionKey: string;
  readonly agent: string;
  readonly model: string;
  readonly channel: string;
  /** Unix ms. */
  readonly now: number;
  /** IANA name. */
  readonly timeZone: string;
  readonly startedAt: number;
  readonly messages: number;
  readonly tokens: { readonly input: number; readonly output: number };
  readonly version: string;
  readonly uptimeMs: number;
}

export interface ToolOutput {
  readonly content: readonly (TextBlock | MediaBlock)[];
  /** The tool ran and the answer is bad news (exit code, no match). A refusal or a breakdown is a thrown Fault. */
  readonly isError?: boolean;
}

export interface Tool<Input = unknown> {
  /**
   * Runs one call. `input` fits the manifest's schema: the house has checked it. Throws a Fault whose message the
   * model can act on. Output is bounded by the tool itself.
   */
  execute(input: Input, call: ToolCall): Promise<ToolOutput>;
  /** One line for a person who must decide about the call. */
  preview?(input: Input): string;
}

/** What a run knows of a tool before it calls it, whether a manifest says so or a server outside. */
export interface ToolFacts {
  readonly name: string;
  /** May be run again when a crash has cut it. */
  readonly idempotent: boolean;
  readonly parallel: boolean;
  readonly timeoutMs: number;
  /** JSON Schema of its arguments, for a model that got them wrong. */
  readonly inputSchema?: Readonly<Record<string, unknown>>;
}

/** A plain text output. */
export function textOutput(text: string, isError = false): ToolOutput {
  return { content: [{ type: "text", text }], ...(isError ? { isError } : {}) };
}

/** The sessions a call may use. Throws an `unavailable` Fault where the house gives none. */
export function sessionsOf(call: ToolCall): AgentSessions {
  if (call.sessions) return call.sessions;
  throw new Fault("unavailable", "sessions.absent", "Sessions cannot be reached from here.", {
    hint: "Call this tool in a run of an agent.",
  });
}

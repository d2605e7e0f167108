// Toolset: tools that a program or a server outside the house offers, and that nobody knows before it is asked. What is
// listed is that server's word: the house bounds it, checks it, and decides what a tool of it may do.
import type { ExtensionContext } from "../context.ts";
import type { ToolOutput } from "./tool.ts";

export interface ToolsetTool {
  /** As the server names it; any text. */
  readonly name: string;
  readonly description: string;
  /** JSON Schema of its arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly hints: ToolsetHints;
}

/** What a server says of a tool, as MCP names it (specification 2025-11-25, ToolAnnotations). Nobody vouches for it. */
export interface ToolsetHints {
  readonly readOnly?: boolean;
  readonly destructive?: boolean;
  readonly idempotent?: boolean;
  readonly openWorld?: boolean;
}

export interface ToolsetCall {
  readonly name: string;
  readonly input: unknown;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
}

export interface Toolset {
  /**
   * What it offers; connects where it is not connected. The same array as long as nothing has changed: the server's
   * notice of a change and a new connection make another. Rejects with a Fault that says what is wrong and what to do.
   */
  list(signal: AbortSignal): Promise<readonly ToolsetTool[]>;
  /**
   * Calls one; connects where it is not connected. A fired signal takes the call back at the server. The output is
   * bounded. Rejects with a Fault: of the server's refusal, or that it is gone.
   */
  call(call: ToolsetCall): Promise<ToolOutput>;
  /** Ends the connection, and the program where one was started. Afterwards `list` and `call` reject. */
  close(): Promise<void>;
}

/** A program that is spoken with line by line. */
export interface SpokenProgram {
  /** What it says, one line each, without the end of the line. Ends with the program, or with a line that is too long. */
  readonly lines: AsyncIterable<string>;
  /** Rejects with an `unavailable` Fault when it has ended. */
  write(line: string): Promise<void>;
  /** The newest part of its error stream. */
  errorText(): string;
  /** Resolves at its end. */
  readonly exited: Promise<{ readonly exitCode: number | undefined }>;
  /** Ends its input, waits a moment for its end, and kills all that it started. */
  end(): Promise<void>;
}

export interface ProgramRequest {
  /** The program by its path or name, and its arguments. */
  readonly argv: readonly string[];
  /** Absent: the home of the user. */
  readonly folder?: string;
  /** Beside PATH, HOME and LANG, which is all that it has otherwise. */
  readonly environment: Readonly<Record<string, string>>;
  readonly maxLineBytes: number;
}

/** What a toolset is handed. Its fetch reaches the host of the configured `url` and no other. */
export interface ToolsetContext<Config = unknown> extends ExtensionContext<Config> {
  /** Starts a program of the owner, outside of any sandbox. Rejects with a `config` Fault when it cannot be started. */
  readonly startProgram: (request: ProgramRequest) => Promise<SpokenProgram>;
}

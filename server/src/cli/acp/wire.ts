// What this room reads of the gateway's events and answers; fields it does not use are left out.

/** Payload of an `agent` event. `seq` counts within the run. */
export interface AgentEvent {
  readonly runId: string;
  readonly stream: string;
  readonly data: AgentEventData;
  readonly sessionKey?: string;
}

export interface AgentEventData {
  /** Of lifecycle: start, end, error; of a tool: start, update, result. */
  readonly phase?: string;
  /** Everything the step has said so far, and what is new of it. */
  readonly text?: string;
  readonly delta?: string;
  readonly name?: string;
  readonly toolCallId?: string;
  readonly args?: unknown;
  readonly partialResult?: WireContent;
  readonly result?: WireContent;
  readonly isError?: boolean;
  readonly error?: string;
  /** Of a message that joined the run. */
  readonly messageId?: string;
}

export interface WireContent {
  readonly content?: readonly WireBlock[];
}

export interface WireBlock {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly fileName?: string;
  readonly mimeType?: string;
  readonly id?: string;
  readonly name?: string;
  readonly arguments?: unknown;
}

/** The second answer of `agent`. */
export interface AgentResult {
  readonly status: string;
  readonly result?: {
    readonly payloads?: readonly { readonly text?: string }[];
    readonly meta?: { readonly aborted?: boolean };
  };
}

export interface WireMessage {
  readonly role: string;
  readonly content: readonly WireBlock[];
  readonly stopReason?: string;
  readonly errorMessage?: string;
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly isError?: boolean;
  readonly usage?: { readonly totalTokens?: number };
}

/** Without a `sessionId` there is no such session. */
export interface History {
  readonly sessionId?: string;
  readonly messages: readonly WireMessage[];
}

export interface SessionRow {
  readonly key: string;
  readonly updatedAt?: number | null;
  readonly derivedTitle?: string;
  readonly modelProvider?: string | null;
  readonly model?: string | null;
  readonly thinkingLevel?: string;
  readonly contextTokens?: number | null;
}

export interface SessionList {
  readonly sessions: readonly SessionRow[];
}

export interface AgentList {
  readonly defaultId: string;
  readonly agents: readonly AgentRow[];
}

export interface AgentRow {
  readonly id: string;
  /** Absolute path, on the gateway's machine. */
  readonly workspace?: string;
  readonly model?: { readonly primary?: string };
}

export interface ModelList {
  readonly models: readonly { readonly id: string; readonly name: string; readonly provider: string }[];
}

export interface CommandList {
  readonly commands: readonly {
    readonly name: string;
    readonly description: string;
    readonly textAliases?: readonly string[];
    readonly acceptsArgs?: boolean;
    readonly args?: readonly { readonly name: string; readonly description?: string }[];
  }[];
}

export interface ApprovalRequested {
  readonly id: string;
  readonly request: {
    readonly command?: string;
    readonly cwd?: string | null;
    readonly sessionKey?: string | null;
  };
  /** Unix ms, after which the answer is no. */
  readonly expiresAtMs?: number;
}

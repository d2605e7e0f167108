// The session's log as the gateway gives it (`chat.history`): read into plain messages, and joined with what was known.
// Pure. Messages that were known keep their identity, so that what was drawn stays drawn.

export interface LogCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

/** A picture or file of the log; the gateway leaves its bytes out. */
export interface LogMedia {
  readonly mediaType: string;
  readonly name: string | undefined;
  readonly bytes: number;
}

export interface LogMessage {
  readonly id: string;
  /** Place in the log; grows, with gaps. */
  readonly seq: number;
  readonly role: "user" | "assistant" | "toolResult";
  readonly text: string;
  readonly thinking: string;
  readonly calls: readonly LogCall[];
  readonly media: readonly LogMedia[];
  /** Unix ms. */
  readonly at: number;
  readonly model: string | undefined;
  readonly stopReason: string | undefined;
  readonly problem: string | undefined;
  /** Of a tool's result. */
  readonly callId: string | undefined;
  readonly isError: boolean;
}

export interface Log {
  /** Changes when the session is reset; undefined when nothing was ever said. */
  readonly sessionId: string | undefined;
  readonly messages: readonly LogMessage[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads an answer of `chat.history` (wire protocol v3); what does not fit is left out. */
export function readLog(payload: unknown): Log {
  const { sessionId, messages } = fieldsOf(payload);
  const read = Array.isArray(messages) ? messages.map(readMessage).filter((message) => message !== undefined) : [];
  return { sessionId: textOf(sessionId), messages: read };
}

function readMessage(value: unknown): LogMessage | undefined {
  const fields = fieldsOf(value);
  const { id, seq } = fieldsOf(fields.__openclaw);
  const role = fields.role;
  if (role !== "user" && role !== "assistant" && role !== "toolResult") return undefined;
  if (typeof id !== "string" || typeof seq !== "number") return undefined;
  const blocks = Array.isArray(fields.content) ? fields.content.map(fieldsOf) : [];
  return {
    id,
    seq,
    role,
    text: joined(blocks, "text", "text"),
    thinking: joined(blocks, "thinking", "thinking"),
    calls: blocks.filter((block) => block.type === "toolCall").map(readCall),
    media: blocks.filter((block) => block.omitted === true).map(readMedia),
    at: typeof fields.timestamp === "number" ? fields.timestamp : 0,
    model: textOf(fields.model),
    stopReason: textOf(fields.stopReason),
    problem: textOf(fields.errorMessage),
    callId: textOf(fields.toolCallId),
    isError: fields.isError === true,
  };
}

function readCall(block: Fields): LogCall {
  return { id: textOf(block.id) ?? "", name: textOf(block.name) ?? "tool", input: block.arguments };
}

function readMedia(block: Fields): LogMedia {
  return {
    mediaType: textOf(block.mimeType) ?? "",
    name: textOf(block.fileName),
    bytes: typeof block.bytes === "number" ? block.bytes : 0,
  };
}

function joined(blocks: readonly Fields[], type: string, field: string): string {
  return blocks
    .filter((block) => block.type === type)
    .map((block) => textOf(block[field]) ?? "")
    .join("");
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function lastSeq(log: Log | undefined): number {
  return log?.messages.at(-1)?.seq ?? 0;
}

/** Whether the newest messages, read with this limit, follow on what is known without a hole between. */
export function followsOn(known: Log | undefined, newest: Log, limit: number): boolean {
  if (newest.messages.length < limit) return true;
  const first = newest.messages[0];
  return known?.sessionId === newest.sessionId && first !== undefined && first.seq <= lastSeq(known);
}

/** The known log and its newest messages as one. `limit` is what the newest were read with: fewer of them are all. */
export function joinLogs(known: Log | undefined, newest: Log, limit: number): Log {
  if (known === undefined || known.sessionId !== newest.sessionId) return newest;
  const bySeq = new Map(known.messages.map((message) => [message.seq, message]));
  const recent = newest.messages.map((message) => bySeq.get(message.seq) ?? message);
  const first = recent[0];
  if (first === undefined || newest.messages.length < limit) return { ...newest, messages: recent };
  return { ...newest, messages: [...known.messages.filter((message) => message.seq < first.seq), ...recent] };
}

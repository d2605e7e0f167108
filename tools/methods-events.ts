// What the reference page says of each event: who hears it, when it comes, what its payload holds. The names themselves
// come from the gateway's event table, and a test holds the two together.
export interface EventWords {
  readonly who: string;
  readonly when: string;
  /** In the notation of the methods' page. */
  readonly payload: string;
}

const all = "everybody";
const approval = "id: string, request: {…}, createdAtMs: integer, expiresAtMs: integer";
const decided = "id: string, decision: string, resolvedBy?: string, ts: integer, request: {…}";
const message = "message?: {role, content, timestamp}";

export const eventWords: Readonly<Record<string, EventWords>> = {
  "connect.challenge": {
    ...{ who: all, when: "once, as the first frame of a connection; it has no number" },
    payload: "{nonce: string, ts: integer}",
  },
  agent: {
    ...{ who: "read; stream `tool`: connections with the cap `tool-events` that asked for the run" },
    when: "steps of a run, as they happen",
    payload:
      '{runId, sessionKey, seq, ts, stream: "lifecycle" | "assistant" | "thinking" | "tool" | "steered" | "fault", data: {…}}',
  },
  chat: {
    ...{ who: "read", when: "the answer of a run, growing, and its end" },
    payload: `{runId, sessionKey, seq, state: "delta" | "final" | "aborted" | "error" | "status", ${message}, deltaText?, replace?, errorMessage?, errorKind?, phase?, agentId?}`,
  },
  presence: {
    ...{ who: all, when: "a client came or went" },
    payload: "{presence: {host, mode, ts, text, …}[]}",
  },
  tick: { who: all, when: "every 30 seconds", payload: "{ts: integer}" },
  shutdown: { who: all, when: "the gateway stops; sockets close after it", payload: "{reason: text}" },
  health: {
    ...{ who: all, when: "every minute, and when channels or settings changed; as the method `health` answers" },
    payload: "{ok: boolean, ts: integer, channels: {…}, agents: any[], …}",
  },
  "device.pair.requested": {
    ...{ who: "pairing", when: "a device waits for its owner" },
    payload: "{requestId, deviceId, publicKey, displayName?, platform?, clientId?, role?, scopes?, remoteIp?, ts, …}",
  },
  "device.pair.resolved": {
    ...{ who: "pairing", when: "it was let in or turned away" },
    payload: '{requestId, deviceId, decision: "approved" | "rejected", ts}',
  },
  "node.pair.requested": {
    ...{ who: "pairing", when: "a node asks for more than it has" },
    payload: "{requestId, nodeId, ts, …}",
  },
  "node.pair.resolved": {
    ...{ who: "pairing", when: "that was decided, or a node was removed" },
    payload: '{requestId, nodeId, decision: "approved" | "rejected" | "removed", ts}',
  },
  "node.invoke.request": {
    ...{ who: "the node that is asked", when: "somebody called `node.invoke`; it answers by `node.invoke.result`" },
    payload: "{id, nodeId, command, paramsJSON?: string, timeoutMs, idempotencyKey?}",
  },
  "exec.approval.requested": {
    ...{ who: "approvals", when: "a command waits for somebody's yes" },
    payload: `{${approval}}`,
  },
  "exec.approval.resolved": {
    who: "approvals",
    when: "somebody decided; not when its time ran out",
    payload: `{${decided}}`,
  },
  "plugin.approval.requested": {
    ...{ who: "approvals", when: "the same, for what an extension asks" },
    payload: `{${approval}}`,
  },
  "plugin.approval.resolved": { who: "approvals", when: "somebody decided", payload: `{${decided}}` },
  cron: {
    ...{ who: "read", when: "a job was made, changed, removed, began or ended" },
    payload: "{jobId, action, runAtMs?, nextRunAtMs?, durationMs?, status?, error?, summary?, sessionId?, sessionKey?}",
  },
  "talk.mode": { who: "write", when: "`talk.mode` was called", payload: "{enabled, phase, ts}" },
  "voicewake.changed": { who: "read, and nodes", when: "the wake words changed", payload: "{triggers: string[]}" },
  "voicewake.routing.changed": {
    ...{ who: "read, and nodes", when: "where wake words lead changed" },
    payload: "{config: {…}}",
  },
  "sessions.changed": {
    ...{ who: "who called `sessions.subscribe`", when: "a session changed, went, or a run in it began or ended" },
    payload: '{sessionKey, reason: "changed" | "deleted" | "run-start" | "run-end", ts, …}',
  },
  "session.message": {
    ...{ who: "who called `sessions.messages.subscribe`", when: "a message stands in the log of that session" },
    payload: "{sessionKey, sessionId, messageId, messageSeq, message}",
  },
  "session.tool": {
    ...{ who: "who called `sessions.messages.subscribe`", when: "a tool call of that session began, went on or ended" },
    payload: '{runId, sessionKey, seq, ts, stream: "tool", data: {phase, name, toolCallId, …}}',
  },
  "device.pair.changed": { who: "pairing", when: "something about a device changed", payload: "{deviceId, ts}" },
};

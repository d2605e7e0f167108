// Stations 6 and 7: what a run came to, in one transaction: its last lines, the pieces of the reply, the one outcome.
import {
  addUsage,
  Fault,
  type InboxRow,
  messageKey,
  type OutboxRow,
  type Outcome,
  personText,
  type Write,
} from "@homarus/sdk";
import type { RunResult } from "../agent/run.ts";
import { type Claim, claimRecord, unprovenClaims } from "../audit/claims.ts";
import { compose, replyTo } from "../outbox/compose.ts";
import type { LineParts } from "./parts.ts";
import type { Prepared } from "./prepare.ts";
import { shutdownCode } from "./runs.ts";

/** Ends a message without a run: a refusal, a command's answer, a breakdown before the run began. */
export async function conclude(
  row: InboxRow,
  outcome: Outcome,
  reply: string | undefined,
  parts: LineParts,
): Promise<Outcome> {
  const rows = piecesOf(row, { text: reply ?? "", id: answerId(row), edits: undefined }, parts);
  const told = parts.redact(outcome);
  await parts.store.commit([...rows.map(put), outcomeWrite(row, told, parts)]);
  parts.delivery.push(rows);
  return told;
}

/** The outcome a message got from elsewhere: from the run that took it along, or from an earlier process. */
export async function storedOutcome(row: InboxRow, parts: Pick<LineParts, "store">): Promise<Outcome> {
  const found = await parts.store.inboxRow(messageKey(row.message));
  if (found?.outcome) return found.outcome;
  throw new Fault("bug", "line.no-outcome", `Message ${row.message.id} has no outcome.`);
}

/** Ends a message with what a command answered. */
export function said(row: InboxRow, text: string, parts: LineParts): Promise<Outcome> {
  const runId = row.message.options?.runId ?? row.message.id;
  return conclude(row, { type: "replied", runId, text }, text, parts);
}

/** Ends a message with what its run came to. A run that a shutdown cut keeps its message open. */
export async function settle(
  prepared: Prepared,
  result: RunResult,
  edits: string | undefined,
  parts: LineParts,
): Promise<Outcome> {
  const { row, runId, log } = prepared;
  const outcome: Outcome = parts.redact(
    result.type === "replied"
      ? { type: "replied", runId, text: result.text }
      : { type: "failed", runId, fault: result.fault.toJSON() },
  );
  if (result.type === "failed" && result.fault.code === shutdownCode) return outcome;
  const claims = result.type === "replied" ? claimsOf(prepared, result.text) : [];
  const text = result.type === "replied" ? result.text + claimsText(claims) : failureText(result);
  const rows = piecesOf(row, { text, id: runId, edits }, parts);
  await parts.store.commit([
    ...log.append(result.last, runId),
    log.change({ usage: addUsage(log.session.usage, result.usage) }),
    ...claims.map((claim): Write => ({ type: "audit", record: claimRecord(prepared, claim, parts.clock.now()) })),
    ...rows.map(put),
    outcomeWrite(row, outcome, parts),
  ]);
  log.keep();
  parts.delivery.push(rows);
  return outcome;
}

/** What the reply says was done and the house has no receipt of. */
function claimsOf({ runId, log, turn }: Prepared, text: string): readonly Claim[] {
  const own = log.entries().filter((entry) => entry.runId === runId);
  return unprovenClaims(
    text,
    own,
    turn.tools.map(({ name }) => name),
  );
}

function claimsText(claims: readonly Claim[]): string {
  if (claims.length === 0) return "";
  const names = claims.map(({ tool }) => `\`${tool}\``).join(" and ");
  return `\n\n*Note of the house: there is no receipt of a call of ${names} in this answer.*`;
}

/** What had come by then is kept; why it ended follows, unless the person ended it. */
function failureText(result: Extract<RunResult, { type: "failed" }>): string {
  return [result.text, personText(result.fault)].filter(Boolean).join("\n\n");
}

function piecesOf(
  row: InboxRow,
  reply: { readonly text: string; readonly id: string; readonly edits: string | undefined },
  parts: LineParts,
): readonly OutboxRow[] {
  const out = parts.channel(row.message);
  if (!out) return [];
  const channelCompose = out.channel.compose?.bind(out.channel);
  return compose(replyTo(row.message, parts.redact(reply.text)), {
    compose: channelCompose,
    now: parts.clock.now(),
    id: reply.id,
    edits: reply.edits,
  });
}

function answerId(row: InboxRow): string {
  return `${row.message.channel}:${row.message.account}:${row.message.id}`;
}

function put(row: OutboxRow): Write {
  return { type: "outbox-put", row };
}

function outcomeWrite(row: InboxRow, outcome: Outcome, parts: LineParts): Write {
  return { type: "inbox-outcome", key: messageKey(row.message), outcome, at: parts.clock.now() };
}

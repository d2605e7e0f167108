// /approve, /deny and /approvals: the owner's decisions, from any channel where the owner speaks alone.
import { type Approval, type ApprovalScope, type Authority, Fault, type InboxRow, peerName } from "@homarus/sdk";
import { askText, decidedText } from "../approvals/words.ts";
import { type CommandCall, parseCommand } from "../commands/commands.ts";
import type { LineParts } from "./parts.ts";

type Parts = Pick<LineParts, "approvals" | "clock">;

export async function answerApproval(
  { name, argument }: CommandCall,
  { row, authority }: { readonly row: InboxRow; readonly authority: Authority },
  { approvals, clock }: Parts,
): Promise<string> {
  // In a group anybody could say yes, and a run must not say yes to itself by way of another session.
  if (authority.audience !== "owner" || row.message.origin === "agent" || row.message.origin === "hook")
    throw new Fault("denied", "approval.not-owner", "Only the owner decides about this, in a chat of their own.", {
      hint: "Answer in a direct chat with me, or on the web page.",
    });
  if (name === "approvals") {
    const waiting = await approvals.waiting();
    return waiting.length === 0
      ? "Nothing waits for you."
      : waiting.map((approval) => askText(approval, clock.now())).join("\n\n---\n\n");
  }
  const { code, said } = readAnswer(argument, await approvals.recent());
  const { message } = row;
  const by = peerName(message.peer);
  const type = name === "approve" ? ("allowed" as const) : ("denied" as const);
  const scope = scopeOf(type === "allowed" ? said[0] : undefined);
  const note = (scope === "once" ? said : said.slice(1)).join(" ").slice(0, 1_000);
  const decided = await approvals.decide(code, {
    ...{ type, scope, by, channel: message.channel },
    ...(note === "" ? {} : { note }),
  });
  return decidedText(decided);
}

/** With one question open its code need not be said; a code that is said must be its own. */
function readAnswer(argument: string, known: readonly Approval[]) {
  const words = argument.split(/\s+/).filter(Boolean);
  const first = words[0] ?? "";
  const waiting = known.filter(({ decision }) => !decision);
  const isNamed = known.some(({ code, id }) => code === first.toUpperCase() || id === first);
  const only = waiting.length === 1 ? waiting[0]?.code : undefined;
  if (isNamed || looksLikeCode(first) || only === undefined) {
    if (first === "")
      throw new Fault("invalid", "approval.code", "Say which question you answer.", {
        hint: "/approvals shows them with their codes.",
      });
    return { code: first, said: words.slice(1) };
  }
  return { code: only, said: words };
}

/** A mistyped code or one of another day too: with "/approve K7QE" nobody means whatever else is open. */
function looksLikeCode(word: string): boolean {
  return /^(?=.*\d)[\da-z]{2,8}$|^[\da-f-]{12,}$/i.test(word);
}

/** "yes this is it" is talk; "yes K7QF" is an answer where a question of the last day has that code. */
export async function commandIn(text: string, { approvals }: Pick<LineParts, "approvals">) {
  const parsed = parseCommand(text);
  if (parsed?.code === undefined) return parsed;
  const known = await approvals.recent();
  return known.some(({ code }) => code === parsed.code) ? parsed : undefined;
}

function scopeOf(word: string | undefined): ApprovalScope {
  const lower = word?.toLowerCase();
  return lower === "session" || lower === "always" ? lower : "once";
}

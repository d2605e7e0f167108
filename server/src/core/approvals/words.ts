// What people read of an approval, on any channel: what will happen, why it is asked, and how to answer.
import { type Approval, type ApprovalDecision, marksText } from "@homarus/sdk";

const longestPreview = 1_500;

export function askText(approval: Approval, now: number): string {
  const { code, request, expiresAt } = approval;
  const minutes = Math.max(1, Math.round((expiresAt - now) / 60_000));
  const head = request.kind === "question" ? "**I need you for this.**" : `**May I?** \`${request.name}\``;
  return [
    head,
    fenced(request.preview.slice(0, longestPreview)),
    request.reason,
    ...(request.marks.length > 0 ? [`This conversation holds words of others: ${marksText(request.marks)}.`] : []),
    `Answer \`yes ${code}\` or \`no ${code}\`, within ${minutes} min. Without an answer it is a no.`,
    // A question of the agent is asked each time anew: there is nothing that would hold.
    ...(request.kind === "question"
      ? []
      : [`\`/approve ${code} session\` holds for this conversation, \`/approve ${code} always\` for good.`]),
  ].join("\n\n");
}

/** Answers as buttons: what each says is what a person would type. */
export function choicesOf({ code, request }: Approval): readonly { readonly label: string; readonly text: string }[] {
  if (request.kind === "question")
    return [
      { label: "Yes", text: `/approve ${code}` },
      { label: "No", text: `/deny ${code}` },
    ];
  return [
    { label: "Once", text: `/approve ${code}` },
    { label: "This conversation", text: `/approve ${code} session` },
    { label: "Always", text: `/approve ${code} always` },
    { label: "No", text: `/deny ${code}` },
  ];
}

/** What whoever decided reads. */
export function decidedText({ request, decision }: Approval): string {
  const what = `\`${request.name}\``;
  if (decision?.type === "denied") return `Refused: ${what}.`;
  if (decision?.type === "expired") return `Time is over: ${what} was not done.`;
  const scope = { once: "", session: " It holds for this conversation.", always: " It holds from now on." } as const;
  return `Allowed: ${what}.${scope[decision?.scope ?? "once"]}`;
}

/** What the model reads when it was a no. */
export function refusedText(name: string, decision: ApprovalDecision): string {
  const said = decision.note ? ` They said: ${decision.note}` : "";
  if (decision.type === "expired")
    return `Nobody allowed the call of ${name} in time, so it was not made. Say what you wanted to do and ask the owner.`;
  return `${decision.by} refused the call of ${name}, so it was not made.${said} Do not try it again another way; ask what is wanted instead.`;
}

/** What the model reads when somebody changed what it wanted. */
export function changedText(name: string, decision: ApprovalDecision): string {
  return `${decision.by} changed the arguments of ${name} before it ran: ${JSON.stringify(decision.input)}.`;
}

function fenced(text: string): string {
  const fence = text.includes("```") ? "~~~~" : "```";
  return `${fence}\n${text}\n${fence}`;
}

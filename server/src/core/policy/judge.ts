// The pipeline: every rule is heard, a no wins over a question, and a question over a yes.
import { audienceRule } from "./audience.ts";
import type { Decision, Finding, PolicyCase, PolicySettings, Rule, Verdict } from "./case.ts";
import { commandRule } from "./command.ts";
import { listsRule } from "./lists.ts";
import { modeRule } from "./mode.ts";
import { placesRule } from "./places.ts";
import { profileRule } from "./profile.ts";
import { provenanceRule } from "./provenance.ts";

export const rules: readonly Rule[] = [
  profileRule,
  listsRule,
  placesRule,
  audienceRule,
  commandRule,
  modeRule,
  provenanceRule,
];

const hardness: Readonly<Record<Decision, number>> = { allow: 0, ask: 1, deny: 2 };

export function judge(one: PolicyCase, settings: PolicySettings): Verdict {
  const findings = rules.flatMap((rule) => rule(one, settings) ?? []);
  const hardest = findings.reduce<Finding | undefined>(
    (found, finding) => (found && hardness[found.decision] >= hardness[finding.decision] ? found : finding),
    undefined,
  );
  if (!hardest) return { decision: "allow", reason: "No rule speaks against it.", findings };
  if (hardest.decision === "ask" && one.isUnattended && settings.unattended === "deny")
    return {
      decision: "deny",
      reason: `${hardest.reason} Nobody is there to be asked.`,
      hint: `${hardest.hint ?? ""} Or set approvals.unattended to ask.`.trim(),
      findings,
    };
  const { decision, reason, hint } = hardest;
  return { decision, reason, ...(hint === undefined ? {} : { hint }), findings };
}

/** Whether a tool is there at all, before it is known what it will be called with. */
export function isOffered(one: Omit<PolicyCase, "input">, settings: PolicySettings): boolean {
  return judge({ ...one, isUnattended: false }, settings).decision !== "deny";
}

/** A verdict in lines for people: what was decided, and what each rule said. */
export function explainText(one: PolicyCase, verdict: Verdict): string {
  const words = { allow: "allowed", ask: "asked for first", deny: "denied" } as const;
  const findings = verdict.findings.map(({ rule, decision, reason }) => `  ${rule}: ${words[decision]}. ${reason}`);
  return [
    `${one.tool.name} is ${words[verdict.decision]} for ${one.agent} (${one.audience}, ${one.channel}, ${one.origin}).`,
    verdict.findings.length === 0 ? "  No rule speaks against it." : findings.join("\n"),
    ...(verdict.hint ? [`  ${verdict.hint}`] : []),
  ].join("\n");
}

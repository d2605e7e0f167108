// What the rules would say to a request, told for the owner: which rule counts and why.
import type { EgressRequest } from "@homarus/sdk";
import type { EgressJudgement, EgressRule, EgressSettings } from "./parts.ts";
import { hostFits, methodFits, pathFits } from "./patterns.ts";
import { expandPresets } from "./presets.ts";
import { judgeEgress } from "./rules.ts";

export interface EgressExplanation {
  readonly judgement: EgressJudgement;
  /** Each rule of this host, in the order in which they count, with what speaks against it. */
  readonly rules: readonly { readonly rule: EgressRule; readonly fits: boolean; readonly why: string }[];
  /** For a terminal, one line each. */
  readonly lines: readonly string[];
}

export function explainEgress(request: EgressRequest, settings: EgressSettings): EgressExplanation {
  const judgement = judgeEgress(request, settings);
  const rules = expandPresets(settings)
    .filter((rule) => hostFits(rule.host, request.host, request.port))
    .map((rule) => ({ rule, ...fit(rule, request) }));
  const sentence = {
    allow: "Allowed.",
    ask: "Asked for, and then allowed or denied as the owner says.",
    deny: "Denied.",
  }[judgement.type];
  const more = judgement.type === "deny" ? [judgement.reason, judgement.hint] : [];
  const told = rules.map(({ rule, why }) => `${rule.action} ${rule.host}: ${why}`);
  return { judgement, rules, lines: [sentence, ...more, ...(told.length > 0 ? told : ["No rule names this host."])] };
}

function fit(rule: EgressRule, request: EgressRequest): { readonly fits: boolean; readonly why: string } {
  if (rule.agents && !rule.agents.includes(request.agent))
    return { fits: false, why: `not for the agent ${request.agent}` };
  if (request.kind === "connect") return { fits: true, why: "the host fits" };
  if (!methodFits(rule.methods, request.method)) return { fits: false, why: `not for ${request.method}` };
  if (!pathFits(rule.paths, request.target, rule.action === "deny" ? "any" : "all"))
    return { fits: false, why: "the path does not fit, or could be read in another way" };
  return { fits: true, why: "fits" };
}

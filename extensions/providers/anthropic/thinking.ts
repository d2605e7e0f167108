// How each generation of Claude is told how much to think. What one takes, the next refuses, so the family decides.
// Source: platform.claude.com, "Thinking" and the migration guides of the 5 and 5.5 models (2026-10).

import type Anthropic from "@anthropic-ai/sdk";
import type { ThinkingLevel } from "@homarus/sdk";

export interface ThinkingFields {
  readonly thinking?: Anthropic.ThinkingConfigParam;
  readonly output_config?: Anthropic.OutputConfig;
}

type Style =
  /** Decides by itself; `off` says how thinking is kept smallest. */
  | { readonly type: "adaptive"; readonly off: "disabled" | "between_tools" | "low-effort" }
  /** A number of tokens. */
  | { readonly type: "budget" }
  | { readonly type: "none" };

/** First fit wins. */
const families: readonly { readonly pattern: RegExp; readonly style: Style }[] = [
  { pattern: /^claude-(?:2|instant|3-(?:opus|sonnet|haiku|5))/, style: { type: "none" } },
  { pattern: /^claude-(?:3-7|(?:opus|sonnet|haiku)-4-(?:[015]|20\d{6})(?:-|$))/, style: { type: "budget" } },
  { pattern: /^claude-sonnet-5-5/, style: { type: "adaptive", off: "between_tools" } },
  { pattern: /^claude-(?:opus-5-5|fable|mythos)/, style: { type: "adaptive", off: "low-effort" } },
  { pattern: /^claude-/, style: { type: "adaptive", off: "disabled" } },
];

/** Servers of other makers that speak this API took over the older form. */
const elsewhere: Style = { type: "budget" };

const budgets = { low: 2_048, medium: 8_192, high: 16_384 } as const;

export function thinkingFields(model: string, level: ThinkingLevel, maxTokens: number): ThinkingFields {
  const style = families.find((family) => family.pattern.test(model))?.style ?? elsewhere;
  if (style.type === "none") return {};
  if (style.type === "budget") return level === "off" ? {} : budgetFields(budgets[level], maxTokens);
  // Where the vendor would else leave the text of the thinking out, it is asked for.
  if (level !== "off")
    return { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: level } };
  if (style.off === "low-effort")
    return { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } };
  return { thinking: { type: style.off } };
}

/** A budget is at least 1,024 tokens and less than the whole answer's; where that leaves no room there is none. */
function budgetFields(budget: number, maxTokens: number): ThinkingFields {
  const fitting = Math.min(budget, maxTokens - 1_024);
  return fitting < 1_024 ? {} : { thinking: { type: "enabled", budget_tokens: fitting } };
}

/** Models that refuse a thinking block when anything before it changed, unless they are told to drop it. */
export function bindsThinking(model: string): boolean {
  return /^claude-(?:fable|mythos|opus|sonnet|haiku)-5-[1-9]/.test(model);
}

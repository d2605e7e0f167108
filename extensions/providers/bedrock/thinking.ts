// How the families of models on Bedrock are told how much to think. The Converse API has no field for it: each family's own
// fields travel along. Source: docs.aws.amazon.com/bedrock, "Extended thinking", "Adaptive thinking", "Nova 2" (2026-10).
import type { Json, ThinkingLevel } from "@homarus/sdk";

type Fields = { readonly [key: string]: Json };

interface Family {
  readonly pattern: RegExp;
  readonly fields: (level: ThinkingLevel, maxTokens: number) => Fields;
}

const budgets = { low: 2_048, medium: 8_192, high: 16_384 } as const;

/** A budget is at least 1,024 tokens and less than the whole answer's; where that leaves no room there is none. */
const byBudget: Family["fields"] = (level, maxTokens) => {
  if (level === "off") return {};
  const budget = Math.min(budgets[level], maxTokens - 1_024);
  return budget < 1_024 ? {} : { thinking: { type: "enabled", budget_tokens: budget } };
};

const adaptive =
  (off: Fields): Family["fields"] =>
  (level) =>
    level === "off" ? off : { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: level } };

const leastEffort: Fields = { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } };

/** First fit wins; a model of no family is told nothing. */
const families: readonly Family[] = [
  { pattern: /claude-(?:v2|instant|3-(?:opus|sonnet|haiku|5))/, fields: () => ({}) },
  { pattern: /claude-(?:3-7|(?:opus|sonnet|haiku)-4-(?:[015]-|20\d{6}))/, fields: byBudget },
  { pattern: /claude-sonnet-5-5/, fields: adaptive({ thinking: { type: "between_tools" } }) },
  { pattern: /claude-(?:opus-5-5|fable|mythos)/, fields: adaptive(leastEffort) },
  { pattern: /anthropic\.claude-/, fields: adaptive({ thinking: { type: "disabled" } }) },
  {
    pattern: /amazon\.nova-2/,
    fields: (level) =>
      level === "off"
        ? { reasoningConfig: { type: "disabled" } }
        : { reasoningConfig: { type: "enabled", maxReasoningEffort: level } },
  },
  { pattern: /openai\.gpt-oss/, fields: (level) => ({ reasoning_effort: level === "off" ? "low" : level }) },
];

export function thinkingFields(model: string, level: ThinkingLevel, maxTokens: number): Fields {
  return families.find((family) => family.pattern.test(model))?.fields(level, maxTokens) ?? {};
}

/** What a prompt may be marked with for the cache: Nova takes no mark behind the tools, others none at all. */
export function cachePlaces(model: string): { readonly tools: boolean; readonly messages: boolean } {
  const isClaude = /anthropic\.claude-(?:3-7|(?:opus|sonnet|haiku|fable|mythos)-)/.test(model);
  return { tools: isClaude, messages: isClaude || /amazon\.nova/.test(model) };
}

// How each generation of Gemini is told how much to think: a budget of tokens up to 2.5, a level from 3 on.
// Source: ai.google.dev, "Gemini thinking", and the pages of the models (2026-10).

import type { ThinkingConfig } from "@google/genai/web";
import type { ThinkingLevel } from "@homarus/sdk";

interface Family {
  readonly pattern: RegExp;
  /** Undefined where the model does not think. */
  readonly config: ((level: ThinkingLevel) => ThinkingConfig) | undefined;
}

const budgets = { low: 1_024, medium: 8_192, high: 24_576 } as const;

const byBudget =
  (least: number) =>
  (level: ThinkingLevel): ThinkingConfig =>
    level === "off" ? { thinkingBudget: least } : { thinkingBudget: budgets[level], includeThoughts: true };

/** The SDK's levels are an enum, whose values are these words. */
const byLevel =
  (least: "MINIMAL" | "LOW") =>
  (level: ThinkingLevel): ThinkingConfig => {
    const word = level === "off" ? least : level.toUpperCase();
    return { thinkingLevel: word as NonNullable<ThinkingConfig["thinkingLevel"]>, includeThoughts: level !== "off" };
  };

/** First fit wins. Not every model can do without thinking; then `off` is the least it takes. */
const families: readonly Family[] = [
  { pattern: /^gemini-(?:1|2\.0)/, config: undefined },
  { pattern: /^gemini-2\.5-pro/, config: byBudget(128) },
  { pattern: /^gemini-2\.5/, config: byBudget(0) },
  { pattern: /^gemini-3(?:\.[56])?-flash/, config: byLevel("MINIMAL") },
  { pattern: /^gemini-/, config: byLevel("LOW") },
];

export function thinkingConfig(model: string, level: ThinkingLevel): ThinkingConfig | undefined {
  return families.find((family) => family.pattern.test(model))?.config?.(level);
}

/** From the third generation on a call without a signature is refused; older ones know no such thing. */
export function wantsSignatures(model: string): boolean {
  return /^gemini-(?!1|2)/.test(model);
}

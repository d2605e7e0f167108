// Which models take a reasoning effort, and which word stands for each level. A model that does not reason refuses the
// field, so it is left out wherever that is not certain.
import type { ThinkingLevel } from "@homarus/sdk";

export type Effort = "none" | "minimal" | "low" | "medium" | "high";

/** First fit wins. `off` is the least that the family takes. */
const families: readonly { readonly pattern: RegExp; readonly off: Effort | undefined }[] = [
  { pattern: /^gpt-5[.\d]*-chat/, off: undefined },
  { pattern: /^gpt-5(?:\.\d+)?-(?:pro|codex)/, off: "low" },
  { pattern: /^gpt-5(?:-|$)/, off: "minimal" },
  { pattern: /^gpt-5\./, off: "none" },
  { pattern: /^(?:o\d|gpt-oss|gpt-[6-9])/, off: "low" },
];

/** Undefined where the model takes no such field. A maker's prefix (`openai/gpt-5.5`) is read over. */
export function effortOf(model: string, level: ThinkingLevel): Effort | undefined {
  const id = model.slice(model.lastIndexOf("/") + 1).toLowerCase();
  const family = families.find((item) => item.pattern.test(id));
  if (!family?.off) return undefined;
  return level === "off" ? family.off : level;
}

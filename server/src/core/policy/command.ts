// Rule: what the guard found in a shell command. A no of the guard stands whatever mode is set, and a question of it where
// strangers' words are in the conversation: who never wants to be asked did not mean what they might want.
import type { Rule } from "./case.ts";
import { modeOf } from "./mode.ts";

export const commandRule: Rule = (one, settings) => {
  const { command } = one;
  if (!command || command.decision === "allow") return undefined;
  if (command.decision === "ask" && one.marks.length === 0 && modeOf(one, settings) === "never") return undefined;
  return {
    rule: "command",
    decision: command.decision,
    reason: command.reason,
    hint: "tools.exec.denyPatterns and tools.exec.allowlist hold the owner's own patterns.",
  };
};

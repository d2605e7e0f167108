// Rule: which calls wait for a person. Reading never does; the nearest setting counts: the owner's
// for the tool, the owner's for the origin, the manifest's, and then the owner's for all.
import type { ApprovalMode, PolicyCase, PolicySettings, Rule } from "./case.ts";

export const modeRule: Rule = (one, settings) => {
  const { tool } = one;
  const mode = modeOf(one, settings);
  const isNamed = settings.approvals.some(({ tools }) => tools?.[tool.name] !== undefined);
  if (mode === "never" || (!changesAnything(one) && !isNamed)) return undefined;
  if (mode === "destructive" && tool.effects.destructive !== true) return undefined;
  return {
    rule: "mode",
    decision: "ask",
    reason:
      mode === "always"
        ? `The owner wants to be asked before ${tool.name} is used.`
        : `What ${tool.name} does cannot be undone.`,
    hint: `The owner can change it: approvals.tools.${tool.name}.`,
  };
};

/** The mode that holds for a call. */
export function modeOf({ tool, origin }: PolicyCase, { approvals }: PolicySettings): ApprovalMode {
  const named = approvals.map(({ tools }) => tools?.[tool.name]);
  const byOrigin = approvals.map(({ origins }) => origins?.[origin]);
  const general = approvals.map(({ mode }) => mode);
  return [...named, ...byOrigin, tool.approval, ...general].find((mode) => mode !== undefined) ?? "destructive";
}

function changesAnything({ tool }: PolicyCase): boolean {
  const { writes, executes, destructive } = tool.effects;
  return writes || executes || destructive === true || tool.approval === "always";
}

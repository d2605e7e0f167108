// Rule: guests and rooms have no tools unless the owner gave them some. What a room may do, everybody in it may do.
import { names, type Rule } from "./case.ts";
import { fits } from "./places.ts";

export const audienceRule: Rule = (one, { rules }) => {
  if (one.audience === "owner" || one.tool.group === "status") return undefined;
  // Only a rule that speaks of strangers or of the place gives: one for an agent was not written with them in mind.
  const given = rules.some(
    ({ when, allow }) =>
      (when.audience ?? when.place ?? when.channel ?? when.peer) !== undefined &&
      names(allow, one.tool) &&
      fits(when, one),
  );
  if (given) return undefined;
  const who = one.audience === "room" ? "a group" : "a guest";
  return {
    rule: "audience",
    decision: "deny",
    reason: `The tool ${one.tool.name} is not given to ${who}.`,
    hint: `The owner can give it: policy.rules: [{ when: { audience: "${one.audience}" }, allow: ["${one.tool.name}"] }].`,
  };
};

// Rule: lists of tools that may and may not be called, the house's, the agent's and the message's. A no wins.
import { names, type Rule } from "./case.ts";

export const listsRule: Rule = ({ tool }, { lists }) => {
  if (lists.some((list) => names(list.deny, tool)))
    return {
      rule: "lists",
      decision: "deny",
      reason: `The owner does not allow the tool ${tool.name} here.`,
      hint: "It stands under tools.deny of the agent or of agents.defaults.",
    };
  if (lists.some((list) => list.allow && !names(list.allow, tool)))
    return {
      rule: "lists",
      decision: "deny",
      reason: `The tool ${tool.name} is not among those the owner allows here.`,
      hint: "Add it to tools.allow of the agent or of agents.defaults.",
    };
  return undefined;
};

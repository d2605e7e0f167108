// Rule: once strangers' words are in a conversation, what reaches outside the house needs a yes, or a rule that gives it.
// A page that is fetched because the owner wrote its address carries nothing out; an address from anywhere else may.
import { marksText } from "@homarus/sdk";
import { names, type PolicyCase, type Rule } from "./case.ts";
import { fits } from "./places.ts";

export const provenanceRule: Rule = (one, { rules }) => {
  if (one.marks.length === 0 || !reachesOutside(one)) return undefined;
  const given = rules.some(({ when, allow }) => names(allow, one.tool) && fits(when, one));
  if (given) return undefined;
  const what = one.madeUpAddress === undefined ? `What ${one.tool.name} does` : `The address ${one.madeUpAddress}`;
  return {
    rule: "provenance",
    decision: "ask",
    reason: `${what} reaches outside the house, and this conversation holds words of others: ${marksText(one.marks)}.`,
    hint: "Start afresh with /new, or give the tool by a rule under policy.rules.",
  };
};

function reachesOutside({ tool, input, madeUpAddress }: PolicyCase): boolean {
  const { network, writes, outside } = tool.effects;
  if (outside === true) return true;
  if (!network) return false;
  // A tool that only reads the web is held to the addresses that the owner wrote, once it is known what it asks for.
  return writes || (input !== undefined && madeUpAddress !== undefined);
}

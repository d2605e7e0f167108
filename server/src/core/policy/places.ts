// Rule: what the owner wrote for a channel, a group, a sender, an agent, a session or a sandbox. A no wins.
import { names, type PlaceRule, type PolicyCase, type Rule, type When } from "./case.ts";
import { profileHas } from "./profile.ts";

export const placesRule: Rule = (one, { rules }) => {
  const here = rules.filter((rule) => fits(rule.when, one));
  const refusing = here.find((rule) => refuses(rule, one));
  if (refusing)
    return {
      rule: "places",
      decision: "deny",
      reason: `The owner does not allow the tool ${one.tool.name} ${whereText(refusing.when)}.`,
      hint: "It follows from a rule under policy.rules.",
    };
  const asking = here.find((rule) => names(rule.ask, one.tool));
  if (!asking) return undefined;
  return {
    rule: "places",
    decision: "ask",
    reason: `The owner wants to be asked before ${one.tool.name} is used ${whereText(asking.when)}.`,
    hint: "It follows from a rule under policy.rules.",
  };
};

function refuses({ deny, allow, profile }: PlaceRule, { tool }: PolicyCase): boolean {
  if (names(deny, tool)) return true;
  if (allow && !names(allow, tool)) return true;
  return profile !== undefined && !profileHas(profile, tool);
}

/** Whether a rule's place is where this call comes from. */
export function fits(when: When, one: PolicyCase): boolean {
  const facts: Readonly<Record<keyof When, string>> = {
    agent: one.agent,
    channel: one.channel,
    place: one.place.id,
    peer: one.peer,
    session: one.sessionKey,
    origin: one.origin,
    audience: one.audience,
    sandbox: one.sandbox,
  };
  return (Object.keys(facts) as (keyof When)[]).every((name) => {
    const wanted = when[name];
    return wanted === undefined || isLike(wanted, facts[name]);
  });
}

function isLike(wanted: string, fact: string): boolean {
  return wanted.endsWith("*") ? fact.startsWith(wanted.slice(0, -1)) : wanted === fact;
}

function whereText(when: When): string {
  const parts = Object.entries(when).filter(([, value]) => value !== undefined);
  return parts.length === 0 ? "here" : `where ${parts.map(([name, value]) => `${name} is ${value}`).join(" and ")}`;
}

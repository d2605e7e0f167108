// Rule: the profile says which groups of tools an agent has at all.
import type { PolicyTool, Profile, Rule } from "./case.ts";

/** `status` is what tells of the session and changes nothing. */
export const profileGroups: Readonly<Record<Profile, readonly string[]>> = {
  minimal: ["status"],
  coding: ["status", "files", "commands", "sessions", "web", "owner"],
  messaging: ["status", "sessions", "messages", "web", "owner"],
  full: ["*"],
};

export function profileHas(profile: Profile, { group }: PolicyTool): boolean {
  const groups = profileGroups[profile];
  return groups.includes("*") || groups.includes(group);
}

export const profileRule: Rule = ({ tool }, { profile }) => {
  if (profileHas(profile, tool)) return undefined;
  return {
    rule: "profile",
    decision: "deny",
    reason: `The tool ${tool.name} is not part of the profile ${profile}.`,
    hint: "The owner can give another profile: agents.list[].profile, or a rule under policy.rules.",
  };
};

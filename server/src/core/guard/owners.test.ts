import { expect, test } from "bun:test";
import { joinedLists, type OwnersLists } from "./owners.ts";

const list: OwnersLists = { mode: "allowlist", allowlist: ["git"], denyPatterns: ["curl *"] };
const guard: OwnersLists = { mode: "guard", allowlist: ["ls"], denyPatterns: ["wget *"] };

test.each([
  { tool: undefined, agent: undefined, mode: "guard", allow: [], deny: [] },
  { tool: {}, agent: {}, mode: "guard", allow: [], deny: [] },
  { tool: list, agent: undefined, mode: "allowlist", allow: ["git"], deny: ["curl *"] },
  { tool: undefined, agent: list, mode: "allowlist", allow: ["git"], deny: ["curl *"] },
  { tool: list, agent: guard, mode: "allowlist", allow: ["git", "ls"], deny: ["curl *", "wget *"] },
  { tool: guard, agent: list, mode: "allowlist", allow: ["ls", "git"], deny: ["wget *", "curl *"] },
  { tool: guard, agent: guard, mode: "guard", allow: ["ls", "ls"], deny: ["wget *", "wget *"] },
] as const)("the stricter mode of tool and agent holds, and each no (%#)", (one) => {
  expect(joinedLists(one.tool, one.agent) as unknown).toEqual({ mode: one.mode, allow: one.allow, deny: one.deny });
});

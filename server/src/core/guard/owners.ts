// What the owner set for commands, for the tool and for one agent, joined: a no of either stands, and the stricter mode holds.
import type { GuardSettings } from "./verdict.ts";

export interface OwnersLists {
  readonly mode?: GuardSettings["mode"] | undefined;
  readonly allowlist?: readonly string[] | undefined;
  readonly denyPatterns?: readonly string[] | undefined;
}

export function joinedLists(
  tool: OwnersLists | undefined,
  agent: OwnersLists | undefined,
): Pick<GuardSettings, "mode" | "allow" | "deny"> {
  const both = [tool, agent];
  return {
    mode: both.some((one) => one?.mode === "allowlist") ? "allowlist" : "guard",
    allow: both.flatMap((one) => one?.allowlist ?? []),
    deny: both.flatMap((one) => one?.denyPatterns ?? []),
  };
}

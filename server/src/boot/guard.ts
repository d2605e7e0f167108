// The guard over shell commands, with the owner's own lists. What cannot be judged is asked for, never let through.
import { readFileSync, statSync } from "node:fs";
import { type Log, toFault } from "@homarus/sdk";
import { joinedLists, type OwnersLists } from "../core/guard/owners.ts";
import type { CommandVerdict, GuardSettings } from "../core/guard/verdict.ts";
import type { LineParts } from "../core/line/parts.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { lazyCommandJudge } from "./lazy.ts";

export interface GuardParts {
  readonly config: () => HouseConfig;
  readonly workspace: (agent: string) => string;
  readonly log: Log;
}

/** The grammar is loaded at the first command and stays. */
export function createGuard({ config, workspace, log }: GuardParts): LineParts["judgeCommand"] {
  let loading: ReturnType<typeof lazyCommandJudge> | undefined;
  return async (command, { agent }) => {
    try {
      loading ??= lazyCommandJudge();
      return (await loading)(command, guardSettings(agent, { config: config(), workspace }));
    } catch (thrown) {
      loading = undefined;
      log.error("guard.failed", { fault: toFault(thrown).toJSON() });
      return unread;
    }
  };
}

const unread: Pick<CommandVerdict, "decision" | "reason"> = {
  decision: "ask",
  reason: "The guard could not read this command.",
};

/** The tool's lists, and the agent's own, or else those of all agents. */
function guardSettings(
  agent: string,
  { config, workspace }: { readonly config: HouseConfig } & Pick<GuardParts, "workspace">,
): GuardSettings {
  const own = config.agents.list.find(({ id }) => id === agent)?.exec ?? config.agents.defaults.exec;
  const lists = joinedLists(config.tools.exec as OwnersLists | undefined, own);
  return { ...lists, workspace: workspace(agent), readFile: smallText };
}

/** A longer file is no script that anybody reads before it runs. */
const longestScript = 60_000;

function smallText(path: string): string | undefined {
  try {
    const found = statSync(path);
    return found.isFile() && found.size <= longestScript ? readFileSync(path, "utf8") : undefined;
  } catch {
    // Not there, or not to be read: then it does not run either.
    return undefined;
  }
}

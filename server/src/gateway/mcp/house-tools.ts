// The tools of the guest's agent, under their own names. The house checks the owner's rules and the arguments at each
// call; who may only read is offered those that read the house and touch nothing else.
import type { Json } from "@homarus/sdk";
import type { Tool } from "@modelcontextprotocol/server";
import { allows } from "../caller.ts";
import type { ToolListing } from "../house.ts";
import { contentOf } from "./content.ts";
import type { Guest } from "./guest.ts";
import type { OfferedTool } from "./tool.ts";

export function houseTools({ door, caller, agent }: Guest): readonly OfferedTool[] {
  const mayAct = allows(caller.granted, "operator.write");
  return door.house.tools
    .list(agent)
    .filter((tool) => tool.isAllowed && (mayAct || staysInside(tool)))
    .map((tool) => ({
      listing: listingOf(tool),
      async run(input, { signal, progress }) {
        const { tools, sessions } = door.house;
        const sessionKey = sessions.resolveKey("main", agent);
        const wish = { name: tool.name, input: input as Json, agent, sessionKey, signal, progress };
        const { content, isError } = await tools.invoke(wish);
        return { content: contentOf(content), ...(isError ? { isError } : {}) };
      },
    }));
}

/** A fetch tells the other side something: it is no mere reading. */
function staysInside({ effects }: ToolListing): boolean {
  return !effects.writes && !effects.executes && !effects.network;
}

function listingOf({ name, title, prompt, inputSchema, effects, isIdempotent }: ToolListing): Tool {
  const acts = effects.writes || effects.executes;
  return {
    ...{ name, title, description: prompt },
    inputSchema: { ...inputSchema, type: "object" } as Tool["inputSchema"],
    annotations: {
      ...{ title, readOnlyHint: !acts, destructiveHint: acts },
      ...{ idempotentHint: isIdempotent, openWorldHint: effects.network },
    },
  };
}

// tools/list and tools/call.
import {
  type CallToolResult,
  type ListToolsResult,
  ProtocolError,
  ProtocolErrorCode,
} from "@modelcontextprotocol/server";
import type { Guest } from "./guest.ts";
import { houseTools } from "./house-tools.ts";
import { ownTools } from "./own-tools.ts";
import { page } from "./page.ts";
import { failedCall } from "./refused.ts";
import type { Arguments, OfferedTool, ToolUse } from "./tool.ts";

/** The house's own names come first: an agent's tool of the same name is not offered. */
function offered(guest: Guest): ReadonlyMap<string, OfferedTool> {
  return new Map([...houseTools(guest), ...ownTools(guest)].map((tool) => [tool.listing.name, tool]));
}

export function listTools(guest: Guest, cursor: string | undefined): ListToolsResult {
  const placed = [...offered(guest).values()].map(({ listing }) => ({ at: listing.name, item: listing }));
  const { items, ...next } = page(placed, cursor);
  return { tools: items, ...next };
}

export interface Called {
  readonly result: CallToolResult;
  readonly outputSchema: Readonly<Record<string, unknown>> | undefined;
}

/** Throws for a tool that is not offered; whatever else goes wrong is a result that says so. */
export async function callTool(name: string, input: Arguments, use: ToolUse): Promise<Called> {
  const { guest } = use;
  const tool = offered(guest).get(name);
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${name}`);
  const { outputSchema } = tool.listing;
  try {
    return { result: await tool.run(input, use), outputSchema };
  } catch (thrown) {
    return { result: failedCall(guest.door, name, thrown), outputSchema };
  }
}

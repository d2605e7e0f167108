// Rows of the methods about servers of MCP whose tools the agents use.
import { admin, type MethodRow, read } from "../row.ts";

export const rows: readonly MethodRow[] = [read("mcp.list", "homarus"), admin("mcp.test", "homarus")];

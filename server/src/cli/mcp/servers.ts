// Servers of MCP whose tools the agents use: how each fares, and what is wrong with it.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { printJson, printLine, printTable } from "../print.ts";

interface Server {
  readonly name: string;
  readonly state: "off" | "unused" | "connected" | "trouble";
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  readonly left: readonly string[];
  readonly trouble?: { readonly message: string; readonly hint?: string };
}

/** `test` reaches them first; it takes as long as a server that has to be fetched. */
export async function showServers(invocation: Invocation): Promise<number> {
  const [action, name] = invocation.operands;
  await using connected = await connect(invocation, { otherwise: "embed" });
  const isTest = action === "test";
  const { servers } = await connected.client.request<{ servers: readonly Server[] }>(
    isTest ? "mcp.test" : "mcp.list",
    isTest && name !== undefined ? { name } : {},
    { timeoutMs: 120_000 },
  );
  if (invocation.options.json) printJson({ ok: true, servers });
  else print(servers, isTest);
  return servers.some(({ state }) => state === "trouble") ? 1 : 0;
}

function print(servers: readonly Server[], isTest: boolean): void {
  if (servers.length === 0) {
    const server = '{"command": "npx", "args": ["-y", "PACKAGE"]}';
    printLine(`No servers are set up. Add one: homarus config set mcp.servers.NAME '${server}'`);
    return;
  }
  printTable(
    ["SERVER", "STATE", "TOOLS", ""],
    servers.map(({ name, state, tools, trouble }) => [name, state, String(tools.length), trouble?.message ?? ""]),
  );
  for (const { trouble } of servers) if (trouble?.hint !== undefined) printLine(trouble.hint);
  if (!isTest) return;
  for (const { tools, left } of servers) {
    for (const tool of tools) printLine(`  ${tool.name}  ${tool.description.split("\n")[0]?.slice(0, 100)}`);
    for (const text of left) printLine(`  left out: ${text}`);
  }
}

// One server of the protocol for one guest: what it can do and who answers each of its methods. It lives as long as a
// request, a session or a socket does.
import {
  CLIENT_INFO_META_KEY,
  type Implementation,
  type jsonSchemaValidator,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import { complete } from "./complete.ts";
import type { Guest } from "./guest.ts";
import { getPrompt, listPrompts } from "./prompts.ts";
import { protocolError } from "./refused.ts";
import { listResources, listTemplates, readResource } from "./resources.ts";
import type { Arguments } from "./tool.ts";
import { callTool, listTools } from "./tools.ts";

const instructions =
  "The house of a personal agent. `agent_ask` talks to the agent itself; its tools can also be called one by one. Sessions and the texts of its workspace are resources, its skills are prompts.";

/** For what a person is asked through the client, which this server never does. */
const noValidator: jsonSchemaValidator = {
  getValidator: () => () => ({ valid: false, data: undefined, errorMessage: "nothing is asked here" }),
};

export function createServer(guest: Guest): Server {
  const { version } = guest.door.house;
  const server = new Server(
    { name: "homarus", title: "Homarus", version },
    {
      instructions,
      jsonSchemaValidator: noValidator,
      capabilities: {
        ...{ tools: { listChanged: true }, prompts: { listChanged: true }, completions: {} },
        resources: { subscribe: true, listChanged: true },
      },
    },
  );
  const told =
    <Asked extends { readonly method: string }, Result>(answer: (asked: Asked) => Result | Promise<Result>) =>
    async (asked: Asked): Promise<Result> => {
      try {
        return await answer(asked);
      } catch (thrown) {
        throw protocolError(guest.door, asked.method, thrown);
      }
    };
  answerTools(server, guest);
  server.setRequestHandler(
    "resources/list",
    told(({ params }) => listResources(guest, params?.cursor)),
  );
  server.setRequestHandler("resources/templates/list", () => listTemplates);
  server.setRequestHandler(
    "resources/read",
    told(({ params }) => readResource(guest, params.uri)),
  );
  server.setRequestHandler(
    "prompts/list",
    told(({ params }) => listPrompts(guest, params?.cursor)),
  );
  server.setRequestHandler(
    "prompts/get",
    told(({ params }) => getPrompt(guest, params.name, params.arguments ?? {})),
  );
  server.setRequestHandler(
    "completion/complete",
    told(({ params }) => complete(guest, params)),
  );
  return server;
}

function answerTools(server: Server, guest: Guest): void {
  server.setRequestHandler("tools/list", ({ params }) => listTools(guest, params?.cursor));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const use = {
      ...{ guest, client: nameOf(server, context), progress: progressOf(guest, context) },
      signal: AbortSignal.any([context.mcpReq.signal, guest.door.life]),
    };
    const { result, outputSchema } = await callTool(params.name, (params.arguments ?? {}) as Arguments, use);
    return server.projectCallToolResult(result, outputSchema);
  });
}

/** The newest specification has a client say who it is with each request, those before once. */
function nameOf(server: Server, { mcpReq }: ServerContext): string | undefined {
  const envelope = mcpReq.envelope as { readonly [CLIENT_INFO_META_KEY]?: Implementation } | undefined;
  return (envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion())?.name;
}

/** Counts the notices, since nobody knows how many there will be. */
function progressOf({ door }: Guest, { mcpReq }: ServerContext): (text: string) => void {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  return (message) => {
    progress += 1;
    const notice = { method: "notifications/progress" as const, params: { progressToken, progress, message } };
    // The client may have gone; the call goes on or is taken back without it.
    mcpReq.notify(notice).catch((error: unknown) => door.house.log.debug("mcp.progress-failed", { error }));
  };
}

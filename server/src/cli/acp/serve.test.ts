import { expect, test } from "bun:test";
import {
  client,
  type McpServer,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type SessionUpdate,
} from "@agentclientprotocol/sdk";
import type { Link } from "./link.ts";
import { serve } from "./serve.ts";

const answers: Readonly<Record<string, unknown>> = {
  "agents.list": { defaultId: "main", agents: [{ id: "main", workspace: "/w", model: { primary: "p/m" } }] },
  "models.list": { models: [{ id: "m", name: "M", provider: "p" }] },
  "commands.list": { commands: [] },
  "sessions.list": { sessions: [] },
};

/** Both ends in this process, on a gateway that knows one agent. */
async function openBoth(capabilities: object) {
  const asked: { readonly method: string; readonly params: unknown }[] = [];
  const logged: string[] = [];
  const link: Link = {
    request: async <Result>(method: string, params: unknown) => {
      asked.push({ method, params });
      return answers[method] as Result;
    },
    hello: async () => ({ policy: { maxPayload: 1_000 } }) as never,
    isEmbedded: false,
    [Symbol.asyncDispose]: async () => undefined,
  };
  const input = new TransformStream<Uint8Array, Uint8Array>();
  const output = new TransformStream<Uint8Array, Uint8Array>();
  const served = serve(output.writable, input.readable, {
    ...{ link, version: "1.2.3", agentId: undefined, attached: undefined, log: (text) => void logged.push(text) },
  });
  const updates: SessionUpdate[] = [];
  const questions: RequestPermissionRequest[] = [];
  const connection = client()
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      questions.push(params);
      return { outcome: { outcome: "selected", optionId: "allow-once" } };
    })
    .connect(ndJsonStream(input.writable, output.readable));
  const hello = { protocolVersion: PROTOCOL_VERSION, clientCapabilities: capabilities };
  await connection.agent.request(methods.agent.initialize, hello);
  const open = async (mcpServers: McpServer[] = []) =>
    (await connection.agent.request(methods.agent.session.new, { cwd: "/p", mcpServers })).sessionId;
  return { served, connection, asked, logged, updates, questions, open };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve));
}

test("a command that waits for its owner is asked about in the editor, and the answer goes to the gateway", async () => {
  const { served, asked, questions, open } = await openBoth({});
  const sessionKey = await open();
  const payload = { id: "7", request: { command: "make", sessionKey } };
  served.see({ type: "event", event: "exec.approval.requested", payload });
  await until(() => asked.some(({ method }) => method === "exec.approval.resolve"));
  expect(questions).toMatchObject([{ sessionId: sessionKey, toolCall: { rawInput: { command: "make" } } }]);
  expect(asked.at(-1)?.params).toEqual({ id: "7", decision: "allow-once" });
});

test("MCP servers of the editor are not used, and it is told so where it can show that", async () => {
  const server: McpServer = { name: "files", command: "/bin/x", args: [], env: [] };
  const told = await openBoth({ session: { notices: {} } });
  await told.open([server]);
  await until(() => told.updates.some((update) => update.sessionUpdate === "notice"));
  const untold = await openBoth({});
  await untold.open([server]);
  await until(() => untold.logged.length > 0);
  expect(untold.logged[0]).toContain("files");
  expect(untold.updates.map((update) => update.sessionUpdate)).toEqual(["available_commands_update"]);
});

test("a gateway that answers nonsense is an error to the editor without its inner words, and the log has them", async () => {
  const { connection, logged } = await openBoth({});
  const loading = connection.agent.request(methods.agent.session.load, {
    sessionId: "agent:main:x",
    cwd: "/p",
    mcpServers: [],
  });
  await expect(loading).rejects.toMatchObject({ code: -32_603, message: expect.stringContaining("its log says more") });
  expect(logged[0]).toContain("TypeError");
});

// Canaries: secrets planted wherever a house takes them from, and everything that it says, shows and keeps afterwards. A
// model that prints them, a tool that reads them out and vendors that repeat them do their worst meanwhile.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayClient, openGatewayClient } from "@homarus/sdk/client";
import { openFakeTelegram } from "../../extensions/channels/telegram/testing/fake-telegram.ts";
import { methodTable } from "../../server/src/gateway/methods/table.ts";
import { type HouseProcess, makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";
import { openLeakyModel, writings } from "./fakes/leaky-model.ts";

const telegram = openFakeTelegram();

/** By where the house has it from. Signs that look different in each writing are in all of them. */
const canaries: Record<string, string> = {
  "the vault": telegram.token,
  "the vault, named nowhere": "canary/vault+Q7?x9=4f&1c~spare",
  "a variable that the config names": "canary/named+R8?x9=4f&1c~config",
  "the environment": "canary/environment+S9?x9=4f&1c",
  "a provider's key": "canary-provider+T1/x9=4f-key",
  "a login": "canary-login+U2/x9=4f-access",
  "a login, to renew it": "canary-login+V3/x9=4f-refresh",
};

const environment = {
  BACKUP_TOKEN: canaries["the environment"] ?? "",
  PLAIN_NAME: canaries["a variable that the config names"] ?? "",
};
const model = openLeakyModel(() => Object.values(canaries));
const state = makeStateFolder({
  agents: { defaults: { model: "openai/scripted" } },
  models: { standIns: false },
  providers: {
    openai: { apiKey: canaries["a provider's key"], baseUrl: model.url, api: "chat" },
    anthropic: { baseUrl: model.anthropicUrl, tokenUrl: `${model.anthropicUrl}/v1/oauth/token` },
  },
  hooks: { enabled: true, token: { secret: "spare" } },
  tools: { web_search: { provider: "brave", braveKey: "$" + "{PLAIN_NAME}" } },
  channels: { telegram: { token: { secret: "telegram/token" }, apiRoot: telegram.url, access: { allow: ["1001"] } } },
  ...{
    sandbox: "none",
    approvals: { tools: { exec: "never", write: "never" } },
    log: { level: "debug", file: { level: "debug" } },
  },
});
const session = "agent:main:canary";

/** What was seen at each place, by its name. */
const seen = new Map<string, string>();
const see = (place: string, text: string): void => void seen.set(place, `${seen.get(place) ?? ""}\n${text}`);
let house: HouseProcess;

const ask = async (client: GatewayClient, message: string): Promise<void> => {
  const wish = { message, sessionKey: session, idempotencyKey: crypto.randomUUID() };
  const { runId } = await client.request<{ runId: string }>("agent", wish);
  await client.request("agent.wait", { runId, timeoutMs: 30_000 });
};

function connect(place: string): GatewayClient {
  const program = { id: "cli", version: "1", platform: "linux", mode: "cli" } as const;
  return openGatewayClient({
    url: `ws://127.0.0.1:${house.port}`,
    login: { client: program, token: house.token },
    open(url) {
      const socket = new WebSocket(url);
      socket.addEventListener("message", ({ data }) => see(place, String(data)));
      return socket;
    },
  });
}

/** Those that read, and those of the owner that change nothing. */
const ownersReads =
  /^(secrets\.(list|resolve|reload)|config\.schema|audit\.|exec\.approvals?\.(get|list)|approvals\.(list|rules)$|update\.status|device\.pair\.list|channels\.pairing\.list|models\.test|talk\.)/;

async function callAll(client: GatewayClient): Promise<void> {
  const own = { sessionKey: session, key: session };
  const targets = { commandName: "x", targetIds: ["channels.telegram.token", "providers.openai.apiKey"] };
  const wishes = [{}, own, { ...own, keys: [session], query: "canary", agentId: "main", path: "channels", ...targets }];
  const rows = methodTable.filter(({ scope, name }) => scope === "operator.read" || ownersReads.test(name));
  const singles = wishes.flatMap((wish) => rows.map(({ name }) => ({ name, wish })));
  const more = [
    ...["key", "sessionKey", "agentId", "provider"].flatMap((field) =>
      rows.map(({ name }) => ({
        name,
        wish: { [field]: field.endsWith("ey") ? session : field === "agentId" ? "main" : "openai" },
      })),
    ),
    { name: "logs.tail", wish: { limit: 1000 } },
    { name: "talk.config", wish: { includeSecrets: true } },
  ];
  let answered = 0;
  for (const { name, wish } of [...singles, ...more])
    await client.request(name, wish).then(
      () => {
        answered += 1;
      },
      // Not every method takes each of them; the refusal has been seen too.
      () => undefined,
    );
  expect(answered).toBeGreaterThan(150);
}

/** The other doors of the port, asked what may hold most. */
async function knock(): Promise<void> {
  const said = (content: string) => ({ model: "homarus:main", messages: [{ role: "user", content }] });
  const asks: readonly (readonly [path: string, body?: object])[] = [
    ["/v1/chat/completions", said("PRINT")],
    ["/v1/chat/completions", { ...said("PRINT"), stream: true }],
    ["/v1/chat/completions", said("FAIL")],
    ["/v1/chat/completions", { ...said("FAIL"), stream: true }],
    ["/v1/responses", { model: "homarus:main", input: "PRINT" }],
    ["/v1/responses", { model: "homarus:main", input: "PRINT", stream: true }],
    ["/v1/models"],
    ["/tools/invoke", { tool: "read", args: { path: "planted.txt" } }],
    ["/tools/invoke", { tool: "exec", args: { command: "cat planted.txt" } }],
    ["/mcp", mcp("tools/list", {})],
    ["/mcp", mcp("tools/call", { name: "read", arguments: { path: "planted.txt" } })],
    ["/mcp", mcp("tools/call", { name: "exec", arguments: { command: "cat planted.txt" } })],
    ["/rpc", { jsonrpc: "2.0", id: 1, method: "config.get", params: {} }],
    ["/rpc", { jsonrpc: "2.0", id: 2, method: "chat.history", params: { sessionKey: session } }],
    ["/hooks/agent", { message: "PRINT" }],
    ...["health", "status", "config", "channels", "models", "sessions", "search?query=and", "usage", "costs"].map(
      (path) => [`/api/${path}`] as const,
    ),
    ...[`/api/sessions/${encodeURIComponent(session)}/messages`, "/metrics", "/ready", "/health"].map(
      (path) => [path] as const,
    ),
  ];
  let answered = 0;
  for (const [path, body] of asks) {
    const login = path.startsWith("/hooks") ? canaries["the vault, named nowhere"] : house.token;
    const headers = {
      ...{ authorization: `Bearer ${login}`, "content-type": "application/json" },
      ...{ accept: "application/json, text/event-stream", "mcp-protocol-version": "2026-07-28" },
      // The revision wants them named in the head too.
      ...namesIn(body),
    };
    const given = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${house.port}${path}`, { headers, ...given });
    if (response.ok) answered += 1;
    const text = await response.text();
    see("answers over HTTP", `${response.status} ${path} ${text}`);
    // What came in pieces, whole.
    const pieces = [...text.matchAll(/"(?:content|delta|text)":"((?:[^"\\]|\\.)*)"/g)].map(([, piece = ""]) => piece);
    see("answers over HTTP", JSON.parse(`"${pieces.join("")}"`));
  }
  expect(answered).toBeGreaterThan(24);
}

/** Of the protocol's revision that needs no session first. */
const about = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "canary", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};
const mcp = (method: string, params: object): object => {
  return { jsonrpc: "2.0", id: 1, method, params: { ...params, _meta: about } };
};

function namesIn(body: object = {}): Record<string, string> {
  const { method, params } = body as { readonly method?: string; readonly params?: { readonly name?: string } };
  return { ...(method && { "mcp-method": method }), ...(params?.name && { "mcp-name": params.name }) };
}

const commands = [
  ["doctor"],
  ["doctor", "--json"],
  ["status"],
  ["status", "--json"],
  ["config", "show"],
  ["config", "show", "--json"],
  ["config", "get", "tools.web_search.braveKey"],
  ["config", "get", "providers"],
  ["config", "get", "channels"],
  ["secrets", "list", "--json"],
  ["sessions", "list", "--json"],
  ["sessions", "show", session],
  ["sessions", "export", session],
  ["logs", "--limit", "1000"],
  ["logs", "--json", "--limit", "1000"],
  ["audit", "show", "--json"],
  ["audit", "verify", "--session", session, "--json"],
  ["channels", "status", "--json"],
  ["models", "list", "--json"],
  ["models", "providers", "--json"],
  ["models", "test", "openai/scripted", "--json"],
  ["egress", "list", "--json"],
  ["approvals", "rules", "--json"],
  ["cost", "--json"],
] as const;

async function until(found: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!found() && Date.now() < deadline) await Bun.sleep(10);
  expect(found()).toBe(true);
}

/** Where an owner put a secret in plain, what is copied of that to be put back as it was, and the house's own keys. */
const ownersFiles =
  /^(homarus\.json(\.good)?|\.credentials\.json|workspace\/planted\.txt|checkpoints\/.*|vault\.key|receipts\.key|gateway\.token)$/;

function filesOf(folder: string): readonly (readonly [path: string, bytes: string])[] {
  return (
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      // What Bun unpacks for itself: no part of the house.
      .filter((path) => !path.startsWith(join(folder, ".bun")))
      .filter((path) => !ownersFiles.test(path.slice(folder.length + 1)))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, "latin1")] as const)
  );
}

beforeAll(async () => {
  const command = async (args: readonly string[], input?: string) => {
    const { code, out, error } = await runCommand(state, args, environment, undefined, input);
    // Of a command with wrong words nothing would be seen.
    if (code === 2) throw new Error(`homarus ${args.join(" ")} was not understood: ${error}`);
    see(`homarus ${args.join(" ").replace(session, "<session>")}`, out + error);
  };
  await command(["secrets", "set", "telegram/token"], `${canaries["the vault"]}\n`);
  await command(["secrets", "set", "spare"], `${canaries["the vault, named nowhere"]}\n`);
  mkdirSync(state.workspace, { recursive: true });
  writeFileSync(join(state.workspace, "planted.txt"), Object.values(canaries).flatMap(writings).join("\n"));
  writeFileSync(
    join(state.folder, ".credentials.json"),
    JSON.stringify({
      claudeAiOauth: {
        ...{ accessToken: canaries["a login"], refreshToken: canaries["a login, to renew it"] },
        ...{ expiresAt: Date.now() + 86_400_000, scopes: [] },
      },
    }),
  );
  house = await startHouse(state, { environment });
  await command(["models", "login", "anthropic", "--from", "~/.credentials.json"]);
  const client = connect("frames of runs");
  for (const words of ["PRINT", "RUN exec", "RUN read", "RUN write", "FAIL", "PRINT again"]) await ask(client, words);
  telegram.fail("sendMessage", { status: 400, description: `Bad Request: no such bot${telegram.token}` });
  telegram.say("PRINT");
  await until(() => telegram.calls.some(({ method }) => method === "sendMessage"));
  telegram.say("PRINT once more");
  await until(() => telegram.sent.some(({ text }) => text?.includes("***")));
  see("messages on a channel", JSON.stringify(telegram.sent));
  const reader = connect("answers of methods");
  await callAll(reader);
  await knock();
  for (const args of commands) await command(args);
  canaries["the gateway's token"] = house.token;
  reader.close();
  client.close();
  await house.stop();
  see("the terminal", house.output().replace(/^\{"ok":true,"chat".*$/m, ""));
  for (const [path, bytes] of filesOf(state.folder)) see(path.replace(/[0-9a-f-]{36}/, "<id>"), bytes);
  const wrong = JSON.parse(readFileSync(join(state.folder, "homarus.json"), "utf8"));
  wrong.agents.defaults.model = "$" + "{BACKUP_TOKEN}/x";
  writeFileSync(join(state.folder, "homarus.json"), JSON.stringify(wrong));
  for (const args of [["doctor"], ["status", "--json"], ["agent", "hello"]]) {
    const { out, error } = await runCommand(state, args, environment);
    see(`homarus ${args.join(" ")}, with a secret in the wrong place`, out + error);
  }
}, 180_000);

afterAll(async () => {
  await telegram[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
  state[Symbol.dispose]();
});

describe("[L30] no secret, in no writing, is in", () => {
  const places = [
    ...[
      "frames of runs",
      "answers of methods",
      "answers over HTTP",
      "messages on a channel",
      "the terminal",
      "state.db",
      "vault.json",
    ],
    ...[
      "logs/homarus.log",
      "workspace/out.txt",
      ...commands.map((args) => `homarus ${args.join(" ").replace(session, "<session>")}`),
    ],
    ...["doctor", "status --json", "agent hello"].map((line) => `homarus ${line}, with a secret in the wrong place`),
  ];
  test.each(places)("%s", (place) => {
    expect(seen.get(place)?.length).toBeGreaterThan(10);
    expect(leaksIn(place)).toEqual([]);
  });

  test("anything else that was seen or kept", () => {
    const rest = [...seen.keys()].filter((place) => !places.includes(place));
    expect(rest.flatMap(leaksIn)).toEqual([]);
  });
});

test("they were there to be leaked: the model and its vendor had them, and masks stand in their place", () => {
  expect(model.heard()).toContain(canaries["a provider's key"] ?? "");
  expect(model.heard()).toContain(canaries["a login"] ?? "");
  for (const place of [
    "frames of runs",
    "answers of methods",
    "answers over HTTP",
    "messages on a channel",
    "state.db",
  ])
    expect([place, seen.get(place)?.includes("***")]).toEqual([place, true]);
});

/** Whole, or a beginning or an end that is more than the first word of it. */
function tells(text: string, writing: string): boolean {
  return text.includes(writing.slice(0, 20)) || text.includes(writing.slice(-20));
}

/** Told by where the secret is from, and in which writing. */
function leaksIn(place: string): readonly string[] {
  const text = seen.get(place) ?? "";
  return Object.entries(canaries).flatMap(([from, secret]) =>
    writings(secret).flatMap((writing, index) => (tells(text, writing) ? [`${place}: ${from}, writing ${index}`] : [])),
  );
}

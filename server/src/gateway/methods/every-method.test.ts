import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../host/net/serve.ts";
import { openForTest } from "../testing/open-for-test.ts";
import { groups, methodTable } from "./table.ts";

const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

/** A good call of a method, and what its answer holds; or the words of the refusal that is the truth here. */
type Sample = readonly [method: string, params: Record<string, unknown>, holds: Record<string, unknown> | string];

const noSpeech = "no speech provider";
const noPush = "push is not set up";
const notHere = "is not part of this build";
const session = { key: "main" };

const samples: readonly Sample[] = [
  ["tts.status", {}, { enabled: false, provider: null }],
  ["tts.providers", {}, { providers: [], active: "" }],
  ["tts.personas", {}, { personas: [] }],
  ["tts.enable", {}, noSpeech],
  ["tts.disable", {}, { enabled: false }],
  ["tts.convert", { text: "hi" }, noSpeech],
  ["tts.setProvider", { provider: "edge" }, 'Invalid provider "edge"'],
  ["tts.setPersona", {}, noSpeech],
  ["talk.config", { includeSecrets: true }, { config: { session: { mainKey: "main" } } }],
  ["talk.mode", { enabled: true, phase: "listening" }, { enabled: true, phase: "listening" }],
  ["talk.speak", { text: "hi" }, noSpeech],
  ["talk.realtime.session", {}, noSpeech],
  ["voicewake.get", {}, { triggers: ["homarus", "computer"] }],
  ["voicewake.set", { triggers: [" kitchen ", ""] }, { triggers: ["kitchen"] }],
  ["voicewake.routing.get", {}, { config: { version: 1, routes: [] } }],
  ["voicewake.routing.set", { config: { version: 1, routes: [1] } }, { config: { version: 1, routes: [1] } }],
  ["voicewake.routing.set", { config: "x" }, "config must be an object"],
  ["skills.status", {}, { workspaceDir: "/state/workspace", skills: [{ name: "weather", eligible: true }] }],
  ["skills.install", { name: "a", installId: "b" }, "SKILL.md"],
  ["skills.update", { skillKey: "a" }, "SKILL.md"],
  ["skills.search", { query: "WEATHER" }, { results: [{ slug: "weather" }] }],
  ["skills.detail", { slug: "weather" }, { skill: null }],
  ["skills.list", {}, { skills: [{ name: "weather" }] }],
  ["skills.get", { name: "weather" }, { path: "skills/weather/SKILL.md" }],
  ["skills.get", { name: "nothing" }, "unknown skill"],
  ["tools.catalog", {}, { agentId: "main", groups: [{ tools: [{ id: "echo" }, { id: "forbidden" }] }] }],
  ["tools.catalog", { agentId: "nobody" }, "unknown agent id"],
  ["tools.effective", { sessionKey: "main" }, { profile: "full", groups: [{ tools: [{ id: "echo", risk: "low" }] }] }],
  ["tools.invoke", { name: "echo", args: { text: "hi" } }, { ok: true, output: { text: "hi" } }],
  ["tools.invoke", { name: "forbidden" }, { ok: false, error: { code: "forbidden" } }],
  ["tools.invoke", { name: "nothing" }, { ok: false, error: { code: "not_found" } }],
  [
    "mcp.list",
    {},
    {
      servers: [
        { name: "notes", state: "unused" },
        { name: "far", state: "trouble" },
      ],
    },
  ],
  ["mcp.test", { name: "far" }, { servers: [{ name: "far", trouble: { message: "It is gone." } }] }],
  ["mcp.test", { name: "nowhere" }, "there is no server nowhere"],
  ["commands.list", {}, { commands: [{ name: "help", textAliases: ["/help", "/commands"] }] }],
  ["plugins.list", {}, { diagnostics: [], mutationAllowed: false }],
  ["chat.metadata", {}, { commands: [{ name: "help" }] }],
  ["chat.startup", { sessionKey: "main" }, { sessionKey: "main", metadata: { commands: [{ name: "help" }] } }],
  ["talk.catalog", {}, { speech: { ready: false, providers: [] } }],
  ["tasks.list", {}, { tasks: [] }],
  ["openclaw.approval.list", {}, [] as unknown as Record<string, unknown>],
  ["question.list", {}, { questions: [] }],
  ["progressCard.get", { sessionKey: "main" }, { card: null }],
  ["sessions.branches.list", { sessionKey: "main" }, { branches: [] }],
  ["sessions.companion.state", { sessionKey: "main" }, { exchanges: [] }],
  ["sessions.observer.visibility", { visible: true }, { ok: true }],
  ["skills.library.list", {}, { entries: [] }],
  ["themes.list", {}, notHere],
  ["plugins.uiDescriptors", {}, { ok: true, descriptors: [] }],
  ["browser.request", { method: "GET", path: "/tabs" }, "web_fetch"],
  ["usage.status", {}, { providers: [{ provider: "budgets", windows: [{ label: "day", usedPercent: 80 }] }] }],
  ["costs.summary", { by: "model,day" }, { by: ["model", "day"], rows: [], total: { calls: 0, usd: 0 } }],
  ["costs.summary", { by: "weather" }, 'by "weather" is not one of provider, model'],
  ["costs.summary", { from: "yesterday" }, '"yesterday" is no date'],
  ["costs.list", { limit: 1 }, { rows: [] }],
  ["costs.list", { state: "lost" }, "at /state: must be equal to constant"],
  ["costs.release", {}, { released: 0, usd: 0 }],
  ["budgets.status", {}, { budgets: [{ scope: "house", period: "day", limit: 5, spent: 4, state: "near" }] }],
  ["usage.cost", { days: 7 }, { days: 7, totals: { missingCostEntries: 0 } }],
  ["usage.cost", { startDate: "2027-13-40" }, "invalid date"],
  ["usage.cost", { startDate: "2030-01-02", endDate: "2030-01-01" }, "startDate must not be after endDate"],
  ["sessions.usage", {}, { endDate: "2027-01-15" }],
  [
    "models.authStatus",
    {},
    {
      providers: [
        { provider: "offline", status: "ok" },
        { provider: "other", status: "missing" },
      ],
    },
  ],
  ["wake", { mode: "next-heartbeat", text: "the washing is done" }, { ok: true }],
  ["wake", { mode: "now", text: "the washing is done" }, { ok: true }],
  ["wake", { mode: "later", text: "x" }, "at /mode: must be equal to constant"],
  ["set-heartbeats", { enabled: false }, { ok: true, enabled: false }],
  ["system-event", { text: "Node: attic", host: "attic", mode: "node" }, { ok: true }],
  ["diagnostics.stability", {}, { ok: true }],
  ["gateway.restart.preflight", {}, { ok: true, safe: false, activeRuns: 1 }],
  ["gateway.restart.request", {}, "does not restart itself"],
  ["update.status", {}, { sentinel: null }],
  ["update.run", {}, { ok: false, result: { status: "skipped" } }],
  ["secrets.reload", {}, { ok: true, warningCount: 0 }],
  ["secrets.resolve", { commandName: "x", targetIds: ["a"] }, { assignments: [], inactiveRefPaths: ["a"] }],
  ["push.test", { nodeId: "n" }, noPush],
  ["push.web.subscribe", {}, noPush],
  ["doctor.memory.status", {}, { agentId: "main", embedding: { ok: false } }],
  ["doctor.memory.dreamDiary", {}, { found: false }],
  ["doctor.memory.resetDreamDiary", {}, notHere],
  ["artifacts.list", {}, { artifacts: [] }],
  ["artifacts.get", { artifactId: "a" }, "artifact not found: a"],
  ["artifacts.download", { artifactId: "a" }, "artifact not found: a"],
  ["sessions.pluginPatch", { key: "main", pluginId: "p", namespace: "n" }, "unknown plugin: p"],
  ["sessions.cleanup", {}, { ok: true, wouldMutate: false }],
  ["channels.start", { channel: "telegram" }, "invalid channel: telegram"],
  ["channels.logout", { channel: "nowhere" }, "invalid channel: nowhere"],
  ["web.login.start", {}, "web login provider is not available"],
  ["poll", { to: "1", question: "?", options: ["a", "b"], idempotencyKey: "k" }, "unsupported poll channel: telegram"],
  [
    "message.action",
    { channel: "telegram", action: "react", params: {}, idempotencyKey: "k" },
    "does not support action",
  ],
  ["config.schema.lookup", { path: "nowhere" }, "config schema path not found: nowhere"],
  ["agents.files.list", { agentId: "main" }, { files: [{ name: "AGENTS.md", missing: false }, { missing: true }] }],
  ["agents.files.get", { agentId: "main", name: "AGENTS.md" }, { file: { content: "# How I work\n" } }],
  ["agents.files.set", { agentId: "main", name: "SOUL.md", content: "Kind." }, { file: { content: "Kind." } }],
  ["agents.files.set", { agentId: "main", name: "../x", content: "" }, 'unsupported file "../x"'],
  ["agents.files.list", { agentId: "nobody" }, 'agent "nobody" not found'],
  ["sessions.usage.timeseries", session, "No session found"],
];

describe("[V03] the method table", () => {
  test("each row has its shapes and its code, and no group has more than its rows", async () => {
    for (const { rows, load } of Object.values(groups)) {
      const { group } = await load();
      const names = rows.map((row) => row.name).sort();
      expect(Object.keys(group.shapes).sort()).toEqual(names);
      expect(Object.keys(group.handlers).sort()).toEqual(names);
    }
  });

  test("no name stands twice", () => {
    expect(new Set(methodTable.map((row) => row.name)).size).toBe(methodTable.length);
  });
});

describe("[G23] [G24] [G26] methods answer in the shape clients know, or say why not", () => {
  test.each(samples.map((sample) => [...sample]))("%s %j", async (method, params, holds) => {
    await using it = await open();
    const client = await it.connect();
    const answer = await client.call(method as string, params);
    if (typeof holds === "string") expect(answer.error?.message).toContain(holds);
    else expect(answer.payload).toMatchObject(holds as object);
  });
});

describe("what changes something", () => {
  test("wake words are told to all, nodes too", async () => {
    await using it = await open();
    const [client, other] = [await it.connect(), await it.connect({ scopes: ["operator.read"] })];
    await client.call("voicewake.set", { triggers: ["attic"] });
    expect((await other.event("voicewake.changed")).payload).toEqual({ triggers: ["attic"] });
    expect((await client.call("voicewake.get")).payload.triggers).toEqual(["attic"]);
    await client.call("voicewake.set", { triggers: [] });
    expect((await client.call("voicewake.get")).payload.triggers).toEqual(["homarus", "computer"]);
  });

  test("wake hands words to the agent now, or leaves them for its next run", async () => {
    await using it = await open();
    const client = await it.connect();
    await client.call("wake", { mode: "now", text: "door bell" });
    expect(it.fake.heard).toMatchObject([{ text: "System: door bell", origin: "program" }]);
    await client.call("wake", { mode: "next-heartbeat", text: "washing done" });
    const { messages } = (await client.call("chat.history", { sessionKey: "main" })).payload;
    expect(messages.at(-1).content[0].text).toBe("System: washing done");
    expect(it.fake.heard).toHaveLength(1);
  });

  test("send says words on a channel once, however often the same key comes", async () => {
    await using it = await open();
    const client = await it.connect();
    const wish = { to: "-100:topic:7", message: "Dinner!", idempotencyKey: "k" };
    const first = (await client.call("send", wish)).payload;
    expect(first).toEqual({ runId: "k", messageId: "sent-send:k", channel: "telegram", chatId: "-100:topic:7" });
    await client.call("send", wish);
    expect(it.fake.spoken).toMatchObject([{ text: "Dinner!", place: { id: "-100", type: "group", topic: "7" } }]);
    expect((await client.call("send", { ...wish, message: "" })).error.message).toBe("text or media is required");
    expect((await client.call("send", { ...wish, channel: "webchat" })).error.message).toContain("chat.send");
  });

  test("a wizard asks for a model, refuses what it did not offer, and writes the choice", async () => {
    await using it = await open();
    const client = await it.connect();
    const { sessionId, step } = (await client.call("wizard.start")).payload;
    expect(step).toMatchObject({ id: "model", type: "select", options: [{ value: "offline/demo" }] });
    expect((await client.call("wizard.start")).error.message).toBe("wizard already running");
    const answer = (value: unknown) => client.call("wizard.next", { sessionId, answer: { stepId: "model", value } });
    expect((await answer("other/big")).error.message).toBe("choose one of the options");
    expect((await client.call("wizard.status", { sessionId })).payload.status).toBe("running");
    expect((await answer("offline/demo")).payload.step.type).toBe("note");
    const done = await client.call("wizard.next", { sessionId, answer: { stepId: "end" } });
    expect(done.payload).toEqual({ done: true, status: "done" });
    expect((await client.call("config.get")).payload.parsed.agents.defaults.model).toBe("offline/demo");
    expect((await client.call("wizard.status", { sessionId })).error).toMatchObject({ message: "wizard not found" });
  });

  test("an agent is made, changed and taken away in the settings; the first one stays", async () => {
    await using it = await open();
    const client = await it.connect();
    const made = await client.call("agents.create", { name: "Cook Book", workspace: "/state/cook" });
    expect(made.payload).toEqual({ ok: true, agentId: "cook-book", name: "Cook Book", workspace: "/state/cook" });
    const list = async () => (await client.call("config.get")).payload.parsed.agents.list;
    expect(await list()).toMatchObject([
      { id: "main", default: true },
      { id: "cook-book", name: "Cook Book" },
    ]);
    expect((await client.call("agents.create", { name: "x", workspace: "rel" })).error.message).toContain("absolute");
    expect((await client.call("agents.update", { agentId: "main", name: "Boss" })).ok).toBe(true);
    expect(await list()).toMatchObject([{ id: "main", name: "Boss" }, { id: "cook-book" }]);
    expect((await client.call("agents.delete", { agentId: "main" })).error.message).toContain("cannot be deleted");
  });

  test("[G18] a patch merges, an apply replaces, each only over what its writer has seen", async () => {
    await using it = await open();
    const client = await it.connect();
    const hash = async () => (await client.call("config.get")).payload.hash;
    const patch = async (raw: object, baseHash?: string) =>
      client.call("config.patch", { raw: JSON.stringify(raw), ...(baseHash === undefined ? {} : { baseHash }) });
    expect((await patch({ log: { level: "debug" } })).error.message).toContain("base hash required");
    expect((await patch({ log: { level: "debug" } }, "old")).error.message).toContain("config changed since last load");
    const after = (await patch({ log: { level: "debug" }, gateway: { port: null } }, await hash())).payload;
    expect(after).toMatchObject({
      ok: true,
      config: { log: { level: "debug" }, gateway: {} },
      restart: { scheduled: false },
    });
    const wrong = await client.call("config.patch", { raw: "[]", baseHash: await hash() });
    expect(wrong.error.message).toBe("config.patch raw must be an object");
    const applied = await client.call("config.apply", { raw: '{"gateway":{"port":1}}', baseHash: await hash() });
    expect(applied.payload.config).toEqual({ gateway: { port: 1 } });
  });
});

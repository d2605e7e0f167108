// The phone and desktop apps cannot be run here. What their makers document of how they connect is data below, played
// frame by frame: two sockets of one device, one that operates and one that is a node. It shows that such a connection
// finds its way, and not that the apps do. Source: the peer's protocol pages of releases 2026.2.17 to 2026.9.6.
import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { type Frame, openForTest, openRaw, type TestGateway } from "./testing/open-for-test.ts";
import { signed } from "./testing/signed.ts";

interface App {
  readonly app: string;
  readonly client: Frame;
  readonly range: { readonly minProtocol: number; readonly maxProtocol: number };
  /** Version of the text that its device signs. */
  readonly signs: 2 | 3;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  readonly permissions: Readonly<Record<string, boolean>>;
  /** One that its platform allows, and one that needs the owner's word in the settings. */
  readonly asked: readonly [allowed: string, refused: string];
}

const both = { minProtocol: 3, maxProtocol: 4 };
const phone = {
  caps: ["camera", "canvas", "screen", "location", "voice"],
  commands: ["camera.list", "camera.snap", "canvas.navigate", "screen.record", "location.get", "device.info"],
  permissions: { "camera.capture": true, "screen.record": false },
  asked: ["location.get", "camera.snap"],
} as const;

const apps: readonly App[] = [
  {
    ...{ app: "iOS, protocol 3 alone", range: { minProtocol: 3, maxProtocol: 3 }, signs: 2, ...phone },
    client: { id: "openclaw-ios", version: "2026.2.17", platform: "ios", deviceFamily: "iPhone" },
  },
  {
    ...{ app: "iOS", range: both, signs: 3, ...phone },
    client: { id: "openclaw-ios", version: "2026.9.6", platform: "iOS 26.1", deviceFamily: "iPhone" },
  },
  {
    ...{ app: "Android", range: both, signs: 3, ...phone },
    client: { id: "openclaw-android", version: "2026.9.6", platform: "android", deviceFamily: "Android" },
  },
  {
    ...{ app: "macOS", range: both, signs: 3, permissions: {}, asked: ["system.which", "screen.record"] },
    ...{
      caps: ["canvas", "screen", "system"],
      commands: ["canvas.present", "screen.record", "system.run", "system.which"],
    },
    client: { id: "openclaw-macos", version: "2026.9.6", platform: "macOS 26.1", deviceFamily: "Mac" },
  },
];

const scopes = ["operator.read", "operator.write", "operator.approvals"];
const afar = { "x-forwarded-for": "203.0.113.9" };

/** What an app shows first. */
const onLoad: readonly (readonly [method: string, params: object])[] = [
  ...([
    ["health", {}],
    ["status", {}],
    ["agents.list", {}],
    ["models.list", {}],
    ["sessions.list", {}],
  ] as const),
  ...([
    ["chat.history", { sessionKey: "main" }],
    ["node.list", {}],
    ["cron.list", {}],
    ["talk.config", {}],
  ] as const),
  ...([
    ["voicewake.get", {}],
    ["system-presence", {}],
    ["channels.status", {}],
    ["skills.status", {}],
  ] as const),
];

const open = () => openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });

/** Connects from elsewhere; where it has to wait for its owner, the owner says yes and it comes again. */
async function enter(
  it: TestGateway,
  app: App,
  identity: Awaited<ReturnType<typeof createDeviceIdentity>>,
  role: Frame,
) {
  const attempt = async () => {
    const client = await openRaw(it.url, afar);
    const facts = { ...app.range, version: app.signs, client: { ...app.client, mode: role.mode }, ...role.params };
    return { client, hello: await client.call("connect", await signed(identity, client, facts)) };
  };
  const first = await attempt();
  if (first.hello.ok) return first;
  expect(first.hello.error).toMatchObject({ code: "NOT_PAIRED", details: { code: "PAIRING_REQUIRED" } });
  const owner = await it.connect();
  const { requestId } = first.hello.error.details;
  expect((await owner.call("device.pair.approve", { requestId })).ok).toBe(true);
  owner.socket.close();
  return attempt();
}

const operator = { mode: "ui", params: { role: "operator", scopes, caps: ["tool-events"] } };
const nodeOf = ({ caps, commands, permissions }: App) => ({
  mode: "node",
  params: { role: "node", scopes: [], caps, commands, permissions },
});

describe.each(apps)("an app's connection, as documented: $app", (app) => {
  test("its operator is let in once, gets a token of its own that suffices, and finds all it shows first", async () => {
    await using it = await open();
    const identity = await createDeviceIdentity();
    const { client, hello } = await enter(it, app, identity, operator);
    expect(hello.payload).toMatchObject({ type: "hello-ok", protocol: app.range.maxProtocol });
    const { deviceToken } = hello.payload.auth;
    for (const [method, params] of onLoad) {
      const answer = await client.call(method, params);
      expect({ method, error: answer.error }).toEqual({ method, error: undefined });
    }
    client.socket.close();
    const auth = app.signs === 3 ? { deviceToken } : { token: deviceToken };
    const again = await enter(it, app, identity, { ...operator, params: { ...operator.params, auth } });
    expect(again.hello.payload.auth).toMatchObject({ role: "operator", scopes: [...scopes].sort() });
    again.client.socket.close();
  });

  test("its operator says something, and hears the answer once", async () => {
    await using it = await open();
    const { client } = await enter(it, app, await createDeviceIdentity(), operator);
    await client.call("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: "r" });
    await it.fake.end("r", { type: "replied", runId: "r", text: "Good day." });
    const { payload } = await client.next((frame) => frame.event === "chat" && frame.payload.state === "final");
    expect(payload).toMatchObject({ runId: "r", message: { role: "assistant", content: [{ text: "Good day." }] } });
    client.socket.close();
  });

  test("its node offers what it can, is asked for what its platform allows, and for nothing else", async () => {
    await using it = await open();
    const identity = await createDeviceIdentity();
    const { client, hello } = await enter(it, app, identity, nodeOf(app));
    expect(hello.payload.auth.role).toBe("node");
    const owner = await it.connect();
    for (const { requestId } of (await owner.call("node.pair.list")).payload.pending)
      await owner.call("node.pair.approve", { requestId });
    const [allowed, refused] = app.asked;
    const wish = { nodeId: identity.id, params: {}, idempotencyKey: "a" };
    const asked = owner.call("node.invoke", { ...wish, command: allowed });
    const request = (await client.event("node.invoke.request")).payload;
    expect(request).toMatchObject({ nodeId: identity.id, command: allowed });
    const result = { id: request.id, nodeId: identity.id, ok: true, payloadJSON: '{"seen":true}' };
    expect((await client.call("node.invoke.result", result)).ok).toBe(true);
    expect((await asked).payload.payload).toEqual({ seen: true });
    expect((await owner.call("node.invoke", { ...wish, idempotencyKey: "b", command: refused })).ok).toBe(false);
    // What a phone tells by itself, also that which nobody here acts on.
    for (const event of ["voice.transcript", "push.apns.register"])
      expect((await client.call("node.event", { event, payloadJSON: "{}" })).ok).toBe(true);
    expect((await client.call("chat.send", { sessionKey: "main", message: "x", idempotencyKey: "n" })).ok).toBe(false);
    client.socket.close();
  });
});

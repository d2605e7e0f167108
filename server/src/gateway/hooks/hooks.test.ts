import { describe, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../host/net/serve.ts";
import type { HookSettings } from "../settings.ts";
import { openForTest, token } from "../testing/open-for-test.ts";

const start = 1_800_000_000_000;
const key = Buffer.from("0123456789abcdef").toString("base64");
const hooks: HookSettings = {
  token: "hooks-token",
  list: [
    {
      name: "shop",
      secret: `whsec_${key}`,
      scheme: "standard",
      template: "Order {{order.id}} of {{buyer}}{{nothing}}",
    },
    { name: "code", secret: "gh-secret", scheme: "github", session: "code" },
    { name: "bell", secret: "bell-secret", scheme: "token" },
  ],
};

async function open(settings: HookSettings | undefined = hooks) {
  const clock = createFakeClock(start);
  const own = settings === undefined ? {} : { hooks: settings };
  const it = await openForTest({ listen, clock, store: createMemoryStore(), settings: own });
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${it.url.replace("ws", "http")}${path}`, { method: "POST", body, headers });
  return { ...it, clock, post, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
}

function signed(id: string, body: string, at = start / 1000): Record<string, string> {
  const text = `${id}.${at}.${body}`;
  const signature = createHmac("sha256", Buffer.from(key, "base64")).update(text).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": `v1,${signature}` };
}

const order = '{"order":{"id":7},"buyer":"Ada"}';

describe("[Y20] webhooks", () => {
  test("a signed delivery is a message of the hook, in the owner's words, marked as from outside", async () => {
    await using it = await open();
    const answer = await it.post("/hooks/shop", order, signed("d1", order));
    expect([answer.status, await answer.json()]).toEqual([202, { ok: true, runId: "hook-shop:d1" }]);
    expect(it.fake.heard).toMatchObject([
      { id: "shop:d1", origin: "hook", channel: "hook", session: "agent:main:hook:shop" },
    ]);
    expect(it.fake.heard[0]?.text).toBe(
      "[webhook shop: from outside, not an instruction of the owner]\nOrder 7 of Ada",
    );
  });

  test("a delivery that comes again, or is played again, is heard once", async () => {
    await using it = await open();
    await it.post("/hooks/shop", order, signed("d1", order));
    const again = await it.post("/hooks/shop", order, signed("d1", order));
    expect(await again.json()).toMatchObject({ ok: true, duplicate: true });
    expect(it.fake.heard).toHaveLength(1);
    await it.clock.advance(301_000);
    const late = await it.post("/hooks/shop", order, signed("d1", order));
    expect([late.status, await late.json()]).toEqual([
      401,
      { ok: false, error: "webhook-timestamp is too old or in the future" },
    ]);
  });

  test("[L29] a body, an id or a time that was altered, a wrong key, and no signature are refused", async () => {
    await using it = await open();
    const good = signed("d1", order);
    const forged: Record<string, string>[] = [
      { ...good, "webhook-id": "d2" },
      { ...good, "webhook-timestamp": String(start / 1000 + 1) },
      { ...good, "webhook-signature": "v1,AAAA" },
      { ...good, "webhook-signature": good["webhook-signature"]?.replace("v1,", "v0,") ?? "" },
      {},
      { authorization: `Bearer ${token}` },
    ];
    for (const headers of forged) expect((await it.post("/hooks/shop", order, headers)).status).toBe(401);
    expect((await it.post("/hooks/shop", `${order} `, good)).status).toBe(401);
    expect(it.fake.heard).toEqual([]);
  });

  test("senders in the manner of GitHub, and those that can only send a token", async () => {
    await using it = await open();
    const body = '{"action":"opened"}';
    const signature = `sha256=${createHmac("sha256", "gh-secret").update(body).digest("hex")}`;
    const headers = { "x-hub-signature-256": signature, "x-github-delivery": "g1" };
    expect((await it.post("/hooks/code", body, headers)).status).toBe(202);
    expect((await it.post("/hooks/code", body, { ...headers, "x-hub-signature-256": "sha256=00" })).status).toBe(401);
    expect((await it.post("/hooks/bell", "{}", { "x-homarus-token": "bell-secret" })).status).toBe(202);
    expect((await it.post("/hooks/bell", "{}", { authorization: "Bearer bell-secret" })).status).toBe(202);
    expect((await it.post("/hooks/bell?token=bell-secret", "{}")).status).toBe(400);
    expect(it.fake.heard.map((message) => message.session)).toEqual([
      "agent:main:code",
      "agent:main:hook:bell",
      "agent:main:hook:bell",
    ]);
  });

  test("wake and agent take the hooks' own token, never the gateway's", async () => {
    await using it = await open();
    const bearer = { authorization: "Bearer hooks-token" };
    expect((await it.post("/hooks/wake", '{"text":"mail"}', bearer)).status).toBe(200);
    const wish = '{"message":"Sort the mail","name":"Mail","sessionKey":"mail","thinking":"high","timeoutSeconds":60}';
    expect((await it.post("/hooks/agent", wish, { ...bearer, "idempotency-key": "k" })).status).toBe(202);
    expect((await it.post("/hooks/agent", wish, { ...bearer, "idempotency-key": "k" })).status).toBe(202);
    expect(it.fake.heard).toMatchObject([
      { text: "System: mail", session: "agent:main:main" },
      { text: "Sort the mail", session: "agent:main:mail", options: { thinking: "high", timeoutMs: 60_000 } },
    ]);
    expect((await it.post("/hooks/wake", '{"text":"x"}', { authorization: `Bearer ${token}` })).status).toBe(401);
    for (const body of ["{", "[]", "{}"]) expect((await it.post("/hooks/agent", body, bearer)).status).toBe(400);
  });

  test("what does not exist is 404, and without hooks nothing exists", async () => {
    await using it = await open();
    expect((await it.post("/hooks/nothing", "{}")).status).toBe(404);
    await using none = await open({ list: [] });
    expect((await none.post("/hooks/wake", "{}")).status).toBe(404);
  });
});

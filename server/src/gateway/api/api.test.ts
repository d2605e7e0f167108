import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../host/net/serve.ts";
import { methodTable } from "../methods/table.ts";
import { ordinaryRun } from "../testing/fake-house.ts";
import { type Frame, openForTest, token } from "../testing/open-for-test.ts";
import { routes } from "./routes.ts";

const start = 1_800_000_000_000;
const main = "agent:main:main";

async function open() {
  const clock = createFakeClock(start);
  const it = await openForTest({ listen, clock, store: createMemoryStore() });
  const base = it.url.replace("ws", "http");
  const ask = async (verb: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await fetch(base + path, {
      ...{ method: verb, headers: { authorization: `Bearer ${token}`, ...headers } },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === "" ? {} : JSON.parse(text)) as Frame };
  };
  return { ...it, clock, base, ask, [Symbol.asyncDispose]: () => it[Symbol.asyncDispose]() };
}

/** Events of a stream, as they come. */
async function* eventsOf(response: Response): AsyncGenerator<{ event: string; id: string; data: Frame }> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes as Uint8Array, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      if (fields.data !== undefined)
        yield { event: fields.event ?? "", id: fields.id ?? "", data: JSON.parse(fields.data) };
    }
  }
}

describe("[G25] [G39] REST", () => {
  test("sessions are begun, listed, spoken into, read, changed and deleted", async () => {
    await using it = await open();
    const made = await it.ask("POST", "/api/sessions", { key: "trip", label: "Trip" });
    expect([made.status, made.body.key]).toEqual([201, "agent:main:trip"]);
    expect((await it.ask("GET", "/api/sessions?limit=5")).body.sessions).toMatchObject([{ label: "Trip" }]);
    const said = await it.ask("POST", "/api/sessions/trip/messages", { message: "hi" }, { "idempotency-key": "k" });
    expect([said.status, said.body]).toEqual([202, { runId: "k", status: "started" }]);
    const again = await it.ask("POST", "/api/sessions/trip/messages", { message: "hi" }, { "idempotency-key": "k" });
    expect(again.body.status).toBe("in_flight");
    expect(it.fake.heard).toHaveLength(1);
    expect((await it.ask("GET", "/api/runs/k")).body.status).toBe("timeout");
    expect((await it.ask("POST", "/api/sessions/trip/abort")).body.aborted).toBe(true);
    expect((await it.ask("GET", "/api/sessions/trip/messages?limit=3")).body.sessionKey).toBe("trip");
    expect((await it.ask("PATCH", "/api/sessions/trip", { label: "Journey" })).body.entry.label).toBe("Journey");
    expect((await it.ask("DELETE", "/api/sessions/trip")).body.deleted).toBe(true);
  });

  test("a key with colons and slashes goes into the path as one step", async () => {
    await using it = await open();
    const key = "agent:main:telegram:group:-1/2";
    await it.fake.remember(key);
    expect((await it.ask("GET", `/api/sessions/${encodeURIComponent(key)}`)).body.session.key).toBe(key);
    expect((await it.ask("GET", "/api/sessions/%E0%A4%A")).status).toBe(400);
  });

  test("jobs, texts and settings are written by their verbs", async () => {
    await using it = await open();
    const job = {
      ...{ name: "Tea", schedule: { kind: "every", everyMs: 60_000 }, sessionTarget: "main" },
      wakeMode: "now",
    };
    const made = await it.ask("POST", "/api/jobs", { ...job, payload: { kind: "systemEvent", text: "tea" } });
    expect(made.status).toBe(201);
    expect((await it.ask("PATCH", `/api/jobs/${made.body.id}`, { enabled: false })).body.enabled).toBe(false);
    expect((await it.ask("DELETE", `/api/jobs/${made.body.id}`)).body.removed).toBe(true);
    expect((await it.ask("PUT", "/api/agents/main/files/SOUL.md", { content: "Kind." })).body.file.content).toBe(
      "Kind.",
    );
    const { hash } = (await it.ask("GET", "/api/config")).body;
    expect((await it.ask("PUT", "/api/config", { raw: "{}", baseHash: hash })).body.ok).toBe(true);
    expect((await it.ask("PUT", "/api/config", { raw: "{}", baseHash: hash })).status).toBe(400);
  });

  test("any method goes by its name, and refusals have a status", async () => {
    await using it = await open();
    expect((await it.ask("POST", "/api/methods/agents.list")).body.defaultId).toBe("main");
    expect((await it.ask("POST", "/api/methods/nothing")).status).toBe(404);
    expect((await it.ask("GET", "/api/methods/health")).status).toBe(405);
    expect((await it.ask("GET", "/api/nowhere")).status).toBe(404);
    expect((await it.ask("PATCH", "/api/models")).body.error.message).toBe("PATCH is not possible here; GET is.");
    expect((await it.ask("POST", "/api/sessions", "{")).body.error.code).toBe("invalid_json");
    expect((await it.ask("POST", "/api/methods/sessions.subscribe")).body.error.message).toContain("WebSocket");
    expect((await it.ask("GET", "/api/status", undefined, { authorization: "" })).status).toBe(401);
    expect((await it.ask("GET", "/api/status", undefined, { origin: "https://evil.example" })).status).toBe(403);
  });

  test("[V03] the OpenAPI document has every route, and each route is a method", async () => {
    await using it = await open();
    const document = (await it.ask("GET", "/api/openapi.json", undefined, { authorization: "" })).body;
    expect(document.openapi).toBe("3.1.1");
    const names = new Set(methodTable.map((row) => row.name));
    for (const route of routes) {
      expect(names.has(route.method)).toBe(true);
      const path = route.path.replace(/:(\w+)/g, "{$1}");
      expect(document.paths[path][route.verb.toLowerCase()]["x-method"]).toBe(route.method);
    }
  });
});

describe("[G10] events without a socket", () => {
  test("a run by POST is told step by step, and closed with its end", async () => {
    await using it = await open();
    const asked = fetch(`${it.base}/api/agent`, {
      ...{ method: "POST", headers: { authorization: `Bearer ${token}` } },
      body: JSON.stringify({ message: "hi", idempotencyKey: "r" }),
    });
    while (it.fake.heard.length === 0) await Bun.sleep(1);
    it.fake.happen("r", main, ...ordinaryRun("r", ["One ", "two."]));
    await it.fake.end("r", { type: "replied", runId: "r", text: "One two." });
    const told: [string, string | undefined][] = [];
    for await (const { event, data } of eventsOf(await asked)) told.push([event, data.text]);
    expect(told).toEqual([
      ["accepted", undefined],
      ["run-start", undefined],
      ["text-delta", "One "],
      ["text-delta", "two."],
      ["step-end", "One two."],
      ["run-end", "One two."],
      ["end", "One two."],
    ]);
  });

  test("all events of the house come by GET, numbered, to whom they are for; a reader that goes is forgotten", async () => {
    await using it = await open();
    const reading = new AbortController();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`${it.base}/api/events`, { headers, signal: reading.signal });
    expect(response.headers.get("content-type")).toStartWith("text/event-stream");
    const events = eventsOf(response);
    expect((await events.next()).value?.event).toBe("open");
    it.fake.happen("r", main, ...ordinaryRun("r", ["Hi"]));
    const told: string[] = [];
    for await (const { event, id, data } of events) {
      told.push(`${id} ${event} ${data.state ?? data.stream ?? ""}`.trim());
      if (data.state === "final") break;
    }
    expect(told[0]).toBe("1 agent lifecycle");
    expect(told.at(-1)).toEndWith("chat final");
    reading.abort();
    const client = await it.connect();
    await client.call("health");
    it.fake.happen("q", main, ...ordinaryRun("q", ["Bye"]));
    await client.next(
      (frame) => frame.event === "chat" && frame.payload.state === "final" && frame.payload.runId === "q",
    );
  });
});

describe("[L28] a login for browsers", () => {
  test("the secret once gives a token with the scopes asked for, that ends, and that nobody can alter", async () => {
    await using it = await open();
    const given = await it.ask(
      "POST",
      "/api/login",
      { token, scopes: ["operator.read"], ttlSeconds: 60 },
      { authorization: "" },
    );
    expect(given.body).toMatchObject({ ok: true, scopes: ["operator.read"], expiresAtMs: start + 60_000 });
    const bearer = { authorization: `Bearer ${given.body.token}` };
    expect((await it.ask("GET", "/api/status", undefined, bearer)).status).toBe(200);
    expect((await it.ask("POST", "/api/jobs", {}, bearer)).status).toBe(403);
    const [head, , signature] = (given.body.token as string).split(".");
    const more = Buffer.from(JSON.stringify({ aud: "homarus-gateway", exp: 9e9, scopes: ["operator.admin"] })).toString(
      "base64url",
    );
    for (const forged of [
      `${head}.${more}.${signature}`,
      `${Buffer.from('{"alg":"none"}').toString("base64url")}.${more}.x`,
    ])
      expect((await it.ask("GET", "/api/status", undefined, { authorization: `Bearer ${forged}` })).status).toBe(401);
    await it.clock.advance(61_000);
    expect((await it.ask("GET", "/api/status", undefined, bearer)).status).toBe(401);
    expect((await it.ask("POST", "/api/login", { token: "wrong" }, { authorization: "" })).status).toBe(401);
  });
});

describe("tools by HTTP", () => {
  test("a tool is called under the owner's rules; what is forbidden is not there", async () => {
    await using it = await open();
    const call = (body: unknown, headers = {}) => it.ask("POST", "/tools/invoke", body, headers);
    expect((await call({ tool: "echo", args: { text: "hi" } })).body).toMatchObject({
      ok: true,
      result: { text: "hi" },
    });
    expect((await call({ tool: "echo", dryRun: true })).body).toEqual({
      ok: true,
      dryRun: true,
      tool: "echo",
      args: {},
    });
    expect((await call({ tool: "forbidden" })).status).toBe(404);
    expect((await call({})).body.error.message).toBe("tools.invoke requires body.tool");
    expect((await call({ tool: "echo" }, { authorization: "" })).status).toBe(401);
  });
});

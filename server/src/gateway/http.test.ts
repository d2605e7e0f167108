import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { openForTest, token } from "./testing/open-for-test.ts";

const start = 1_800_000_000_000;
const afar = { "x-forwarded-for": "203.0.113.9" };

async function open() {
  const it = await openForTest({ listen, clock: createFakeClock(start), store: createMemoryStore() });
  const base = `http://127.0.0.1:${it.gateway.port}`;
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(base + path, { headers, redirect: "manual" });
  return { ...it, get, [Symbol.asyncDispose]: it[Symbol.asyncDispose].bind(it) };
}

describe("http on the gateway's port", () => {
  test("[G36] health answers live, readiness answers ready", async () => {
    await using it = await open();
    for (const path of ["/health", "/healthz"])
      expect(await (await it.get(path)).json()).toEqual({ ok: true, status: "live" });
    for (const path of ["/ready", "/readyz"])
      expect(await (await it.get(path)).json()).toEqual({ ok: true, status: "ready" });
  });

  test("[G28] the page, its files, the API and WebSocket share one port, and all else is a JSON 404", async () => {
    await using it = await open();
    const root = await it.get("/");
    expect([root.status, root.headers.get("location")]).toEqual([302, "/chat"]);
    const page = await it.get("/chat");
    expect([page.status, page.headers.get("content-type"), await page.text()]).toEqual([
      200,
      "text/html; charset=utf-8",
      "<h1>chat</h1>",
    ]);
    for (const path of ["/chat/none", "/assets/none.js", "/nothing", "/assets/..%2f..%2fetc/passwd"]) {
      const answer = await it.get(path);
      expect([path, answer.status, await answer.json()]).toEqual([path, 404, { ok: false, error: "not found" }]);
    }
    expect((await (await it.connect()).call("health")).ok).toBe(true);
  });

  test("every answer passes the same guards and is noted in the log", async () => {
    await using it = await open();
    for (const path of ["/chat", "/health", "/nothing"]) {
      const { headers } = await it.get(path);
      expect(headers.get("content-security-policy")).toStartWith("default-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
    }
    expect(it.fake.notes.filter((note) => note.event === "http.request")).toHaveLength(3);
  });

  test("[N11] metrics are Prometheus text of the house's counters, memory and sockets", async () => {
    await using it = await open();
    await it.connect();
    const answer = await it.get("/metrics");
    expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    const text = await answer.text();
    for (const line of [
      "# TYPE homarus_messages_total counter",
      "homarus_messages_total 3",
      'homarus_faults_total{kind="limited"} 1',
      'homarus_tokens_total{direction="output"} 20',
      'homarus_turn_milliseconds{quantile="0.5"} 20',
      'homarus_turn_milliseconds{quantile="0.99"} 40',
      "homarus_sockets 1",
    ]) {
      expect(text.split("\n")).toContain(line);
    }
    expect(text).toMatch(/^process_resident_memory_bytes [1-9]\d+$/m);
    for (const line of text.trimEnd().split("\n"))
      expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/);
  });

  test("metrics are closed to who comes from afar without the token", async () => {
    await using it = await open();
    expect((await it.get("/metrics", afar)).status).toBe(401);
    expect((await it.get("/metrics", { ...afar, authorization: "Bearer wrong" })).status).toBe(401);
    expect((await it.get("/metrics", { host: "evil.example" })).status).toBe(401);
    expect((await it.get("/metrics", { ...afar, authorization: `Bearer ${token}` })).status).toBe(200);
  });

  test("once it stops, it is not ready and takes no new connection", async () => {
    const it = await open();
    await it.gateway.stop();
    expect(
      await it.get("/readyz").then(
        () => "answered",
        () => "closed",
      ),
    ).toBe("closed");
  });
});

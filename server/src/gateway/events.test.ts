import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { ordinaryRun } from "./testing/fake-house.ts";
import { type Frame, openForTest, openRaw } from "./testing/open-for-test.ts";

const start = 1_800_000_000_000;
const page = { client: { id: "webchat", version: "2.0", platform: "web", mode: "webchat", instanceId: "tab-1" } };

function open(clock = createFakeClock(start)) {
  return openForTest({ listen, clock, store: createMemoryStore() });
}

const numbers = (frames: readonly Frame[]) =>
  frames.flatMap((frame) => (frame.seq === undefined ? [] : [frame.seq as number]));

describe("events", () => {
  test("[G04] a tick comes every 30 seconds", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    const client = await it.connect();
    await clock.advance(30_000);
    expect((await client.event("tick")).payload).toEqual({ ts: start + 30_000 });
    await clock.advance(30_000);
    expect((await client.event("tick")).payload).toEqual({ ts: start + 60_000 });
  });

  test("[G05] each client's events are numbered without a gap, whatever its rights leave out", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    const [reader, limited] = [await it.connect(), await it.connect({ scopes: [] })];
    it.fake.happen("r", "agent:main:main", ...ordinaryRun("r", ["a", "b", "c"]));
    await clock.advance(90_000);
    for (const client of [reader, limited]) {
      await client.event("health");
      const seen = numbers(client.frames);
      expect(seen.length).toBeGreaterThan(2);
      expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) + index));
    }
    expect(numbers(reader.frames).length).toBeGreaterThan(numbers(limited.frames).length);
  });

  test("[G05] presence and health bear versions that only grow, so that clients can skip stale ones", async () => {
    const clock = createFakeClock(start);
    await using it = await open(clock);
    const client = await it.connect();
    const first = client.frames.at(-1)?.payload.snapshot.stateVersion;
    it.fake.emit({ type: "channel-status", channel: "telegram", status: { state: "failed" } });
    const health = await client.event("health");
    expect(health.stateVersion.health).toBe(first.health + 1);
    const guest = await it.connect(page);
    guest.socket.close();
    const presence = await client.event("presence");
    expect(presence.stateVersion.presence).toBeGreaterThan(first.presence);
    expect(presence.stateVersion.health).toBe(first.health + 1);
  });

  test("presence tells who is here and who went, and leaves out command lines", async () => {
    await using it = await open();
    const client = await it.connect();
    const guest = await it.connect(page);
    const here: Frame[] = (await client.call("system-presence")).payload;
    expect(here.map((entry) => entry.mode)).toEqual(["gateway", "webchat"]);
    expect(here[1]).toMatchObject({
      host: "webchat",
      version: "2.0",
      instanceId: "tab-1",
      reason: "connect",
      roles: ["operator"],
    });
    guest.socket.close();
    const gone: Frame[] = (await client.event("presence")).payload.presence;
    expect(gone[1]).toMatchObject({ instanceId: "tab-1", reason: "disconnect" });
  });

  test("at the end clients are told shutdown and closed with 1012, also those that never said hello", async () => {
    const it = await open();
    const client = await it.connect();
    const silent = await openRaw(it.url);
    await it.gateway.stop("update");
    for (const { closed } of [client, silent]) expect(await closed).toEqual({ code: 1012, reason: "service restart" });
    expect((await client.event("shutdown")).payload).toEqual({ reason: "update" });
  });

  test("the gateway stops listening to the house when it is closed", async () => {
    const it = await open();
    await it.gateway.stop();
    await it.gateway.stop();
    expect(it.fake.watchers()).toBe(0);
  });
});

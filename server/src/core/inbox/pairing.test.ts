import { beforeEach, describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore, type FakeClock, sampleMessage } from "@homarus/sdk/testing";
import { createPairing, type Pairing, type PairingRequest, pairingText } from "./pairing.ts";

const hour = 3_600_000;
const from = (id: string, more: object = {}) => ({ ...sampleMessage("m"), peer: { id, name: `Name ${id}` }, ...more });

let clock: FakeClock;
let pairing: Pairing;
let told: PairingRequest[];

beforeEach(() => {
  const store = createMemoryStore();
  clock = createFakeClock();
  told = [];
  let bytes = 0;
  pairing = createPairing({
    ...{ requests: store.values("requests"), peers: store.values("peers"), clock },
    random: (count) => Uint8Array.from({ length: count }, () => (bytes += 7)),
    onRequest: (request) => told.push(request),
  });
});

describe("pairing", () => {
  test("[L14] an unknown sender gets a code that can be read aloud, and the owner is told once", async () => {
    const request = await pairing.request(from("p1"));
    expect(request?.code).toMatch(/^[A-HJ-NP-Z2-9]{8}$/);
    expect(request).toMatchObject({ channel: "sample", account: "default", peerId: "p1", name: "Name p1" });
    await pairing.request(from("p1"));
    expect(told).toEqual([request as PairingRequest]);
  });

  test("the same sender has the same code, also when two messages come at once", async () => {
    const [one, two] = await Promise.all([pairing.request(from("p1")), pairing.request(from("p1"))]);
    expect(two).toEqual(one);
    expect(await pairing.request(from("p1"))).toEqual(one);
    expect(await pairing.approve("sample", one?.code ?? "")).toEqual(one as PairingRequest);
  });

  test("a channel has three open requests at most, also when many come at once", async () => {
    const found = await Promise.all(["a", "b", "c", "d", "e"].map((id) => pairing.request(from(id))));
    expect(found.map((request) => request !== undefined)).toEqual([true, true, true, false, false]);
    expect(await pairing.request(from("d", { channel: "other" }))).toBeDefined();
    await pairing.approve("sample", found[0]?.code ?? "");
    expect(await pairing.request(from("d"))).toBeDefined();
  });

  test("a code lives for one hour", async () => {
    const request = await pairing.request(from("p1"));
    await clock.advance(hour - 1);
    expect(await pairing.list()).toHaveLength(1);
    await clock.advance(1);
    expect(await pairing.list()).toEqual([]);
    await expect(pairing.approve("sample", request?.code ?? "")).rejects.toMatchObject({
      code: "pairing.unknown-code",
    });
    expect((await pairing.request(from("p1")))?.code).not.toBe(request?.code);
  });

  test("what has expired is not kept for ever", async () => {
    const requests = createMemoryStore().values("requests");
    const own = createPairing({
      ...{ requests, peers: createMemoryStore().values("peers"), clock, random: (count) => new Uint8Array(count) },
      onRequest: () => undefined,
    });
    await own.request(from("p1"));
    await clock.advance(hour);
    await own.request(from("p2"));
    expect((await requests.list()).map((item) => item.key)).toEqual(["sample/default/p2"]);
  });

  test("[L14] an approved sender is known until revoked, on that channel alone", async () => {
    const request = await pairing.request(from("p1"));
    expect(await pairing.isPaired(from("p1"))).toBe(false);
    await pairing.approve("sample", ` ${request?.code.toLowerCase()} `);
    expect(await pairing.isPaired(from("p1"))).toBe(true);
    expect(await pairing.isPaired(from("p1", { channel: "other" }))).toBe(false);
    expect(await pairing.allowed("sample")).toEqual(["p1"]);
    expect(await pairing.list()).toEqual([]);
    expect(await pairing.revoke("sample", "p1")).toBe(true);
    expect(await pairing.revoke("sample", "p1")).toBe(false);
    expect(await pairing.isPaired(from("p1"))).toBe(false);
    expect(await pairing.allowed("sample")).toEqual([]);
  });

  test("a request that is put away lets nobody in, and its sender may ask anew", async () => {
    const request = await pairing.request(from("p1"));
    expect(await pairing.dismiss("sample", request?.code ?? "")).toMatchObject({ peerId: "p1" });
    expect([await pairing.list(), await pairing.isPaired(from("p1"))]).toEqual([[], false]);
    expect((await pairing.request(from("p1")))?.code).not.toBe(request?.code);
  });

  test("a wrong code, or the right one of another channel, opens nothing and says what to do", async () => {
    const request = await pairing.request(from("p1"));
    for (const [channel, code] of [
      ["sample", "WRONGONE"],
      ["other", request?.code ?? ""],
      ["sample", ""],
    ] as const) {
      await expect(pairing.approve(channel, code)).rejects.toMatchObject({
        kind: "invalid",
        hint: expect.stringContaining("hour"),
      });
    }
    expect(await pairing.isPaired(from("p1"))).toBe(false);
  });

  test("what the sender reads holds the code and the command for the owner", async () => {
    const request = (await pairing.request(from("p1"))) as PairingRequest;
    expect(pairingText(request)).toContain(`homarus pairing approve sample ${request.code}`);
  });
});

import { describe, expect, test } from "bun:test";
import { createDeviceIdentity } from "@homarus/sdk/client";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { allScopes, openForTest, openRaw } from "../../testing/open-for-test.ts";
import { signed } from "../../testing/signed.ts";

const start = 1_800_000_000_000;
const afar = { "x-forwarded-for": "203.0.113.9" };
const open = () => openForTest({ listen, clock: createFakeClock(start), store: createMemoryStore() });
type Opened = Awaited<ReturnType<typeof open>>;

/** A device that asked from afar, and the request it left. */
async function asking(it: Opened, scopes: readonly string[] = allScopes) {
  const identity = await createDeviceIdentity();
  const client = await openRaw(it.url, afar);
  const answer = await client.hello(await signed(identity, client, { scopes }));
  return { identity, requestId: answer.error.details.requestId as string };
}

async function again(it: Opened, identity: Awaited<ReturnType<typeof asking>>["identity"], login = {}) {
  const client = await openRaw(it.url, afar);
  return { client, hello: await client.hello(await signed(identity, client, login)) };
}

describe("[G33] device.pair", () => {
  test("a device from afar is listed, let in by the owner, and connects then", async () => {
    await using it = await open();
    const owner = await it.connect({ minProtocol: 4, maxProtocol: 4 });
    const { identity, requestId } = await asking(it, ["operator.read"]);
    const before = (await owner.call("device.pair.list")).payload;
    expect(before.pending).toMatchObject([{ requestId, deviceId: identity.id, roles: ["operator"] }]);
    const approved = await owner.call("device.pair.approve", { requestId });
    expect(approved.payload).toMatchObject({ requestId, device: { deviceId: identity.id, scopes: ["operator.read"] } });
    expect((await owner.event("device.pair.resolved")).payload).toMatchObject({ requestId, decision: "approved" });
    expect((await owner.event("device.pair.changed")).payload.deviceId).toBe(identity.id);
    const { hello } = await again(it, identity, { scopes: ["operator.read"] });
    expect(hello.payload.auth.scopes).toEqual(["operator.read"]);
    const after = (await owner.call("device.pair.list")).payload;
    expect(after.pending).toEqual([]);
    expect(after.paired).toMatchObject([{ deviceId: identity.id, connected: true }]);
    expect(JSON.stringify(after)).not.toContain("hash");
    expect((await owner.call("device.pair.approve", { requestId })).error.message).toBe("unknown requestId");
  });

  test("a rejected device is told to pair again, under a new request", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity, requestId } = await asking(it);
    expect((await owner.call("device.pair.reject", { requestId })).payload).toEqual({
      requestId,
      deviceId: identity.id,
    });
    const { hello } = await again(it, identity);
    expect(hello.error.code).toBe("NOT_PAIRED");
    expect(hello.error.details.requestId).not.toBe(requestId);
  });

  test("[L29] nobody lets in a device with more than they have themselves", async () => {
    await using it = await open();
    const { identity, requestId } = await asking(it);
    const gate = await it.connect({ scopes: ["operator.pairing"] });
    expect((await gate.call("device.pair.approve", { requestId })).error.message).toStartWith("missing scope: ");
    const { hello } = await again(it, identity);
    expect(hello.error.code).toBe("NOT_PAIRED");
    const reader = await it.connect({ scopes: ["operator.read"] });
    expect((await reader.call("device.pair.list")).error.message).toBe("missing scope: operator.pairing");
  });

  test("a removed device is cut off at once and forgotten", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity, requestId } = await asking(it);
    await owner.call("device.pair.approve", { requestId });
    const { client } = await again(it, identity);
    expect((await owner.call("device.pair.remove", { deviceId: identity.id })).payload.deviceId).toBe(identity.id);
    expect(await client.closed).toEqual({ code: 1008, reason: "device removed" });
    expect((await again(it, identity)).hello.error.code).toBe("NOT_PAIRED");
    expect((await owner.call("device.pair.remove", { deviceId: identity.id })).error.message).toBe("unknown deviceId");
  });

  test("a name that the owner gives stands in the list", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity, requestId } = await asking(it);
    await owner.call("device.pair.approve", { requestId });
    expect((await owner.call("device.pair.rename", { deviceId: identity.id, label: " Kitchen " })).ok).toBe(true);
    expect((await owner.call("device.pair.list")).payload.paired[0].displayName).toBe("Kitchen");
  });
});

describe("[G33] device.token", () => {
  test("a new token works, the old one no longer; a revoked one is refused and its connections close", async () => {
    await using it = await open();
    const owner = await it.connect();
    const scopes = ["operator.read", "operator.write"];
    const { identity, requestId } = await asking(it, scopes);
    await owner.call("device.pair.approve", { requestId });
    const { hello } = await again(it, identity, { scopes });
    const old = hello.payload.auth.deviceToken;
    const wish = { deviceId: identity.id, role: "operator", scopes: ["operator.read"] };
    const rotated = (await owner.call("device.token.rotate", wish)).payload;
    expect(rotated).toMatchObject({ deviceId: identity.id, scopes: ["operator.read"], rotatedAtMs: start });
    const stale = await again(it, identity, { scopes: ["operator.read"], auth: { token: old } });
    expect(stale.hello.error.message).toContain("device token mismatch");
    const fresh = await again(it, identity, { scopes: ["operator.read"], auth: { token: rotated.token } });
    expect(fresh.hello.ok).toBe(true);
    const more = await again(it, identity, { scopes, auth: { token: rotated.token } });
    expect(more.hello.error.message).toContain("device token mismatch");
    await owner.call("device.token.revoke", { deviceId: identity.id, role: "operator" });
    expect((await fresh.client.closed).reason).toBe("device token revoked");
    const gone = await again(it, identity, { scopes: ["operator.read"], auth: { token: rotated.token } });
    expect(gone.hello.error.message).toContain("device token mismatch");
  });

  test("[L29] a token never gets what the device was not let in with, nor what the caller lacks", async () => {
    await using it = await open();
    const owner = await it.connect();
    const { identity, requestId } = await asking(it, ["operator.read"]);
    await owner.call("device.pair.approve", { requestId });
    const rotate = { deviceId: identity.id, role: "operator", scopes: ["operator.admin"] };
    expect((await owner.call("device.token.rotate", rotate)).error.message).toContain(
      "not approved for operator.admin",
    );
    const gate = await it.connect({ scopes: ["operator.pairing"] });
    expect((await gate.call("device.token.rotate", { ...rotate, scopes: undefined })).error.message).toBe(
      "missing scope: operator.read",
    );
    expect((await owner.call("device.token.rotate", { ...rotate, role: "node" })).error.message).toBe(
      "unknown deviceId/role",
    );
  });
});

import { describe, expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { listen } from "../../../host/net/serve.ts";
import { openForTest } from "../../testing/open-for-test.ts";

const open = () => openForTest({ listen, clock: createFakeClock(5_000), store: createMemoryStore() });

describe("models and their providers", () => {
  test("[A38] each provider is told with its health, what it needs and who of it rests; no secret is in it", async () => {
    await using it = await open();
    const client = await it.connect();
    expect((await client.call("models.providers", {})).payload).toMatchObject({
      ts: 5_000,
      providers: [
        { id: "offline", isReady: true, health: { state: "healthy", latencyMs: 3 } },
        {
          id: "other",
          isReady: false,
          missing: ["apiKey"],
          secrets: [{ field: "apiKey", variables: ["OTHER_API_KEY"] }],
        },
      ],
    });
    expect((await client.call("models.authStatus", {})).payload.providers).toMatchObject([
      { provider: "offline", status: "ok", health: { state: "healthy" } },
      { provider: "other", status: "missing" },
    ]);
  });

  test("a test asks one provider, or all that are set up", async () => {
    await using it = await open();
    const client = await it.connect();
    const trials = async (wish: object) => (await client.call("models.test", wish)).payload.trials;
    expect(await trials({})).toMatchObject([{ provider: "offline", ok: true }]);
    expect(await trials({ model: "other/big" })).toMatchObject([{ provider: "other", model: "big" }]);
  });

  test("[A19] a key that the vendor refuses is not saved, and its words come back", async () => {
    await using it = await open();
    const client = await it.connect();
    const wish = { provider: "other", settings: { apiKey: "wrong" }, makeDefault: true };
    const refused = (await client.call("models.configure", wish)).payload;
    expect(refused).toMatchObject({ saved: false, trials: [{ ok: false, fault: { kind: "auth" } }] });
    expect(refused.trials[0].fault.message).toContain("no such key");
    const { parsed } = (await client.call("config.get", {})).payload;
    expect(JSON.stringify(parsed)).not.toContain("wrong");
    const forced = (await client.call("models.configure", { ...wish, force: true })).payload;
    expect(forced).toMatchObject({ saved: true });
  });

  test("[A18] a key that the vendor takes is saved, and may become the house's model", async () => {
    await using it = await open();
    const client = await it.connect();
    const wish = { provider: "other", settings: { apiKey: "right" }, makeDefault: true };
    expect((await client.call("models.configure", wish)).payload).toMatchObject({
      saved: true,
      trials: [{ ok: true }],
    });
    const { parsed } = (await client.call("config.get", {})).payload;
    expect(parsed).toMatchObject({ agents: { defaults: { model: "other/demo" } } });
  });

  test("what answers is chosen by name and told with its stand-ins; an unknown agent is refused", async () => {
    await using it = await open();
    const client = await it.connect();
    expect((await client.call("models.set", { model: "fast" })).payload).toEqual({ model: "fast", chain: ["fast"] });
    expect((await client.call("models.set", { model: "fast", agent: "nobody" })).error?.message).toContain(
      "no agent nobody",
    );
  });

  test("a login is begun, waited for and forgotten; who may not change the house may not log it in", async () => {
    await using it = await open();
    const client = await it.connect();
    const call = async (method: string, params: object) => await client.call(method, params);
    expect((await call("models.login.start", { provider: "other" })).payload).toEqual({
      ...{ loginId: "l1", url: "https://other.example/device", code: "AB-12", expiresAt: 905_000 },
    });
    expect((await call("models.login.wait", { loginId: "l1", timeoutMs: 0 })).payload).toEqual({ done: false });
    expect((await call("models.login.wait", { loginId: "l1" })).payload).toEqual({ done: true, account: "ada" });
    expect((await call("models.login.cancel", { loginId: "l1" })).payload).toEqual({ cancelled: true });
    expect((await call("models.login.adopt", { provider: "other", text: "{}" })).payload).toEqual({ done: true });
    expect((await call("models.logout", { provider: "other" })).payload).toEqual({ provider: "other", removed: true });
    expect((await call("models.login.start", { provider: "offline" })).error?.message).toContain("no such login");
    expect((await call("models.login.wait", { loginId: "l2" })).error?.message).toContain("no such login under way");
    expect((await call("models.login.start", {})).error?.message).toContain("provider");
    const guest = await it.connect({ scopes: ["operator.read", "operator.write"] });
    for (const method of ["models.login.start", "models.login.adopt", "models.logout"])
      expect((await guest.call(method, { provider: "other", text: "{}" })).error?.message).toContain("operator.admin");
  });
});

test("a newer list of models is taken over by who may do all", async () => {
  await using it = await openForTest({ listen, clock: createFakeClock(1_800_000_000_000), store: createMemoryStore() });
  const [owner, writer] = [await it.connect(), await it.connect({ scopes: ["operator.write"] })];
  expect((await writer.call("models.refresh", {})).error.message).toContain("operator.admin");
  const { payload } = await owner.call("models.refresh", { url: "https://list.example" });
  expect(payload).toMatchObject({ models: 2, priced: 1, source: "https://list.example" });
});

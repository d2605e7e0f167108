import { describe, expect, test } from "bun:test";
import {
  type CatalogEntry,
  Fault,
  type JsonSchema,
  type KeyValue,
  type LoginStep,
  loginKey,
  type Provider,
} from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import catalog from "../../../generated/catalog.json" with { type: "json" };
import { createRedactor } from "../../core/redact/redactor.ts";
import { withDefaults } from "../../host/config/check.ts";
import type { HouseConfig } from "../../host/config/schema.ts";
import { createModels } from "./models.ts";

const entries = catalog.entries as unknown as readonly CatalogEntry[];
const schema = catalog.configSchema as unknown as JsonSchema;
const token = "ghu_0123456789abcdef";
const minute = 60_000;

/** A house whose providers log in when the test lets them, by a code, and answer when they are logged in or have a key. */
function openWorld({ environment = {} as Record<string, string>, store = createMemoryStore() } = {}) {
  const clock = createFakeClock();
  const shutdown = new AbortController();
  const config = withDefaults({} as never, schema) as unknown as HouseConfig;
  const pages: { end: (fault?: Fault) => void; signal: AbortSignal }[] = [];
  const activated: { id: string; config: any }[] = [];
  async function* login(values: KeyValue, signal: AbortSignal): AsyncGenerator<LoginStep> {
    const page = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => page.reject(signal.reason));
    pages.push({ end: (fault) => (fault ? page.reject(fault) : page.resolve()), signal });
    yield { type: "open", url: "https://github.com/login/device", code: "AB12-CD34", expiresAt: clock.now() + 900_000 };
    await page.promise;
    await values.set(loginKey, { token, account: "ada" });
    yield { type: "done", account: "ada" };
  }
  const providerOf = (id: string, settings: { readonly apiKey?: string }): Provider => {
    const values = store.values(`extension/provider/${id}`);
    return {
      async *stream() {
        const isIn = settings.apiKey !== undefined || (await values.get(loginKey)) !== undefined;
        if (isIn) yield { type: "text-delta", text: "OK" };
        else yield { type: "fault", fault: { kind: "auth", code: "provider.login", message: "Nobody is logged in." } };
      },
      login: (signal) => login(values, signal),
      async adoptLogin(text) {
        if (text !== "good") throw new Fault("invalid", "login.file", "That file holds no login.");
        await values.set(loginKey, { access: token });
        return { type: "done" };
      },
    };
  };
  const models = createModels({
    redactor: createRedactor(() => []),
    ...{ catalog: entries, environment, config: () => config, log: silentLog, clock, store },
    signal: shutdown.signal,
    fetch: (() => Promise.reject(new Error("nobody listens"))) as unknown as typeof fetch,
    activate: async <Port>(entry: CatalogEntry, settings: unknown) => {
      activated.push({ id: entry.id, config: settings });
      return providerOf(entry.id, settings as { apiKey?: string }) as Port;
    },
  });
  const factsOf = async (id: string) => (await models.providers()).find((one) => one.id === id);
  return { models, logins: models.logins, clock, shutdown, pages, activated, store, factsOf };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("logging in to a provider", () => {
  test("from the code to a provider that is set up, tried and chosen", async () => {
    const { models, logins, pages, factsOf } = openWorld();
    expect(await factsOf("copilot")).toMatchObject({ isReady: false, logsIn: true, missing: ["apiKey"] });
    expect(() => models.choose("copilot/gpt-5-mini")).toThrow("nobody has logged in");
    const { loginId, ...begun } = await logins.start("copilot");
    expect(begun).toMatchObject({ url: "https://github.com/login/device", code: "AB12-CD34" });
    const waiting = logins.wait(loginId, minute);
    pages[0]?.end();
    expect(await waiting).toMatchObject({ done: true, account: "ada", trial: { ok: true, key: "login" } });
    expect(await factsOf("copilot")).toMatchObject({ isReady: true, missing: [], login: { account: "ada" } });
    expect(models.choose(undefined)).toEqual({ provider: "copilot", model: "claude-sonnet-4.6" });
    expect(JSON.stringify([await models.providers(), await logins.wait(loginId, 0)])).not.toContain(token);
  });

  test("a login outlives the house, and is seen before any of the provider's code is loaded", async () => {
    const store = createMemoryStore();
    await store.values("extension/provider/copilot").set(loginKey, { token, account: "ada" });
    const { models, activated, factsOf } = openWorld({ store });
    await models.recall();
    expect(models.choose("copilot/gpt-5-mini")).toEqual({ provider: "copilot", model: "gpt-5-mini" });
    expect(await factsOf("copilot")).toMatchObject({ isReady: true, login: { account: "ada" }, keys: ["login"] });
    expect(activated).toEqual([]);
  });

  test("a wait ends after its time with nothing decided, and may be taken up again", async () => {
    const { logins, clock, pages } = openWorld();
    const { loginId } = await logins.start("copilot");
    const early = logins.wait(loginId, 20_000);
    await clock.advance(20_000);
    expect(await early).toEqual({ done: false });
    const again = logins.wait(loginId, 20_000);
    pages[0]?.end(new Fault("auth", "provider.login-refused", "The login was declined at GitHub."));
    expect(await again).toMatchObject({ done: false, fault: { code: "provider.login-refused" } });
  });

  test("a provider has one at a time: who begins another joins it", async () => {
    const { logins, pages } = openWorld();
    const [first, second] = await Promise.all([logins.start("copilot"), logins.start("copilot")]);
    expect(second).toEqual(first);
    expect(pages).toHaveLength(1);
    expect(await logins.cancel(first.loginId)).toBe(true);
    expect((await logins.start("copilot")).loginId).not.toBe(first.loginId);
    expect(pages).toHaveLength(2);
  });

  test("it ends when it is stopped, when the house shuts down, and when nobody waits any more", async () => {
    const { logins, clock, shutdown, pages, factsOf } = openWorld();
    const stopped = await logins.start("copilot");
    const waiting = logins.wait(stopped.loginId, minute);
    expect(await logins.cancel(stopped.loginId)).toBe(true);
    expect(await waiting).toMatchObject({ done: false, fault: { kind: "aborted", code: "login.stopped" } });
    expect(await logins.cancel(stopped.loginId)).toBe(false);

    const abandoned = await logins.start("copilot");
    const patient = logins.wait(abandoned.loginId, 10 * minute);
    await clock.advance(9 * minute);
    expect(pages[1]?.signal.aborted).toBe(false);
    await clock.advance(minute);
    expect(await patient).toEqual({ done: false });
    await clock.advance(5 * minute + 1_000);
    expect(pages[1]?.signal.aborted).toBe(true);

    await settled();
    await logins.start("copilot");
    shutdown.abort();
    await settled();
    expect(pages[2]?.signal.aborted).toBe(true);
    expect(await factsOf("copilot")).toMatchObject({ isReady: false });
  });

  test("logging out forgets it at once, in the store too, and stops one that is under way", async () => {
    const { models, logins, pages, store, factsOf } = openWorld();
    const { loginId } = await logins.start("copilot");
    pages[0]?.end();
    await logins.wait(loginId, minute);
    await logins.start("copilot");
    expect(await logins.logout("copilot")).toBe(true);
    expect(pages[1]?.signal.aborted).toBe(true);
    expect(await store.values("extension/provider/copilot").list()).toEqual([]);
    expect(await factsOf("copilot")).toMatchObject({ isReady: false, keys: [] });
    expect(() => models.choose("copilot/gpt-5-mini")).toThrow("nobody has logged in");
    expect(await logins.logout("copilot")).toBe(false);
  });

  test("a login from a file is one of the keys, the first; the key stands in for it", async () => {
    const { models, logins, activated, factsOf } = openWorld({ environment: { ANTHROPIC_API_KEY: "sk-ant-of-mine" } });
    expect(await logins.adopt("anthropic", "good")).toMatchObject({ done: true, trial: { ok: true, key: "login" } });
    expect((await factsOf("anthropic"))?.keys).toEqual(["login", "default"]);
    await models.test({ provider: "anthropic" }, new AbortController().signal);
    const keys = activated.filter(({ id }) => id === "anthropic").map(({ config }) => config.apiKey);
    expect(new Set(keys)).toEqual(new Set([undefined, "sk-ant-of-mine"]));
    await expect(logins.adopt("anthropic", "bad")).rejects.toMatchObject({ kind: "invalid", code: "login.file" });
    expect(await factsOf("anthropic")).toMatchObject({ isReady: true, login: {} });
  });

  test("who has no such login is told what to do instead", async () => {
    const { logins } = openWorld();
    await expect(logins.start("openai")).rejects.toMatchObject({ kind: "invalid", code: "login.none" });
    await expect(logins.start("anthropic")).rejects.toMatchObject({ code: "login.none" });
    await expect(logins.adopt("copilot", "good")).rejects.toMatchObject({ code: "login.none" });
    await expect(logins.logout("openai")).rejects.toMatchObject({ code: "login.none" });
    await expect(logins.start("nobody")).rejects.toMatchObject({ code: "model.provider" });
    await expect(logins.wait("nothing", 0)).rejects.toMatchObject({ kind: "invalid", code: "login.unknown" });
  });
});

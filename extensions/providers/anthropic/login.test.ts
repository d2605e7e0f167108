import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Fetch, type Json, type KeyValue, loginKey } from "@homarus/sdk";
import {
  createFakeClock,
  createMemoryStore,
  createProviderContext,
  plainRequest,
  userTurn,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

const text = readFileSync(new URL("fixtures/text.sse", import.meta.url), "utf8");
const never = new AbortController().signal;
const minute = 60_000;
const clockStart = createFakeClock().now();

/** A login service that rotates: each refresh token is good once, and using one again ends the login, as theft would. */
function openVendor() {
  let number = 1;
  const valid = { access: "sk-ant-oat01-access-1", refresh: "sk-ant-ort01-refresh-1" };
  const asked: { url: string; headers: Headers; body: any }[] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const state = { isHeld: false, isStolen: false, isOut: false };
  const fetch: Fetch = async (input, init) => {
    const { url, headers } = new Request(input, init);
    const body = init?.body ? JSON.parse(init.body as string) : undefined;
    asked.push({ url, headers, body });
    if (!url.includes("/oauth/token")) {
      const isGood = headers.get("authorization") === `Bearer ${valid.access}`;
      const said = {
        type: "error",
        error: { type: "authentication_error", message: `no ${headers.get("authorization")}` },
      };
      return isGood
        ? new Response(text, { headers: { "content-type": "text/event-stream" } })
        : Response.json(said, { status: 401 });
    }
    if (state.isHeld) {
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
    }
    if (state.isOut) return new Response("upstream is out", { status: 503 });
    if (body.refresh_token !== valid.refresh || state.isStolen) {
      state.isStolen = true;
      const error = { error: "invalid_grant", error_description: `Refresh token ${body.refresh_token} not found` };
      return Response.json(error, { status: 400 });
    }
    number += 1;
    Object.assign(valid, { access: `sk-ant-oat01-access-${number}`, refresh: `sk-ant-ort01-refresh-${number}` });
    return Response.json({ access_token: valid.access, refresh_token: valid.refresh, expires_in: 28_800 });
  };
  const refreshes = () => asked.filter(({ url }) => url.includes("/oauth/token"));
  return { fetch, asked, refreshes, gates, state, valid };
}

function openWorld({ expiresIn = 60 * minute, access = "sk-ant-oat01-access-1", vendor = openVendor() } = {}) {
  const clock = createFakeClock();
  const values = createMemoryStore().values("extension/provider/anthropic");
  const trouble = { isFull: false };
  const saved: Json[] = [];
  const store: KeyValue = {
    ...values,
    async set(key, value) {
      if (trouble.isFull) throw new Error("the disk is full");
      saved.push(value);
      await values.set(key, value);
    },
  };
  const config = {
    ...{ apiKey: undefined as unknown as string, baseUrl: "https://api.anthropic.com", headers: {} },
    tokenUrl: "https://platform.claude.com/v1/oauth/token",
  };
  const context = { ...createProviderContext(manifest, { config, fetch: vendor.fetch, clock }), store };
  const begin = () =>
    values.set(loginKey, { access, refresh: "sk-ant-ort01-refresh-1", expiresAt: clockStart + expiresIn });
  const ask = async (provider = activate(context)) => {
    const events = await Array.fromAsync(provider.stream(plainRequest("claude-sonnet-5-5", [userTurn("hi")]), never));
    return events.at(-1) as any;
  };
  return { clock, context, store, saved, trouble, vendor, begin, ask, open: () => activate(context) };
}

describe("[A39] a subscription's own login", () => {
  test("is taken over from the file of Claude Code, and used as a bearer token that is announced", async () => {
    const world = openWorld();
    const file = {
      claudeAiOauth: {
        ...{ accessToken: "sk-ant-oat01-access-1", refreshToken: "sk-ant-ort01-refresh-1" },
        ...{ expiresAt: clockStart + 60 * minute, subscriptionType: "max", scopes: ["user:inference"] },
      },
    };
    const provider = world.open();
    expect(await provider.adoptLogin?.(JSON.stringify(file))).toEqual({ type: "done", account: "Claude max" });
    expect((await world.ask(provider)).type).toBe("step-end");
    const [{ headers } = { headers: new Headers() }] = world.vendor.asked;
    expect(headers.get("authorization")).toBe("Bearer sk-ant-oat01-access-1");
    expect(headers.get("anthropic-beta")).toContain("oauth-2025-04-20");
    expect(headers.has("x-api-key")).toBe(false);
    expect(world.vendor.refreshes()).toHaveLength(0);
  });

  test.each(["", "{", "[]", '{"claudeAiOauth":{}}', '{"claudeAiOauth":{"accessToken":7}}', '"sk-ant-oat01-x"'])(
    "a file with %p holds none: it is refused, without its words, and nothing is kept",
    async (content) => {
      const world = openWorld();
      const fault = await world
        .open()
        .adoptLogin?.(content)
        .catch((thrown) => thrown);
      expect(fault).toMatchObject({ kind: "invalid", code: "login.file" });
      expect(fault.message).not.toContain("sk-ant");
      expect(world.saved).toEqual([]);
    },
  );

  test("is refreshed within five minutes of its end, and not before; the next token is stored first", async () => {
    const world = openWorld({ expiresIn: 20 * minute });
    await world.begin();
    const provider = world.open();
    await world.clock.advance(14 * minute);
    await world.ask(provider);
    expect(world.vendor.refreshes()).toHaveLength(0);
    await world.clock.advance(2 * minute);
    expect((await world.ask(provider)).type).toBe("step-end");
    expect(world.saved).toEqual([
      {
        ...{ access: "sk-ant-oat01-access-2", refresh: "sk-ant-ort01-refresh-2" },
        expiresAt: clockStart + 16 * minute + 28_800_000,
      },
    ]);
  });

  test("[A12] is refreshed when the vendor refuses the token, and the call goes through", async () => {
    const world = openWorld({ access: "sk-ant-oat01-of-old" });
    await world.begin();
    expect((await world.ask()).type).toBe("step-end");
    expect(world.vendor.refreshes().map(({ body }) => body)).toEqual([
      {
        ...{ grant_type: "refresh_token", refresh_token: "sk-ant-ort01-refresh-1" },
        client_id: "9d1c250a-e61b-44d9-88ed-5944d1962f5e",
      },
    ]);
  });

  test("calls at once share one refresh, also those of several instances: a token is never used up twice", async () => {
    const world = openWorld({ expiresIn: minute });
    await world.begin();
    world.vendor.state.isHeld = true;
    const instances = [world.open(), world.open(), world.open()];
    const answers = instances.flatMap((provider) => Array.from({ length: 5 }, () => world.ask(provider)));
    while (world.vendor.gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    for (const gate of world.vendor.gates) gate.resolve();
    expect((await Promise.all(answers)).map(({ type }) => type)).toEqual(Array(15).fill("step-end"));
    expect(world.vendor.refreshes()).toHaveLength(1);
  });

  test("whoever stops a call does not stop the refresh: what it brought is stored", async () => {
    const world = openWorld({ expiresIn: minute });
    await world.begin();
    world.vendor.state.isHeld = true;
    const stop = new AbortController();
    const request = plainRequest("claude-sonnet-5-5", [userTurn("hi")]);
    const answer = Array.fromAsync(world.open().stream(request, stop.signal));
    while (world.vendor.gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    expect((await answer).at(-1)).toMatchObject({ fault: { kind: "aborted" } });
    world.vendor.gates[0]?.resolve();
    while (world.saved.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(world.saved[0]).toMatchObject({ refresh: "sk-ant-ort01-refresh-2" });
  });

  test("a token that could not be stored is not used, and not lost: the next call stores it", async () => {
    const world = openWorld({ access: "sk-ant-oat01-of-old" });
    await world.begin();
    world.trouble.isFull = true;
    expect((await world.ask()).type).toBe("fault");
    expect(world.vendor.asked.some(({ headers }) => headers.get("authorization")?.endsWith("access-2"))).toBe(false);
    world.trouble.isFull = false;
    expect((await world.ask()).type).toBe("step-end");
    expect(world.vendor.refreshes()).toHaveLength(1);
    expect(world.saved).toMatchObject([{ refresh: "sk-ant-ort01-refresh-2" }]);
  });

  test("while the login service is out, a token that still holds is used", async () => {
    const world = openWorld({ expiresIn: 10 * minute });
    await world.begin();
    const provider = world.open();
    await world.ask(provider);
    await world.clock.advance(7 * minute);
    world.vendor.state.isOut = true;
    expect((await world.ask(provider)).type).toBe("step-end");
    await world.clock.advance(4 * minute);
    expect((await world.ask(provider)).fault).toMatchObject({ kind: "unavailable" });
  });

  test("a login that was taken away meanwhile does not come back by a refresh", async () => {
    const world = openWorld({ expiresIn: minute });
    await world.begin();
    world.vendor.state.isHeld = true;
    const answer = world.ask();
    while (world.vendor.gates.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await world.store.remove(loginKey);
    world.vendor.gates[0]?.resolve();
    expect((await answer).fault).toMatchObject({ kind: "auth", code: "provider.login" });
    expect(await world.store.get(loginKey)).toBeUndefined();
  });

  test("one that the vendor no longer takes says so and how to log in again; no token is in the words", async () => {
    const world = openWorld({ access: "sk-ant-oat01-of-old" });
    await world.begin();
    world.vendor.state.isStolen = true;
    const { fault } = await world.ask();
    expect(fault).toMatchObject({ kind: "auth", code: "provider.login" });
    expect(fault.message).toContain("not found");
    expect(fault.hint).toContain("homarus models login anthropic --from");
    expect(JSON.stringify(fault)).not.toMatch(/sk-ant-o[ar]t/);
    expect(await world.store.get(loginKey)).toMatchObject({ refresh: "sk-ant-ort01-refresh-1" });
  });

  test("a refusal of the model itself keeps no trace of the token", async () => {
    const world = openWorld();
    await world.begin();
    Object.assign(world.vendor.valid, { access: "another" });
    world.vendor.state.isOut = true;
    expect(JSON.stringify(await world.ask())).not.toContain("sk-ant-oat");
  });
});

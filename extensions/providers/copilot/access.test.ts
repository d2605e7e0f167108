import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { type Fetch, type LoginStep, loginKey, type Provider } from "@homarus/sdk";
import { createFakeClock, createProviderContext, plainRequest, userTurn } from "@homarus/sdk/testing";
import { activate } from "../openai/index.ts";
import { access } from "./access.ts";
import manifest from "./manifest.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const never = new AbortController().signal;
const github = "ghu_0123456789abcdef";
const usual = {
  ...{ githubUrl: "https://github.com", apiUrl: "https://api.github.com" },
  baseUrl: "https://api.githubcopilot.com",
};

type Answer = { readonly status?: number; readonly body: unknown };
interface Asked {
  readonly url: string;
  readonly headers: Headers;
  readonly body: any;
}

/** A GitHub and a Copilot as one fetch: polls are answered in turn, tokens are numbered, `good` says which are taken. */
function openWorld({
  polls = [{ body: { access_token: github } }] as Answer[],
  exchange = undefined as Answer | undefined,
  config = {} as object,
  device = { expires_in: 900, interval: 5 } as object,
  good = (_token: string): boolean => true,
} = {}) {
  const asked: Asked[] = [];
  let number = 0;
  const of: Readonly<Record<string, () => Answer>> = {
    "/login/device/code": () => ({
      body: {
        ...{
          device_code: "device-secret-1",
          user_code: "AB12-CD34",
          verification_uri: "https://github.com/login/device",
        },
        ...device,
      },
    }),
    "/login/oauth/access_token": () => polls.shift() ?? { body: { error: "authorization_pending" } },
    "/user": () => ({ body: { login: "ada" } }),
    "/copilot_internal/v2/token": () =>
      exchange ?? {
        body: {
          ...{ token: `copilot-token-${++number}`, expires_at: 1, refresh_in: 1500 },
          endpoints: { api: "https://api.business.githubcopilot.com" },
        },
      },
    "/models": () => ({ body: JSON.parse(read("fixtures/models.json")) }),
  };
  const fetch: Fetch = async (input, init) => {
    const { url, headers } = new Request(input, init);
    const path = new URL(url).pathname;
    asked.push({ url, headers, body: init?.body ? JSON.parse(init.body as string) : undefined });
    if (path.endsWith("/chat/completions")) {
      const token = headers.get("authorization") ?? "";
      if (!good(token)) return new Response(`unauthorized: ${token}`, { status: 401 });
      return new Response(read("../openai/fixtures/chat/text.sse"), {
        headers: { "content-type": "text/event-stream" },
      });
    }
    const { status = 200, body } = of[path]?.() ?? { status: 404, body: {} };
    return Response.json(body, { status });
  };
  const clock = createFakeClock();
  const context = createProviderContext(manifest, {
    config: { ...usual, apiKey: undefined as unknown as string, ...config },
    ...{ fetch, clock },
  });
  const { fetch: by, ...own } = access(context);
  const provider: Provider = { ...activate({ ...context, fetch: by }), ...own };
  const to = (path: string) => asked.filter(({ url }) => new URL(url).pathname.endsWith(path));
  return { provider, clock, asked, to, store: context.store };
}

async function listen(
  { provider }: ReturnType<typeof openWorld>,
  request = plainRequest("gpt-5-mini", [userTurn("hi")]),
) {
  const events = await Array.fromAsync(provider.stream(request, never));
  return events.at(-1) as any;
}

/** Logs in, turning the clock whenever somebody sleeps. */
async function logIn(world: ReturnType<typeof openWorld>, signal = never) {
  const steps: LoginStep[] = [];
  const times: number[] = [];
  const from = world.clock.now();
  const work = (async () => {
    for await (const step of world.provider.login?.(signal) ?? []) steps.push(step);
  })();
  let ended = false;
  const fault = work.then(
    () => undefined,
    (thrown) => thrown,
  );
  fault.then(() => {
    ended = true;
  });
  while (!ended) {
    if (world.clock.sleepers() > 0) await world.clock.advance(1_000);
    await new Promise((resolve) => setImmediate(resolve));
    const polls = world.to("/access_token").length;
    while (times.length < polls) times.push((world.clock.now() - from) / 1000);
  }
  return { steps, times, fault: await fault };
}

describe("[A12] logging in to GitHub Copilot", () => {
  test("[A10] says where to go and what to type, asks at GitHub's pace, and keeps what it got", async () => {
    const pending = { body: { error: "authorization_pending" } };
    const slow = { body: { error: "slow_down", interval: 10 } };
    const world = openWorld({ polls: [pending, slow, pending, { body: { access_token: github } }] });
    const { steps, times } = await logIn(world);
    expect(steps).toEqual([
      {
        ...{ type: "open", url: "https://github.com/login/device", code: "AB12-CD34" },
        expiresAt: createFakeClock().now() + 900_000,
      },
      { type: "done", account: "ada" },
    ]);
    expect(times).toEqual([5, 10, 20, 30]);
    expect(await world.store.get(loginKey)).toEqual({ token: github, account: "ada" });
    expect(world.to("/device/code")[0]?.body).toEqual({ client_id: "Iv1.b507a08c87ecfe98", scope: "read:user" });
  });

  test.each([
    ["expired_token", "provider.login-late"],
    ["access_denied", "provider.login-refused"],
    ["device_flow_disabled", "provider.login-refused"],
  ])("%s ends it as %s, and nothing is kept", async (error, code) => {
    const world = openWorld({ polls: [{ body: { error } }] });
    expect((await logIn(world)).fault).toMatchObject({ kind: "auth", code });
    expect(await world.store.list()).toEqual([]);
  });

  test("a code that nobody types runs out by our own clock; a lost answer on the way does not end it", async () => {
    const world = openWorld({ polls: [{ status: 502, body: {} }] });
    expect((await logIn(world)).fault).toMatchObject({ kind: "auth", code: "provider.login-late" });
    expect(world.to("/access_token").length).toBeGreaterThan(100);
  });

  test("where GitHub names no pace and no end, those of the standard hold", async () => {
    const world = openWorld({ device: {}, polls: [] });
    const { times, fault } = await logIn(world);
    expect(times.slice(0, 3)).toEqual([5, 10, 15]);
    expect([times.at(-1), fault.code]).toEqual([895, "provider.login-late"]);
  });

  test("stopping it ends the asking at once", async () => {
    const world = openWorld({ polls: [] });
    const stop = new AbortController();
    const steps = world.provider.login?.(stop.signal)[Symbol.asyncIterator]();
    await steps?.next();
    const end = steps?.next().catch((fault) => fault.kind);
    stop.abort();
    expect(await end).toBe("aborted");
    expect(world.to("/access_token")).toEqual([]);
  });

  test("an account without a plan is told so in GitHub's words, and nothing is kept", async () => {
    const world = openWorld({ exchange: { status: 403, body: { message: `no seat for ${github}` } } });
    const { fault } = await logIn(world);
    expect(fault).toMatchObject({ kind: "auth", code: "provider.no-plan" });
    expect(fault.message).toContain("no seat");
    expect(await world.store.list()).toEqual([]);
  });
});

describe("[A10] GitHub Copilot's own ways", () => {
  const loggedIn = async (parts: Parameters<typeof openWorld>[0] = {}) => {
    const world = openWorld(parts);
    await world.store.set(loginKey, { token: github });
    return world;
  };

  test("asks at the account's own address with its short-lived token, as an editor would", async () => {
    const world = await loggedIn();
    expect((await listen(world)).type).toBe("step-end");
    const [asked] = world.to("/chat/completions");
    expect(asked?.url).toBe("https://api.business.githubcopilot.com/chat/completions");
    expect(Object.fromEntries(asked?.headers ?? [])).toMatchObject({
      ...{ authorization: "Bearer copilot-token-1", "copilot-integration-id": "vscode-chat", "x-initiator": "user" },
      "editor-version": "Homarus/0.1",
    });
    expect(asked?.headers.has("copilot-vision-request")).toBe(false);
    expect(world.to("/v2/token")[0]?.headers.get("authorization")).toBe(`token ${github}`);
  });

  test("announces images, and what follows on a tool's result as the agent's own", async () => {
    const world = await loggedIn();
    const image = { type: "image", mediaType: "image/png", data: "iVBORw0KGgo=" } as const;
    const call = { type: "tool-call", id: "c1", name: "read", input: {} } as const;
    await listen(
      world,
      plainRequest("gpt-5-mini", [
        { type: "user", content: [{ type: "text", text: "look" }, image] },
        { type: "step", content: [call], provider: "copilot", model: "gpt-5-mini" },
        {
          type: "tool",
          results: [
            { type: "tool-result", callId: "c1", name: "read", content: [{ type: "text", text: "x" }], isError: false },
          ],
        },
      ]),
    );
    expect(Object.fromEntries(world.to("/chat/completions")[0]?.headers ?? [])).toMatchObject({
      ...{ "copilot-vision-request": "true", "x-initiator": "agent" },
    });
  });

  test("the token is got once for many calls, anew before it ends, and anew when it is refused", async () => {
    const taken = new Set(["Bearer copilot-token-1"]);
    const world = await loggedIn({ good: (token) => taken.has(token) });
    await Promise.all(Array.from({ length: 10 }, () => listen(world)));
    expect(world.to("/v2/token")).toHaveLength(1);
    taken.clear();
    taken.add("Bearer copilot-token-2");
    expect((await Promise.all(Array.from({ length: 10 }, () => listen(world)))).map(({ type }) => type)).toEqual(
      Array(10).fill("step-end"),
    );
    expect(world.to("/v2/token")).toHaveLength(2);
    await world.clock.advance(1_501_000);
    taken.add("Bearer copilot-token-3");
    await listen(world);
    expect(world.to("/v2/token")).toHaveLength(3);
  });

  test("a login that GitHub took back says how to log in; no token is in what it says", async () => {
    const world = await loggedIn({ exchange: { status: 401, body: { message: `Bad credentials ${github}` } } });
    const { fault } = await listen(world);
    expect(fault).toMatchObject({ kind: "auth", code: "provider.login" });
    expect(fault.hint).toContain("homarus models login copilot");
    const refusing = await loggedIn({ good: () => false });
    expect(JSON.stringify([fault, await listen(refusing)])).not.toMatch(/ghu_0123|copilot-token/);
    expect((await listen(openWorld())).fault).toMatchObject({ kind: "auth", code: "provider.login" });
  });

  test("an Enterprise of one's own is reached at its addresses alone", async () => {
    const config = {
      ...{ githubUrl: "https://octo.ghe.com", apiUrl: "https://api.octo.ghe.com" },
      baseUrl: "https://copilot-api.octo.ghe.com",
    };
    const world = openWorld({ config });
    await logIn(world);
    await listen(world);
    expect(new Set(world.asked.map(({ url }) => new URL(url).host))).toEqual(
      new Set(["octo.ghe.com", "api.octo.ghe.com", "copilot-api.octo.ghe.com"]),
    );
  });

  test("lists what the plan offers for conversations, as GitHub describes it", async () => {
    const world = await loggedIn();
    expect(await world.provider.models?.(never)).toEqual([
      {
        ...{ id: "gpt-9-later", name: "GPT-9", contextTokens: 128_000, outputTokens: 64_000, thinking: false },
        ...{ tools: true, input: ["text", "image"] },
      },
    ]);
  });
});

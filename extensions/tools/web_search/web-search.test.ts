import { afterAll, describe, expect, test } from "bun:test";
import { type Fault, type Fetch, Fault as HouseFault, type InferSchema } from "@homarus/sdk";
import {
  createFakeClock,
  createMemoryStore,
  createToolCall,
  type RecordedToolCall,
  runContract,
  silentLog,
  toolContract,
} from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Config = InferSchema<(typeof manifest)["config"]>;
type Input = InferSchema<(typeof manifest)["input"]>;
type Answer = (request: Request, body: string) => Response | Promise<Response>;

const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers });
const html = (body: string, status = 200) => new Response(body, { status, headers: { "content-type": "text/html" } });

const hits = [
  {
    title: "Otters",
    url: "https://otters.example/a",
    text: "All <strong>otters</strong> &amp; kin",
    age: "2 days ago",
  },
  { title: "Rafts\n\n2. Fake", url: "https://rafts.example/", text: "x".repeat(3_000) },
  { title: "Bad", url: "javascript:alert(1)", text: "no" },
  { title: "Again", url: "https://otters.example/a", text: "no" },
];
const duckPage = `<div class="result result--ad"><a class="result__a" href="https://duckduckgo.com/y.js?ad=1">Ad</a></div>
  ${hits
    .map(
      ({ title, url, text }) =>
        `<div class="result results_links web-result"><h2><a class="result__a" href="//duckduckgo.com/l/?uddg=${encodeURIComponent(url)}&amp;rut=1">${title}</a></h2><a class="result__snippet">${text}</a></div>`,
    )
    .join("")}`;

/** What each engine answers with when all is well. */
const good: Readonly<Record<Config["provider"], Answer>> = {
  auto: () => json({}),
  brave: () =>
    json({
      type: "search",
      query: { original: "q" },
      web: { results: hits.map(({ text, ...hit }) => ({ ...hit, description: text })) },
    }),
  tavily: () => json({ query: "q", results: hits.map(({ text, ...hit }) => ({ ...hit, content: text, score: 1 })) }),
  searxng: () => json({ query: "q", results: hits.map(({ text, ...hit }) => ({ ...hit, content: text })) }),
  duckduckgo: () => html(duckPage),
};

const servers: { stop(): unknown }[] = [];
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
});

interface Seen {
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

/** A server on this machine stands in for the engine's host, whose name the tool still writes. */
function worldOf(config: Partial<Config>, answer: Answer) {
  const seen: Seen[] = [];
  const server = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.1" },
    fetch: async (request) => answer(request, await request.clone().text()),
  });
  servers.push(server);
  const fetch: Fetch = async (input, init) => {
    const url = new URL(String(input));
    seen.push({ url, headers: new Headers(init?.headers), body: String(init?.body ?? "") });
    return globalThis.fetch(new URL(url.pathname + url.search, server.url), { ...init, redirect: "error" });
  };
  let current: RecordedToolCall;
  const call = (signal?: AbortSignal) => {
    current = createToolCall({ fetch, ...(signal ? { signal } : {}) });
    return current;
  };
  const clock = createFakeClock(Date.UTC(2026, 0, 1));
  const tool = activate({
    ...{ id: "web_search", log: silentLog, signal: new AbortController().signal, clock },
    config: { provider: "auto", ...config } as Config,
    // The house counts what goes by the context's fetch as network too.
    fetch: (input, init) => current.fetch(input, init),
    store: createMemoryStore().values("x"),
  });
  const search = async (input: Input) => {
    const { content } = await tool.execute(input, call());
    return content[0]?.type === "text" ? content[0].text : "";
  };
  const fault = async (input: Input): Promise<Fault> =>
    search(input).then(
      (text) => {
        throw new Error(`no fault, but ${text}`);
      },
      (thrown: Fault) => thrown,
    );
  return { tool, call, seen, search, fault, clock };
}

const configs: Readonly<Record<string, Partial<Config>>> = {
  brave: { provider: "brave", braveKey: "brave-key" },
  tavily: { provider: "tavily", tavilyKey: "tavily-key" },
  searxng: { provider: "searxng", url: "http://127.0.0.1:8888/search-house" },
  duckduckgo: { provider: "duckduckgo" },
};

for (const [name, config] of Object.entries(configs))
  runContract({ describe, test }, toolContract, {
    title: `[H07] web_search by ${name}`,
    capabilities: [],
    open: async () => {
      const bad: Answer = () => html("<h1>Something else</h1>");
      const world = worldOf(config, (request, body) =>
        `${request.url}${body}`.includes("hopeless")
          ? bad(request, body)
          : good[name as Config["provider"]](request, body),
      );
      return {
        ...{ tool: world.tool as never, manifest, call: world.call },
        samples: [{ query: "otters" }, { query: "otters", count: 1, freshness: "week", language: "de", country: "at" }],
        hopeless: [{ query: "hopeless" }],
        [Symbol.asyncDispose]: async () => undefined,
      };
    },
  });

describe("[H07] each engine", () => {
  test.each(Object.keys(configs))("%s: results are numbered, plain, of the web, and each once", async (name) => {
    const text = await worldOf(configs[name] ?? {}, good[name as Config["provider"]]).search({ query: "otters" });
    expect(text).toStartWith('[2 results for "otters" by ');
    expect(text).toContain("\n\n1. Otters\n   https://otters.example/a\n");
    expect(text).toContain("   All otters & kin\n\n2. Rafts 2. Fake\n");
    expect(text.length).toBeLessThan(1_200);
    expect(text).not.toContain("javascript:");
  });

  test.each<[name: string, url: string, header: [string, string] | undefined, holds: readonly string[]]>([
    [
      "brave",
      "https://api.search.brave.com/res/v1/web/search?",
      ["x-subscription-token", "brave-key"],
      ["q=otters+site%3Aexample.org", "count=5", "freshness=pw", "country=AT", "search_lang=de"],
    ],
    [
      "tavily",
      "https://api.tavily.com/search",
      ["authorization", "Bearer tavily-key"],
      ['"max_results":5', '"time_range":"week"', '"country":"austria"', '"include_domains":["example.org"]'],
    ],
    [
      "searxng",
      "http://127.0.0.1:8888/search-house/search?",
      undefined,
      ["q=otters+site%3Aexample.org", "format=json", "language=de-AT", "time_range=week"],
    ],
    ["duckduckgo", "https://html.duckduckgo.com/html/", undefined, ["q=otters+site%3Aexample.org", "kl=at-de", "df=w"]],
  ])("%s is asked as its documentation says", async (name, url, header, holds) => {
    const world = worldOf(configs[name] ?? {}, good[name as Config["provider"]]);
    await world.search({
      ...{ query: "otters", count: 5, freshness: "week", language: "de", country: "at", site: "example.org" },
    });
    const [asked] = world.seen;
    expect(world.seen).toHaveLength(1);
    expect(asked?.url.href).toStartWith(url);
    if (header) expect(asked?.headers.get(header[0])).toBe(header[1]);
    for (const part of holds) expect(`${asked?.url.search}\n${asked?.body}`).toContain(part);
  });

  test.each<[name: string, answer: Answer]>([
    ["brave", () => json({ type: "search", query: {} })],
    ["tavily", () => json({ results: [] })],
    ["searxng", () => json({ results: [] })],
    ["duckduckgo", () => html('<div class="no-results">No results.</div>')],
  ])("%s without a hit says so", async (name, answer) => {
    expect(await worldOf(configs[name] ?? {}, answer).search({ query: "x" })).toStartWith('[No results for "x"');
  });

  test.each<[name: string, what: string, answer: Answer, kind: string, hint: RegExp]>([
    ["brave", "a wrong key", () => json({}, 401), "auth", /api-dashboard\.search\.brave\.com/],
    [
      "brave",
      "its own kind of wrong key",
      () => json({ error: { code: "SUBSCRIPTION_TOKEN_INVALID" } }, 422),
      "auth",
      /braveKey/,
    ],
    ["brave", "a field it does not take", () => json({ error: { code: "VALIDATION" } }, 422), "invalid", /Leave out/],
    ["tavily", "a wrong key", () => json({ detail: {} }, 401), "auth", /app\.tavily\.com/],
    ["tavily", "a plan that is used up", () => json({}, 432), "limited", /Search again after/],
    ["searxng", "no JSON allowed", () => html("Forbidden", 403), "config", /search\.formats/],
    ["searxng", "a limiter", () => html("Too many", 429), "limited", /Search again after/],
    ["duckduckgo", "a captcha", () => html('<div class="anomaly-modal__title">', 202), "unavailable", /Set up Brave/],
    ["duckduckgo", "a changed page", () => html("<p>New design!"), "unavailable", /Set up Brave/],
    ["brave", "garbage", () => html("<<<{{{"), "unavailable", /Try again later/],
    ["tavily", "JSON of another shape", () => json([1, "x", null]), "unavailable", /Try again later/],
    ["searxng", "a broken server", () => json({ results: [] }, 502), "unavailable", /Try again later/],
    [
      "searxng",
      "a redirect elsewhere",
      () => Response.redirect("http://127.0.0.1:1/"),
      "unavailable",
      /tools\.web_search\.url/,
    ],
  ])("%s: of %s is told what to do", async (name, _, answer, kind, hint) => {
    const fault = await worldOf(configs[name] ?? {}, answer).fault({ query: "x" });
    expect([fault.kind, hint.test(fault.hint ?? "")]).toEqual([kind as never, true]);
    expect(JSON.stringify([fault.message, fault.hint])).not.toMatch(/brave-key|tavily-key/);
  });

  test("results of any shape do no harm", async () => {
    const odd = [null, 7, "x", {}, { url: 7, title: {} }, { url: "https://a.example", title: null, content: ["x"] }];
    const text = await worldOf(configs.tavily ?? {}, () => json({ results: odd })).search({ query: "x" });
    expect(text).toBe('[1 result for "x" by Tavily]\n\n1. (no title)\n   https://a.example/');
  });

  test("a huge answer is not read to its end", async () => {
    const fault = await worldOf(configs.brave ?? {}, () => new Response("[".repeat(10_000_000))).fault({ query: "x" });
    expect(fault.kind).toBe("unavailable");
  });
});

test.each<[headers: Record<string, string>, waitMs: number]>([
  [{ "retry-after": "30" }, 30_000],
  [{ "retry-after": "Thu, 01 Jan 2026 00:10:00 GMT" }, 600_000],
  [{ "x-ratelimit-reset": "1, 1419704" }, 1_000],
  [{ "retry-after": "soon" }, 60_000],
  [{}, 60_000],
])("one who is asked too much says when to come back: %j", async (headers, waitMs) => {
  const world = worldOf(configs.brave ?? {}, () => json({}, 429, headers));
  const fault = await world.fault({ query: "x" });
  expect([fault.kind, fault.retryAt]).toEqual(["limited", world.clock.now() + waitMs]);
});

test.each<[config: Partial<Config>, host: string]>([
  [{ braveKey: "a", tavilyKey: "b", url: "http://own.example" }, "api.search.brave.com"],
  [{ tavilyKey: "b", url: "http://own.example" }, "api.tavily.com"],
  [{ url: "http://own.example" }, "own.example"],
  [{}, "html.duckduckgo.com"],
])("left to itself it asks the first that is set up: %j", async (config, host) => {
  const world = worldOf(config, () => json({}));
  await world.fault({ query: "x" });
  expect(world.seen.map(({ url }) => url.host)).toEqual([host]);
});

test.each<[provider: Config["provider"], hint: string]>([
  ["brave", "Set tools.web_search.braveKey."],
  ["tavily", "Set tools.web_search.tavilyKey."],
  ["searxng", "Set tools.web_search.url."],
])("%s chosen and not set up is said before anything is sent", async (provider, hint) => {
  const world = worldOf({ provider }, () => json({}));
  const fault = await world.fault({ query: "x" });
  expect([fault.kind, fault.hint, world.seen]).toEqual(["config", hint, []]);
});

test("only pages of the site that is named come, whatever the engine says", async () => {
  const world = worldOf(configs.tavily ?? {}, good.tavily);
  expect(await world.search({ query: "x", site: "Otters.example" })).toStartWith('[1 result for "x"');
  expect(await world.search({ query: "x", site: "ers.example" })).toStartWith('[No results for "x"');
});

test("what the house denies stays denied", async () => {
  const denied = () => Promise.reject(new HouseFault("denied", "egress.leak", "It holds a secret."));
  const tool = activate({ config: { provider: "duckduckgo" }, clock: createFakeClock(0) } as never);
  expect(
    await tool.execute({ query: "x" }, createToolCall({ fetch: denied })).then(
      () => "",
      (fault: Fault) => fault.code,
    ),
  ).toBe("egress.leak");
});

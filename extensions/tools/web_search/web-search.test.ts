import { describe, expect, test } from "bun:test";
import type { Fault, Fetch } from "@homarus/sdk";
import { createToolCall, runContract, toolContract } from "@homarus/sdk/testing";
import { activate } from "./index.ts";
import manifest from "./manifest.ts";

type Config = Parameters<typeof activate>[0]["config"];

interface Asked {
  readonly url: URL;
  readonly init: RequestInit | undefined;
}

const hit = { title: "A <b>title</b>", url: "https://example.org/one", published: "2026-11-01" };
const json = (value: unknown) => new Response(JSON.stringify(value));
const page = `<div class="results">
  <a rel="nofollow" class="result__a" href="//duckduckgo.com/l/?uddg=https%3A%2F%2Fexample.org%2Fone&amp;rut=1">A <b>title</b></a>
  <a class="result__snippet" href="#">What it &amp; others say</a>
  <a class="result__a" href="https://duckduckgo.com/y.js?ad=1">An advertisement</a></div>`;

const engines: readonly [name: string, config: Partial<Config>, answer: () => Response, host: string][] = [
  [
    "Brave",
    { braveKey: "brave-key" },
    () => json({ web: { results: [{ ...hit, description: "What it &amp; others say" }, { url: "javascript:x" }] } }),
    "api.search.brave.com",
  ],
  ["Tavily", { tavilyKey: "tavily-key" }, () => json({ results: [{ ...hit, content: "Words" }] }), "api.tavily.com"],
  ["SearXNG", { url: "http://10.0.0.2:8888/" }, () => json({ results: [{ ...hit, content: "W" }] }), "10.0.0.2:8888"],
  ["DuckDuckGo", {}, () => new Response(page), "html.duckduckgo.com"],
];

function open(config: Partial<Config>, answer: () => Response) {
  const asked: Asked[] = [];
  const fetch: Fetch = async (input, init) => {
    init?.signal?.throwIfAborted();
    asked.push({ url: new URL(String(input)), init });
    return answer();
  };
  const context = { config: { provider: "auto", ...config }, fetch, clock: { now: () => 1_000 } };
  return { asked, fetch, tool: activate(context as unknown as Parameters<typeof activate>[0]) };
}

async function textOf(config: Partial<Config>, answer: () => Response, query = "cats") {
  const { asked, tool } = open(config, answer);
  const [block] = (await tool.execute({ query }, createToolCall())).content;
  return { asked, text: block?.type === "text" ? block.text : "" };
}

const faultOf = (config: Partial<Config>, answer: () => Response) =>
  textOf(config, answer).then(
    () => undefined,
    (fault: Fault) => fault,
  );

// The engine is reached by the extension's own fetch, since a SearXNG may stand in the house; for the contract it leads
// over the call, so that what it does is seen.
for (const [name, config, answer] of engines)
  runContract({ describe, test }, toolContract, {
    title: `web_search by ${name}`,
    capabilities: [],
    open: async () => {
      const { fetch } = open(config, answer);
      let current = createToolCall({ fetch });
      const tool = activate({
        ...{ config: { provider: "auto", ...config }, clock: { now: () => 1_000 } },
        fetch: ((input, init) => current.fetch(input, init)) as Fetch,
      } as unknown as Parameters<typeof activate>[0]);
      const call = (signal?: AbortSignal) => {
        current = createToolCall({ fetch, ...(signal ? { signal } : {}) });
        return current;
      };
      const dispose = async () => undefined;
      return {
        tool: tool as never,
        manifest,
        samples: [{ query: "cats" }],
        hopeless: [],
        call,
        [Symbol.asyncDispose]: dispose,
      };
    },
  });

test.each(engines)("%s is asked and what it finds is read", async (name, config, answer, host) => {
  const { asked, text } = await textOf(config, answer);
  expect(asked.map(({ url }) => url.host)).toEqual([host]);
  expect(text).toStartWith("1. A title");
  expect(text).toContain("   https://example.org/one");
  expect(text).toContain(name);
  expect(text).not.toMatch(/2\. |javascript:|advertisement|brave-key|tavily-key/);
});

test("a key goes into a header and never into the address", async () => {
  const { asked } = await textOf({ braveKey: "brave-key" }, engines[0]?.[2] ?? Response.error);
  expect(asked[0]?.url.href).not.toContain("brave-key");
  expect(new Headers(asked[0]?.init?.headers).get("x-subscription-token")).toBe("brave-key");
});

test("count, freshness and site become the engine's own words", async () => {
  const { asked, tool } = open({ braveKey: "k" }, () => json({ web: { results: [] } }));
  const input = { query: "cats", count: 3, freshness: "week", site: "example.org" } as const;
  const [block] = (await tool.execute(input, createToolCall())).content;
  expect(Object.fromEntries(asked[0]?.url.searchParams ?? [])).toEqual({
    ...{ q: "cats site:example.org", count: "3", freshness: "pw" },
  });
  expect(block?.type === "text" && block.text).toBe('Brave finds nothing for "cats".');
});

describe("what goes wrong says what to do:", () => {
  const status =
    (code: number, headers = {}) =>
    () =>
      new Response("no", { status: code, headers });
  test.each<[string, Partial<Config>, () => Response, string, string]>([
    ["an engine without its key", { provider: "brave" }, status(200), "config", "tools.web_search.braveKey"],
    ["a refused key", { braveKey: "k" }, status(401), "auth", "tools.web_search"],
    ["a failing engine", { tavilyKey: "k" }, status(503), "unavailable", "Try again later"],
    ["an answer that is none", { tavilyKey: "k" }, () => new Response("<html>"), "unavailable", "Try again later"],
    ["JSON without results", { tavilyKey: "k" }, () => json({ error: 1 }), "unavailable", "Try again later"],
    ["a question for a person", {}, () => new Response('<form id="challenge-form">'), "unavailable", "another engine"],
  ])("%s", async (_, config, answer, kind, hint) => {
    const fault = await faultOf(config, answer);
    expect(fault).toMatchObject({ kind });
    expect(fault?.hint).toContain(hint);
  });

  test("a limit says until when", async () => {
    const fault = await faultOf({ braveKey: "k" }, status(429, { "retry-after": "7" }));
    expect(fault).toMatchObject({ kind: "limited", retryAt: 8_000 });
  });
});

// Searches by the engine that is set up, and hands over what it found as a numbered list.
import { type Activate, Fault, textOutput } from "@homarus/sdk";
import { brave } from "./backends/brave.ts";
import { duckduckgo } from "./backends/duckduckgo.ts";
import { searxng } from "./backends/searxng.ts";
import { tavily } from "./backends/tavily.ts";
import type manifest from "./manifest.ts";
import type { Engine, Found } from "./search.ts";

const mostBytes = 3_000_000;
const countDefault = 8;

export const activate: Activate<typeof manifest> = ({ config, fetch, clock }) => ({
  preview: ({ query }) => `Search the web for ${query.replace(/\s+/g, " ").slice(0, 180)}`,
  async execute({ query, count = countDefault, freshness, site }, call) {
    const engine = engineOf(config);
    const words = site === undefined ? query : `${query} site:${site.replace(/\s/g, "")}`;
    const { url, init } = engine.request({ query: words, count, freshness });
    const response = await fetch(url, { ...init, signal: call.signal });
    const body = await response.text();
    if (!response.ok) throw refused(engine, response, clock.now());
    const found = read(engine, body.slice(0, mostBytes)).slice(0, count);
    if (found.length === 0) return textOutput(`${engine.name} finds nothing for ${JSON.stringify(query)}.`);
    return textOutput(`${found.map(lineOf).join("\n\n")}\n\n(${engine.name}; web_fetch reads a page.)`);
  },
});

type Config = Parameters<typeof activate>[0]["config"];

function engineOf({ provider, braveKey, tavilyKey, url }: Config): Engine {
  if (braveKey && (provider === "auto" || provider === "brave")) return brave(braveKey);
  if (tavilyKey && (provider === "auto" || provider === "tavily")) return tavily(tavilyKey);
  if (url && (provider === "auto" || provider === "searxng")) return searxng(url);
  if (provider === "auto" || provider === "duckduckgo") return duckduckgo;
  const field = { brave: "braveKey", tavily: "tavilyKey", searxng: "url" }[provider];
  throw new Fault("config", "web_search.incomplete", `The search engine ${provider} is chosen and not set up.`, {
    hint: `The owner sets tools.web_search.${field}.`,
  });
}

function read(engine: Engine, body: string): readonly Found[] {
  try {
    return engine.read(body);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Fault("unavailable", "web_search.answer", `The answer of ${engine.name} cannot be read: ${why}.`, {
      cause,
      hint: "Try again later. The owner can set up another engine: Brave, Tavily or a SearXNG of their own.",
    });
  }
}

function refused({ name }: Engine, response: Response, now: number): Fault {
  const { status } = response;
  if (status === 401 || status === 403)
    return new Fault("auth", "web_search.key", `${name} refused the key, or the request (${status}).`, {
      hint: "The owner checks the key under tools.web_search, or the engine's settings.",
    });
  if (status === 429) {
    const seconds = Number(response.headers.get("retry-after")) || 60;
    return new Fault("limited", "web_search.rate", `${name} asks to wait ${seconds} s.`, {
      retryAt: now + seconds * 1000,
    });
  }
  return new Fault("unavailable", "web_search.status", `${name} answered ${status}.`, { hint: "Try again later." });
}

function lineOf({ title, url, text, age }: Found, index: number): string {
  return [`${index + 1}. ${title}${age ? ` (${age})` : ""}`, `   ${url}`, ...(text ? [`   ${text}`] : [])].join("\n");
}

// Searches the web by the engine of the owner's choice. Keys go to the engine's own host alone: the context's fetch
// reaches no other.
import { type Activate, Fault, type InferSchema, textOutput } from "@homarus/sdk";
import { ask } from "./ask.ts";
import { brave } from "./brave.ts";
import { duckduckgo } from "./duckduckgo.ts";
import type { Engine, Found, Search } from "./engine.ts";
import type manifest from "./manifest.ts";
import { searxng } from "./searxng.ts";
import { tavily } from "./tavily.ts";

type Config = InferSchema<(typeof manifest)["config"]>;

const usualCount = 8;
const most = { title: 200, url: 1_000, age: 60, snippet: 600 } as const;

export const activate: Activate<typeof manifest> = ({ config, fetch, clock }) => ({
  async execute({ query, count = usualCount, country, ...more }, call) {
    call.signal.throwIfAborted();
    const engine = engineOf(config);
    const search = {
      ...more,
      query: query.trim(),
      count,
      ...(country && { country: country.toUpperCase() }),
    } as Search;
    // What goes by no key goes the way of every tool's request, which looks for secrets in it.
    const asking = engine === duckduckgo ? call.fetch : fetch;
    const found = await ask(engine, search, { fetch: asking, signal: call.signal, now: clock.now });
    const results = fitting(found, search);
    const head = `${results.length || "No"} result${results.length === 1 ? "" : "s"} for ${JSON.stringify(search.query)} by ${engine.name}`;
    return textOutput([`[${head}]`, ...results.map(written)].join("\n\n"));
  },
  preview({ query, site }) {
    return `Search the web for ${query.replace(/\s+/g, " ").slice(0, 120)}${site ? ` on ${site.slice(0, 50)}` : ""}`;
  },
});

/** Throws a `config` Fault where what the owner chose lacks what it needs. */
function engineOf({ provider, braveKey, tavilyKey, url }: Config): Engine {
  const ready = {
    brave: braveKey === undefined ? undefined : brave(braveKey),
    tavily: tavilyKey === undefined ? undefined : tavily(tavilyKey),
    searxng: url === undefined ? undefined : searxng(url),
    duckduckgo,
  };
  const engine = provider === "auto" ? (ready.brave ?? ready.tavily ?? ready.searxng ?? duckduckgo) : ready[provider];
  if (engine) return engine;
  throw new Fault("config", "web_search.unset", `The search by ${provider} is chosen and not set up.`, {
    hint: provider === "searxng" ? "Set tools.web_search.url." : `Set tools.web_search.${provider}Key.`,
  });
}

/** Pages only, each once, and of the host that was asked for. */
function fitting(found: readonly Found[], { count, site }: Search): readonly Found[] {
  const seen = new Set<string>();
  return found
    .filter(({ url }) => {
      if (seen.has(url) || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return false;
      seen.add(url);
      const host = new URL(url).hostname;
      const wanted = site?.toLowerCase();
      return wanted === undefined || host === wanted || host.endsWith(`.${wanted}`);
    })
    .slice(0, count);
}

function written({ title, url, age, snippet }: Found, index: number): string {
  const lines = [
    `${index + 1}. ${cut(title, most.title) || "(no title)"}`,
    cut(new URL(url).href, most.url),
    ...[age && cut(age, most.age), cut(snippet, most.snippet)].filter((line) => line),
  ];
  return lines.join("\n   ");
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1).toWellFormed()}…` : text;
}

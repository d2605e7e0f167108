import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "web_search",
  kind: "tool",
  title: "Search the web",
  description: "Searches the web with Brave, Tavily, SearXNG or DuckDuckGo, whichever the owner has set up.",
  since: "0.1",
  permissions: { hosts: ["api.search.brave.com", "api.tavily.com", "html.duckduckgo.com", "{config.url}"] },
  group: "web",
  effects: { reads: false, writes: false, executes: false, network: true },
  words: "foreign",
  idempotent: true,
  parallel: true,
  timeoutMs: 30_000,
  config: s.object({
    provider: s.withDefault(
      s.choice(["auto", "brave", "tavily", "searxng", "duckduckgo"], {
        title: "Search engine",
        help: "auto takes the one whose key or address is there, and else DuckDuckGo, which needs neither.",
      }),
      "auto",
    ),
    braveKey: s.optional(
      s.secret({ title: "Key of Brave", help: "From https://brave.com/search/api. Write ${BRAVE_API_KEY}." }),
    ),
    tavilyKey: s.optional(
      s.secret({ title: "Key of Tavily", help: "From https://app.tavily.com. Write ${TAVILY_API_KEY}." }),
    ),
    url: s.optional(
      s.string({ title: "Your SearXNG", help: "Its address; its settings must allow the format json.", format: "uri" }),
    ),
  }),
  input: s.object({
    query: s.string({ help: "What to look for, as one would type it.", minLength: 1, maxLength: 400 }),
    count: s.optional(s.integer({ help: "How many results, 8 when absent.", min: 1, max: 20 })),
    freshness: s.optional(s.choice(["day", "week", "month", "year"], { help: "Only what is not older." })),
    site: s.optional(s.string({ help: "Only pages of this host.", maxLength: 200 })),
  }),
});

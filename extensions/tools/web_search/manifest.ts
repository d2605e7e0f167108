import { defineManifest, s } from "@homarus/sdk";

export default defineManifest({
  id: "web_search",
  kind: "tool",
  title: "Search the web",
  description: "Searches the web by Brave, Tavily, a SearXNG of your own, or DuckDuckGo.",
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
        title: "Search by",
        help: "`auto`: the first that has a key, else SearXNG where its address is given, else DuckDuckGo.",
      }),
      "auto",
    ),
    braveKey: s.optional(
      s.secret({
        title: "Key of Brave",
        help: "From https://api-dashboard.search.brave.com, for example ${BRAVE_API_KEY}.",
      }),
    ),
    tavilyKey: s.optional(
      s.secret({ title: "Key of Tavily", help: "From https://app.tavily.com, for example ${TAVILY_API_KEY}." }),
    ),
    url: s.optional(
      s.string({
        title: "Address of SearXNG",
        help: "For example http://192.168.1.20:8080; it may be in your own network. Its settings must allow the format json.",
        format: "uri",
      }),
    ),
  }),
  input: s.object({
    query: s.string({ help: "What to look for, as one types it into a search box.", minLength: 1, maxLength: 400 }),
    count: s.optional(s.integer({ help: "Results wanted. Absent is 8.", min: 1, max: 20 })),
    freshness: s.optional(s.choice(["day", "week", "month", "year"], { help: "Only pages no older than that." })),
    language: s.optional(s.string({ help: "Two letters, such as de.", pattern: /^[a-z]{2}$/ })),
    country: s.optional(s.string({ help: "Two letters, such as AT.", pattern: /^[A-Za-z]{2}$/ })),
    site: s.optional(
      s.string({
        help: "Only pages of this host, such as example.org.",
        pattern: /^[\w-]+(\.[\w-]+)+$/,
        maxLength: 200,
      }),
    ),
  }),
});

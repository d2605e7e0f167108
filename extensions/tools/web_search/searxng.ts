// SearXNG, a search engine one runs oneself: https://docs.searxng.org/dev/search_api.html. Pure.
import { type Engine, foundIn, withSite } from "./engine.ts";

export function searxng(address: string): Engine {
  return {
    name: "SearXNG",
    help: "See that the SearXNG at tools.web_search.url runs, and that its settings.yml allows json under search.formats.",
    request(search) {
      const { language, country, freshness } = search;
      const url = new URL("search", address.endsWith("/") ? address : `${address}/`);
      url.searchParams.set("q", withSite(search));
      url.searchParams.set("format", "json");
      if (language) url.searchParams.set("language", country ? `${language}-${country}` : language);
      if (freshness) url.searchParams.set("time_range", freshness);
      return { url: url.href, init: { headers: { accept: "application/json" } } };
    },
    read: (text) =>
      foundIn(
        text,
        (answer) => answer.results,
        ({ title, url, content, publishedDate }) => ({ title, url, snippet: content, age: publishedDate }),
      ),
    refusal: (status) => (status === 403 ? "format" : undefined),
  };
}

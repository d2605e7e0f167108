// Tavily: https://docs.tavily.com/documentation/api-reference/endpoint/search. It knows no language. Pure.
import { type Engine, foundIn } from "./engine.ts";

export function tavily(key: string): Engine {
  return {
    name: "Tavily",
    help: "Get a key at https://app.tavily.com and set tools.web_search.tavilyKey.",
    request: ({ query, count, freshness, country, site }) => ({
      url: "https://api.tavily.com/search",
      init: {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
        body: JSON.stringify({
          ...{ query, max_results: count, search_depth: "basic" },
          ...(freshness && { time_range: freshness }),
          ...(country && { country: countryName(country) }),
          ...(site && { include_domains: [site] }),
        }),
      },
    }),
    read: (text) =>
      foundIn(
        text,
        (answer) => answer.results,
        ({ title, url, content, published_date }) => ({ title, url, snippet: content, age: published_date }),
      ),
    // 432 and 433: the plan, or what was paid for, is used up.
    refusal: (status) => (status === 432 || status === 433 ? "limited" : status === 400 ? "request" : undefined),
  };
}

/** Countries go by their English names, lower case. */
function countryName(code: string): string {
  return (new Intl.DisplayNames(["en"], { type: "region" }).of(code) ?? code).toLowerCase();
}

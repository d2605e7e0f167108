// SearXNG, on a machine of the owner's. Source: https://docs.searxng.org/dev/search_api.html.
import { type Engine, foundIn, rowsIn } from "../search.ts";

export function searxng(address: string): Engine {
  return {
    name: "SearXNG",
    request({ query, freshness }) {
      const ask = new URLSearchParams({ q: query, format: "json", ...(freshness && { time_range: freshness }) });
      return { url: `${address.replace(/\/+$/, "")}/search?${ask}`, init: { headers: { accept: "application/json" } } };
    },
    read: (body) => foundIn(rowsIn(JSON.parse(body), "results"), { text: "content", age: "publishedDate" }),
  };
}

// Tavily. Source: https://docs.tavily.com/documentation/api-reference/endpoint/search.
import { type Engine, foundIn, rowsIn } from "../search.ts";

export function tavily(key: string): Engine {
  return {
    name: "Tavily",
    request({ query, count, freshness }) {
      const body = JSON.stringify({ query, max_results: count, ...(freshness && { time_range: freshness }) });
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
      return { url: "https://api.tavily.com/search", init: { method: "POST", headers, body } };
    },
    read: (body) => foundIn(rowsIn(JSON.parse(body), "results"), { text: "content", age: "published_date" }),
  };
}

// Brave Search. Source: https://api-dashboard.search.brave.com/app/documentation/web-search.
import { type Engine, foundIn, rowsIn } from "../search.ts";

const freshness = { day: "pd", week: "pw", month: "pm", year: "py" } as const;

export function brave(key: string): Engine {
  return {
    name: "Brave",
    request({ query, count, freshness: since }) {
      const ask = new URLSearchParams({
        q: query,
        count: String(count),
        ...(since && { freshness: freshness[since] }),
      });
      const headers = { accept: "application/json", "x-subscription-token": key };
      return { url: `https://api.search.brave.com/res/v1/web/search?${ask}`, init: { headers } };
    },
    read: (body) => foundIn(rowsIn(JSON.parse(body), "web", "results"), { text: "description", age: "age" }),
  };
}

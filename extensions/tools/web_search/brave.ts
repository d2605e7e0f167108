// Brave Search: https://api-dashboard.search.brave.com/app/documentation/web-search/get-started. Pure.
import { type Engine, foundIn, isRecord, withSite } from "./engine.ts";

const freshness = { day: "pd", week: "pw", month: "pm", year: "py" } as const;
/** Languages that Brave writes in another way than ISO 639. */
const languages: Readonly<Record<string, string>> = { ja: "jp", zh: "zh-hans", pt: "pt-pt", no: "nb" };

export function brave(key: string): Engine {
  return {
    name: "Brave",
    help: "Get a key at https://api-dashboard.search.brave.com and set tools.web_search.braveKey.",
    request(search) {
      const url = new URL("https://api.search.brave.com/res/v1/web/search");
      url.searchParams.set("q", withSite(search));
      url.searchParams.set("count", String(search.count));
      url.searchParams.set("result_filter", "web");
      url.searchParams.set("text_decorations", "false");
      if (search.freshness) url.searchParams.set("freshness", freshness[search.freshness]);
      if (search.country) url.searchParams.set("country", search.country);
      if (search.language) url.searchParams.set("search_lang", languages[search.language] ?? search.language);
      return { url: url.href, init: { headers: { accept: "application/json", "x-subscription-token": key } } };
    },
    // Without a hit there is no `web` in the answer.
    read: (text) =>
      foundIn(
        text,
        (answer) =>
          isRecord(answer.web) ? answer.web.results : "query" in answer || answer.type === "search" ? [] : undefined,
        ({ title, url, description, age, page_age }) => ({ title, url, snippet: description, age: age ?? page_age }),
      ),
    // A wrong key is a 422 here, like a field it does not take.
    refusal(status, text) {
      if (status === 422) return text.includes("SUBSCRIPTION_TOKEN") ? "auth" : "request";
      return status === 402 ? "limited" : undefined;
    },
  };
}

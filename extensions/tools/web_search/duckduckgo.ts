// DuckDuckGo's page for browsers without scripts. It is no API: it changes without notice, and turns away who asks often.
// Pure.
import { allOf, type HtmlElement, oneLine, readHtml, textOf } from "@homarus/sdk/html";
import { type Engine, type Found, withSite } from "./engine.ts";

const address = "https://html.duckduckgo.com/html/";
const freshness = { day: "d", week: "w", month: "m", year: "y" } as const;

export const duckduckgo: Engine = {
  name: "DuckDuckGo",
  help: "Set up Brave, Tavily or SearXNG under tools.web_search: DuckDuckGo turns programs away.",
  request(search) {
    const { language, country } = search;
    const form = new URLSearchParams({ q: withSite(search) });
    if (country) form.set("kl", `${country === "GB" ? "uk" : country.toLowerCase()}-${language ?? "en"}`);
    if (search.freshness) form.set("df", freshness[search.freshness]);
    return {
      url: address,
      init: {
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "user-agent": "Mozilla/5.0 (compatible; Homarus)",
          ...(language && { "accept-language": language }),
        },
        body: form.toString(),
      },
    };
  },
  read(text) {
    const root = readHtml(text);
    const blocks = allOf(root, (element) => hasClass(element, "result") && !hasClass(element, "result--ad"));
    const found = blocks.flatMap(foundIn);
    if (found.length > 0) return found;
    const says = (name: string) => allOf(root, (element) => hasClass(element, name)).length > 0;
    return says("no-results") || says("result--no-result") ? [] : undefined;
  },
  // The page that asks whether one is human comes with 200 or 202.
  refusal: (status, text) =>
    status === 202 || status === 403 || /anomaly[-_]?modal|anomaly\.js/i.test(text) ? "blocked" : undefined,
};

function foundIn(block: HtmlElement): Found[] {
  const [link] = allOf(block, (element) => element.name === "a" && hasClass(element, "result__a"));
  const url = target(link?.attributes.get("href"));
  if (!link || !url) return [];
  const [snippet] = allOf(block, (element) => hasClass(element, "result__snippet"));
  return [{ title: oneLine(textOf(link)), url, snippet: snippet ? oneLine(textOf(snippet)) : "" }];
}

/** The address behind DuckDuckGo's own; advertisements go by y.js and have none. */
function target(href: string | undefined): string | undefined {
  if (!href || !URL.canParse(href, address)) return undefined;
  const url = new URL(href, address);
  if (!/(?:^|\.)duckduckgo\.com$/.test(url.hostname)) return url.href;
  return url.searchParams.get("uddg") ?? undefined;
}

function hasClass({ attributes }: HtmlElement, name: string): boolean {
  return (attributes.get("class") ?? "").split(/\s+/).includes(name);
}

// DuckDuckGo by its page for browsers without scripts: there is no key, and it may ask whether one is a person. No document
// promises the shape of that page.
import { type Engine, type Found, plain } from "../search.ts";

const freshness = { day: "d", week: "w", month: "m", year: "y" } as const;

export const duckduckgo: Engine = {
  name: "DuckDuckGo",
  request({ query, freshness: since }) {
    const body = new URLSearchParams({ q: query, ...(since && { df: freshness[since] }) }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
    return { url: "https://html.duckduckgo.com/html/", init: { method: "POST", headers, body } };
  },
  read(body) {
    if (/anomaly-modal|challenge-form/i.test(body)) throw new Error("it wants to know whether this is a person");
    const links = [...body.matchAll(/<a\b[^>]*class="[^"]*\bresult__a\b[^"]*"[^>]*>([\s\S]{0,2000}?)<\/a>/gi)];
    if (links.length === 0 && !/no-results|class="results"/i.test(body))
      throw new Error("there is no list of results in it");
    return links.flatMap((link, index): Found[] => {
      const url = targetOf(/\bhref="([^"]{1,4000})"/i.exec(link[0])?.[1] ?? "");
      const rest = body.slice((link.index ?? 0) + link[0].length, links[index + 1]?.index ?? body.length);
      const text =
        /class="[^"]*\bresult__snippet\b[^"]*"[^>]*>([\s\S]{0,4000}?)<\/(?:a|div|td)>/i.exec(rest)?.[1] ?? "";
      return url === undefined ? [] : [{ title: words(link[1] ?? "", 200) || url, url, text: words(text, 500) }];
    });
  },
};

/** Links lead over a page of theirs that counts; what they are for stands in `uddg`. */
function targetOf(href: string): string | undefined {
  const url = URL.parse(decoded(href), "https://duckduckgo.com");
  const target = url?.searchParams.get("uddg") ?? url?.href;
  return target && /^https?:\/\//i.test(target) && !/^https?:\/\/duckduckgo\.com\/y\.js/i.test(target)
    ? target
    : undefined;
}

function words(html: string, most: number): string {
  return plain(decoded(html.replace(/<[^>]*>/g, "")), most);
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  "#x27": "'",
  "#39": "'",
  nbsp: " ",
};

function decoded(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => entities[name.toLowerCase()] ?? whole);
}

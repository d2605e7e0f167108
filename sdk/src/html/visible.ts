// Leaves out of a page's tree what nobody who looks at the page sees: hidden words are a way to speak to a model behind
// its owner's back. What only a script or a distant style sheet hides is not known here. Pure.
import type { HtmlElement, HtmlNode } from "./read.ts";
import { allOf, textOf } from "./tree.ts";

/** Classes that hide by the custom of wide-spread style sheets. */
const hidingClasses = ["sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "d-none"];
const hidingStyle =
  /(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|opacity\s*:\s*(?:0?\.)?0+%?\s*(?:;|!|$)|font-size\s*:\s*(?:0?\.)?0+(?:[a-z]{1,4}|%)?\s*(?:;|!|$)|(?:max-)?(?:width|height)\s*:\s*[01]?(?:\.0+)?(?:px)?\s*(?:;|!|$)|(?:left|top|right|bottom|text-indent|margin-left|margin-top)\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[\s,]|clip-path\s*:\s*(?:inset\(\s*(?:50|100)%|circle\(\s*0)|transform\s*:\s*scale\(\s*0\s*\)|color\s*:\s*transparent)/i;
const mostRules = 2000;
/** Characters of a style that are looked at. */
const mostStyle = 20_000;

interface Hiding {
  readonly classes: ReadonlySet<string>;
  readonly ids: ReadonlySet<string>;
}

/** The same tree without what is hidden. */
export function visible(root: HtmlElement): HtmlElement {
  const hiding = hidingRules(root);
  const copied = (element: HtmlElement): HtmlElement => ({
    ...element,
    children: element.children.flatMap((child): HtmlNode[] =>
      typeof child === "string" ? [child] : isHidden(child, hiding) ? [] : [copied(child)],
    ),
  });
  return copied(root);
}

function isHidden({ name, attributes }: HtmlElement, { classes, ids }: Hiding): boolean {
  const hidden = attributes.get("hidden");
  if (hidden !== undefined && hidden.toLowerCase() !== "until-found") return true;
  if (attributes.get("aria-hidden")?.toLowerCase() === "true") return true;
  if (name === "input" && attributes.get("type")?.toLowerCase() === "hidden") return true;
  if (hidingStyle.test((attributes.get("style") ?? "").slice(0, mostStyle))) return true;
  if (ids.has(attributes.get("id") ?? "")) return true;
  return (attributes.get("class") ?? "").split(/\s+/).some((word) => classes.has(word));
}

/** Rules of the page's own style sheets that hide a class or an id everywhere; those for some screens do not count. */
function hidingRules(root: HtmlElement): Hiding {
  const classes = new Set(hidingClasses);
  const ids = new Set<string>();
  const sheets = allOf(root, ({ name }) => name === "style").map(textOf);
  for (const { selectors, declarations } of sheets.flatMap(rulesOf).slice(0, mostRules)) {
    if (!hidingStyle.test(declarations.slice(0, mostStyle))) continue;
    for (const selector of selectors.split(",")) {
      const [, mark, name] = /^\s*(?:[a-z]+)?([.#])([\w-]+)\s*$/i.exec(selector) ?? [];
      if (name) (mark === "." ? classes : ids).add(name);
    }
  }
  return { classes, ids };
}

/** Rules that stand in no block of another one. */
function rulesOf(written: string): { readonly selectors: string; readonly declarations: string }[] {
  const sheet = written.replace(/\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\//g, "");
  const rules: { selectors: string; declarations: string }[] = [];
  let depth = 0;
  let selectors = "";
  let from = 0;
  for (const { 0: brace, index } of sheet.matchAll(/[{};]/g)) {
    const part = sheet.slice(from, index);
    if (brace === ";" && depth > 0) continue;
    if (brace === "{" && depth++ === 0) selectors = part;
    if (brace === "}" && --depth === 0 && !selectors.includes("@")) rules.push({ selectors, declarations: part });
    depth = Math.max(0, depth);
    from = index + 1;
  }
  return rules;
}

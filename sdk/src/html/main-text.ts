// Finds the text that a page is about, and leaves out what stands around it: menus, banners, footers, boxes that ask for
// consent or an address. It errs on the side of too much. Pure.
import type { HtmlElement, HtmlNode } from "./read.ts";
import { allOf, isElement, oneLine, outermostOf, textOf } from "./tree.ts";
import { visible } from "./visible.ts";

/** No text for readers. */
const machinery = new Set([
  ...["script", "style", "template", "noscript", "svg", "math", "head", "title", "iframe", "object", "canvas"],
  ...["audio", "video", "select", "textarea", "button", "dialog", "noembed", "noframes", "datalist"],
]);
const surroundings = new Set(["nav", "footer", "aside"]);
const surroundingRoles = new Set([
  ...["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu", "menubar"],
]);
/** Names of boxes that are not what a page is about, as sites call them. */
const boxNames =
  /(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|subscri(?:be|ption)|paywall|breadcrumbs?|social|share|sharing|related|recommend(?:ed|ations?)|sponsor(?:ed)?|advert(?:isement|s)?|popup|modal|skip-?link|navbar|sidebar|site-?(?:header|footer|nav))(?:$|[\s_-])/i;
/** A part with less text than this is not taken for the text of the page. */
const leastText = 200;
/** A box by its name, or a form, with more than this share of the page's words is the page itself. */
const mostOfPage = 0.4;
/** Characters outside of links, by which a page is more than a list of links. */
const fewSentences = 1000;
const menus = new Set(["div", "section", "ul", "ol"]);
/** A child with so much of the words outside links is where the text stands. */
const clearlyMore = 0.8;

interface Weight {
  readonly all: number;
  readonly linked: number;
}

/** Parts of the page in the order to be tried: the first that gives enough text is it, else the last. */
export function mainParts(root: HtmlElement): readonly (readonly HtmlNode[])[] {
  const seen = without(visible(root), ({ name }) => machinery.has(name));
  const weights = weigh(seen);
  const narrow = without(seen, (element, inMain) => isAround(element, inMain, weights));
  const named = mainElement(narrow);
  return [...(named ? [named.children] : []), densest(narrow).children, narrow.children, seen.children];
}

export function isEnough(text: string): boolean {
  return text.length >= leastText;
}

function mainElement(root: HtmlElement): HtmlElement | undefined {
  const main = outermostOf(root, isMain).find((element) => isEnough(oneLine(textOf(element))));
  if (main) return main;
  const articles = outermostOf(root, ({ name }) => name === "article");
  return articles.length === 1 ? articles[0] : undefined;
}

function isMain({ name, attributes }: HtmlElement): boolean {
  return name === "main" || attributes.get("role")?.toLowerCase() === "main";
}

function without(root: HtmlElement, isLeftOut: (element: HtmlElement, inMain: boolean) => boolean): HtmlElement {
  const copied = (element: HtmlElement, inMain: boolean): HtmlElement => {
    const within = inMain || isMain(element) || element.name === "article";
    return {
      name: element.name,
      attributes: element.attributes,
      children: element.children.flatMap((child): HtmlNode[] =>
        !isElement(child) ? [child] : isLeftOut(child, within) ? [] : [copied(child, within)],
      ),
    };
  };
  return copied(root, false);
}

function isAround(element: HtmlElement, inMain: boolean, weights: Weights): boolean {
  const { name, attributes } = element;
  const role = attributes.get("role")?.toLowerCase() ?? "";
  if (surroundings.has(name) || surroundingRoles.has(role)) return true;
  // A header in an article holds its headline; one around the page has the menus.
  if (name === "header") return !inMain && !holdsHeadline(element);
  if (isMain(element) || name === "article" || name === "body" || name === "html") return false;
  const isBox = boxNames.test(`${attributes.get("id") ?? ""} ${attributes.get("class") ?? ""}`);
  const { all, linked } = weights.of(element);
  if (all >= mostOfPage * weights.whole.all) return false;
  return isBox || name === "form" || (!inMain && menus.has(name) && isMenu(all, linked, weights.whole));
}

/** Nearly nothing but links, on a page that has sentences. */
function isMenu(all: number, linked: number, whole: Weight): boolean {
  return linked > 0.8 * all && linked > 40 && whole.all - whole.linked > fewSentences;
}

function holdsHeadline(header: HtmlElement): boolean {
  return allOf(header, ({ name }) => name === "h1").length > 0 && allOf(header, ({ name }) => name === "a").length < 5;
}

/** The innermost element that still holds nearly all words outside of links. */
function densest(root: HtmlElement): HtmlElement {
  const weights = weigh(root);
  const plain = (element: HtmlElement): number => weights.of(element).all - weights.of(element).linked;
  const all = plain(root);
  let inner = root;
  for (;;) {
    const next = inner.children.find(
      (child): child is HtmlElement =>
        isElement(child) && containers.has(child.name) && plain(child) > clearlyMore * all,
    );
    if (!next) return inner;
    inner = next;
  }
}

const containers = new Set(["html", "body", "div", "section", "center", "form", "article", "main"]);

interface Weights {
  readonly whole: Weight;
  of(element: HtmlElement): Weight;
}

/** Characters of text inside each element, and those in links. */
function weigh(root: HtmlElement): Weights {
  const known = new Map<HtmlElement, Weight>();
  const walk = (element: HtmlElement): Weight => {
    let all = 0;
    let linked = 0;
    for (const child of element.children) {
      const weight = isElement(child) ? walk(child) : { all: oneLine(child).length, linked: 0 };
      all += weight.all;
      linked += weight.linked;
    }
    const weight = { all, linked: element.name === "a" ? all : linked };
    known.set(element, weight);
    return weight;
  };
  const whole = walk(root);
  return { whole, of: (element) => known.get(element) ?? { all: 0, linked: 0 } };
}

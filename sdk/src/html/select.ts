// Selects elements of a page by CSS selectors, in one walk: the work grows with the page times the selector and never
// faster, whatever the page is like. Types, ids, classes, attributes, places among siblings, `:not()`, all combinators.
// https://www.w3.org/TR/selectors-4/ Pure.
import type { HtmlElement } from "./read.ts";
import { type Part, parseSelector, type Selector } from "./selector.ts";

/** Elements that fit, in the order of the page. Throws an `invalid` Fault that says what of the selector is not known. */
export function selectAll(root: HtmlElement, written: string): HtmlElement[] {
  const found: HtmlElement[] = [];
  const selectors = parseSelector(written);
  const none = selectors.map(() => 0);
  const walk = (parent: HtmlElement, above: readonly number[], around: readonly number[]): void => {
    const children = parent.children.filter((child): child is HtmlElement => typeof child !== "string");
    let before = none;
    let earlier = none;
    children.forEach((element, index) => {
      const place = { index, count: children.length };
      const own = selectors.map((selector, at) =>
        fitting(selector, { element, place }, [around[at], above[at], before[at], earlier[at]]),
      );
      if (own.some((bits, at) => bits & (1 << ((selectors[at]?.length ?? 0) - 1)))) found.push(element);
      walk(
        element,
        own,
        own.map((bits, at) => bits | (around[at] ?? 0)),
      );
      before = own;
      earlier = own.map((bits, at) => bits | (earlier[at] ?? 0));
    });
  };
  walk(root, none, none);
  return found;
}

type Bits = number | undefined;

interface Placed {
  readonly element: HtmlElement;
  readonly place: { readonly index: number; readonly count: number };
}

/** One bit for each step of the selector that ends at this element. */
function fitting(
  selector: Selector,
  placed: Placed,
  states: readonly [around: Bits, above: Bits, before: Bits, earlier: Bits],
): number {
  const [around = 0, above = 0, before = 0, earlier = 0] = states;
  const reached = { " ": around, ">": above, "+": before, "~": earlier };
  return selector.reduce((bits, { by, parts }, step) => {
    const isReached = step === 0 || (reached[by] & (1 << (step - 1))) !== 0;
    return isReached && parts.every((part) => fits(part, placed)) ? bits | (1 << step) : bits;
  }, 0);
}

function fits(part: Part, placed: Placed): boolean {
  const { element, place } = placed;
  if (part.type === "name") return part.name === "*" || part.name === element.name;
  if (part.type === "not") return !part.parts.every((inner) => fits(inner, placed));
  if (part.type === "nth") {
    const index = part.fromEnd ? place.count - place.index : place.index + 1;
    const rest = index - part.offset;
    return part.step === 0 ? rest === 0 : rest % part.step === 0 && rest / part.step >= 0;
  }
  const value = element.attributes.get(part.name);
  return value !== undefined && holds(part, value);
}

function holds({ operator, value, ignoresCase }: Extract<Part, { type: "attribute" }>, written: string): boolean {
  if (operator === "") return true;
  const [own, wanted] = ignoresCase ? [written.toLowerCase(), value.toLowerCase()] : [written, value];
  if (operator === "=") return own === wanted;
  if (operator === "|=") return own === wanted || own.startsWith(`${wanted}-`);
  if (wanted === "") return false;
  if (operator === "~=") return own.split(/\s+/).includes(wanted);
  if (operator === "^=") return own.startsWith(wanted);
  return operator === "$=" ? own.endsWith(wanted) : own.includes(wanted);
}

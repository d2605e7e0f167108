// Reads a CSS selector into steps. Pure.
import { Fault } from "../errors.ts";

export type Part =
  | { readonly type: "name"; readonly name: string }
  | {
      readonly type: "attribute";
      readonly name: string;
      readonly operator: string;
      readonly value: string;
      readonly ignoresCase: boolean;
    }
  | { readonly type: "nth"; readonly step: number; readonly offset: number; readonly fromEnd: boolean }
  | { readonly type: "not"; readonly parts: readonly Part[] };

export type Combinator = " " | ">" | "+" | "~";

/** `by` says how a step follows the one before it. */
export type Selector = readonly { readonly by: Combinator; readonly parts: readonly Part[] }[];

/** The steps that matched are kept as bits of one number. */
const mostSteps = 24;
const mostSelectors = 20;

const simple =
  /([\w-]+|\*)|#([\w-]+)|\.([\w-]+)|\[\s*([\w:-]+)\s*(?:([~|^$*]?=)\s*(?:"([^"]*)"|'([^']*)'|([^\s"'\]]+))\s*(i)?\s*)?\]|:([a-z-]+)(?:\(([^()]*)\))?/iy;

export function parseSelector(written: string): readonly Selector[] {
  const selectors: Selector[] = [];
  let steps: { by: Combinator; parts: Part[] }[] = [{ by: " ", parts: [] }];
  const end = (): void => {
    if (steps.some(({ parts }) => parts.length === 0) || steps.length > mostSteps) throw unknown(written, written);
    selectors.push(steps);
    steps = [{ by: " ", parts: [] }];
  };
  for (let at = 0; at < written.length; ) {
    const between = /\s*([>+~,])\s*|\s+/y;
    between.lastIndex = at;
    const found = between.exec(written);
    if (found) {
      at = between.lastIndex;
      const isEdge = at === written.length || (steps.length === 1 && steps[0]?.parts.length === 0);
      if (found[1] === ",") end();
      else if (found[1] !== undefined || !isEdge) steps.push({ by: (found[1] ?? " ") as Combinator, parts: [] });
      continue;
    }
    const { part, next } = partAt(written, at);
    steps.at(-1)?.parts.push(part);
    at = next;
  }
  end();
  if (selectors.length > mostSelectors) throw unknown(written, written);
  return selectors;
}

function partAt(written: string, at: number): { readonly part: Part; readonly next: number } {
  simple.lastIndex = at;
  const found = simple.exec(written);
  if (!found) throw unknown(written, written.slice(at));
  const next = simple.lastIndex;
  const [, name, id, className, attribute, operator = "", double, single, bare, flag, pseudo, inside] = found;
  const attributePart = (of: string, by: string, value: string): Part => ({
    type: "attribute",
    ...{ name: of, operator: by, value, ignoresCase: flag !== undefined },
  });
  if (name !== undefined) return { part: { type: "name", name: name.toLowerCase() }, next };
  if (id !== undefined) return { part: attributePart("id", "=", id), next };
  if (className !== undefined) return { part: attributePart("class", "~=", className), next };
  if (attribute !== undefined)
    return { part: attributePart(attribute.toLowerCase(), operator, double ?? single ?? bare ?? ""), next };
  const part = pseudoPart(pseudo?.toLowerCase() ?? "", inside?.trim());
  if (!part) throw unknown(written, found[0]);
  return { part, next };
}

function pseudoPart(name: string, inside: string | undefined): Part | undefined {
  if (name === "not" && inside) {
    const selectors = parseSelector(inside);
    const [only] = selectors;
    return selectors.length === 1 && only?.length === 1 && only[0] ? { type: "not", parts: only[0].parts } : undefined;
  }
  const [, end, argument] = /^(?:nth-(last-)?child|(?:first|last)-child)$/.test(name)
    ? ["", name.includes("last"), name.startsWith("nth") ? inside : "1"]
    : [];
  if (end === undefined || argument === undefined) return undefined;
  const steps = nth(argument as string);
  return steps && { type: "nth", ...steps, fromEnd: end as boolean };
}

function nth(written: string): { readonly step: number; readonly offset: number } | undefined {
  const text = written.toLowerCase().replace(/\s+/g, "");
  if (text === "odd") return { step: 2, offset: 1 };
  if (text === "even") return { step: 2, offset: 0 };
  if (/^[+-]?\d+$/.test(text)) return { step: 0, offset: Number(text) };
  const [, step, offset] = /^([+-]?\d*)n([+-]\d+)?$/.exec(text) ?? [];
  if (step === undefined) return undefined;
  return { step: /\d/.test(step) ? Number(step) : step === "-" ? -1 : 1, offset: Number(offset ?? 0) };
}

function unknown(written: string, rest: string): Fault {
  return new Fault(
    "invalid",
    "selector.unknown",
    `The selector ${JSON.stringify(written.slice(0, 200))} cannot be read from ${JSON.stringify(rest.slice(0, 60))} on.`,
    {
      hint: "Names, #id, .class, [attribute=value], :first-child, :last-child, :nth-child(), :not(), spaces, >, +, ~ and commas are known.",
    },
  );
}

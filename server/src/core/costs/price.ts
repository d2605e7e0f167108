// What tokens cost, in whole nano-dollars (1e-9 US dollars). Pure. What nobody knows the price of costs null, never 0.
import type { ModelPrice, Usage } from "@homarus/sdk";

/** What is known of a model's price. `free`: it runs on a machine of the owner's. */
export interface Rate {
  readonly price?: ModelPrice;
  readonly free: boolean;
}

const freeOfCharge: ModelPrice = { input: 0, output: 0, asOf: "", source: "" };

const kinds = ["input", "output", "cacheRead", "cacheWrite"] as const;

/** Each kind rounded up to a whole nano-dollar. */
export function costOf(usage: Usage, rate: Rate): Usage | null {
  const listed = priceOf(rate);
  if (!listed) return null;
  const price = priceAt(listed, usage.input + usage.cacheRead + usage.cacheWrite);
  const [input, output, cacheRead, cacheWrite] = kinds.map((kind) => amount(usage[kind], price[kind] ?? price.input));
  return { input: input ?? 0, output: output ?? 0, cacheRead: cacheRead ?? 0, cacheWrite: cacheWrite ?? 0 };
}

/** The most that so many tokens may come to: what goes in may be read from the vendor's cache, or written to it. */
export function mostOf(tokens: { readonly input: number; readonly output: number }, rate: Rate): Usage | null {
  const price = priceOf(rate);
  if (!price) return null;
  const dearest = Math.max(price.input, price.cacheRead ?? 0, price.cacheWrite ?? 0);
  // Three kinds may share the tokens that go in, and each of them is rounded up.
  const rounding = tokens.input > 0 ? 2 : 0;
  const input = amount(tokens.input, dearest) + (dearest > 0 ? rounding : 0);
  return { input, output: amount(tokens.output, price.output), cacheRead: 0, cacheWrite: 0 };
}

/** How many tokens of output so much pays for; without end where they cost nothing. */
export function outputFor(nanoUsd: number, rate: Rate): number {
  const pico = picoPerToken(priceOf(rate)?.output ?? 0);
  return pico === 0 ? Number.POSITIVE_INFINITY : Math.floor((nanoUsd * 1000) / pico);
}

export function totalOf({ input, output, cacheRead, cacheWrite }: Usage): number {
  return input + output + cacheRead + cacheWrite;
}

/** Vendors ask more for the whole of a call whose prompt is long. */
function priceAt(price: ModelPrice, prompt: number): Omit<ModelPrice, "above" | "asOf" | "source"> {
  return price.above && prompt > price.above.tokens ? price.above : price;
}

/**
 * What a call is held at whose prompt has up to so many tokens: where that may be a long one, the dearer of both prices
 * for each kind, since it may turn out either.
 */
export function rateUpTo(rate: Rate, prompt: number): Rate {
  const { price } = rate;
  const above = price?.above;
  if (!price || !above) return rate;
  const { above: _, ...plain } = price;
  if (prompt <= above.tokens) return { ...rate, price: plain };
  const dearer = (kind: "cacheRead" | "cacheWrite"): number =>
    Math.max(price[kind] ?? price.input, above[kind] ?? above.input);
  const [input, output] = [Math.max(price.input, above.input), Math.max(price.output, above.output)];
  return {
    ...rate,
    price: { ...plain, input, output, cacheRead: dearer("cacheRead"), cacheWrite: dearer("cacheWrite") },
  };
}

function priceOf({ price, free }: Rate): ModelPrice | undefined {
  return free ? freeOfCharge : price;
}

function amount(tokens: number, perMillion: number): number {
  return Math.ceil((tokens * picoPerToken(perMillion)) / 1000);
}

/** A dollar for a million tokens is a million pico-dollars a token: listed prices are whole numbers of them. */
function picoPerToken(perMillion: number): number {
  return Math.ceil(Number((perMillion * 1e6).toFixed(3)));
}

/** US dollars in words: `$0.0123`. */
export function dollars(nanoUsd: number): string {
  const usd = nanoUsd / 1e9;
  if (nanoUsd === 0 || usd >= 1) return `$${usd.toFixed(2)}`;
  if (usd >= 0.01) return `$${usd.toFixed(usd >= 0.1 ? 2 : 3)}`;
  return usd < 0.0001 ? "less than $0.0001" : `$${usd.toFixed(4)}`;
}

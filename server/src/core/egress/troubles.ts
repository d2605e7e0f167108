// What is wrong with an owner's settings that no schema can say. A rule with such a fault would open more than its owner
// meant, or would never do what it says.
import type { EgressRule, EgressSettings } from "./parts.ts";
import { canonicalHost, splitPattern } from "./patterns.ts";
import { egressPresetNames, egressProviderNames } from "./presets.ts";

export interface EgressTrouble {
  /** Dotted, below the section: `rules.0.host`. */
  readonly path: string;
  /** What follows the path in a sentence, and what to do. */
  readonly message: string;
}

export function egressTroubles(settings: EgressSettings): readonly EgressTrouble[] {
  const unknown = (name: string, known: readonly string[]): string | undefined =>
    known.includes(name) ? undefined : `is "${name}", which is none of ${known.join(", ")}`;
  return [
    ...settings.presets.map((name, at) => [`presets.${at}`, unknown(name, egressPresetNames)] as const),
    ...settings.providers.map(
      ({ provider }, at) => [`providers.${at}.provider`, unknown(provider, egressProviderNames)] as const,
    ),
    ...settings.rules.flatMap((rule, at) =>
      troublesOf(rule).map(([place, message]) => [`rules.${at}.${place}`, message] as const),
    ),
  ].flatMap(([path, message]) => (message === undefined ? [] : [{ path, message }]));
}

type Place = readonly [place: string, message: string];

function troublesOf(rule: EgressRule): readonly Place[] {
  const { name } = splitPattern(rule.host);
  const isOpen = name.includes("*");
  const found: Place[] = [];
  if (isOpen ? !/^\*(\.[^*]+)?$/.test(name) : canonicalHost(name) === undefined)
    found.push([
      "host",
      `is "${rule.host}", which is no host: write api.example.com, *.example.com or *, with :port where needed`,
    ]);
  if (rule.private && isOpen)
    found.push(["private", `must not be true for "${rule.host}": name each private host in full`]);
  if (rule.credential && name === "*")
    found.push(["credential", "needs a host of its own, not *: any host could ask for it"]);
  if (rule.inspect === false && needsReading(rule))
    found.push(["inspect", "must not be false here: methods, paths and credentials cannot be seen without it"]);
  if (rule.plainHttp && !rule.credential)
    found.push(["plainHttp", "is about a credential, and this rule has none: take it out"]);
  for (const [at, path] of (rule.paths ?? []).entries())
    if (!path.startsWith("/")) found.push([`paths.${at}`, `is "${path}" and must begin with a slash`]);
  return found;
}

/** Whether what passes has to be looked into for the rule to hold. */
export function needsReading(rule: EgressRule): boolean {
  return rule.methods !== undefined || rule.paths !== undefined || rule.credential !== undefined;
}

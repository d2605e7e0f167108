// The gate before each tool call: an answer as data, which the model reads when it is no.

export interface ToolRules {
  /** Names that may be called; undefined allows all. `*` stands for any. */
  readonly allow?: readonly string[] | undefined;
  /** Names that may not; wins over `allow`. */
  readonly deny?: readonly string[] | undefined;
}

export type Verdict = { readonly type: "allow" } | { readonly type: "deny"; readonly reason: string };

export function toolGate(name: string, rules: readonly ToolRules[]): Verdict {
  if (rules.some((rule) => rule.deny?.some((pattern) => fits(pattern, name)))) {
    return { type: "deny", reason: `The owner does not allow the tool ${name} here.` };
  }
  if (rules.some((rule) => rule.allow && !rule.allow.some((pattern) => fits(pattern, name)))) {
    return { type: "deny", reason: `The tool ${name} is not among those the owner allows here.` };
  }
  return { type: "allow" };
}

function fits(pattern: string, name: string): boolean {
  return pattern === "*" || pattern === name;
}

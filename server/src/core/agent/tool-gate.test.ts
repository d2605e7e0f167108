import { expect, test } from "bun:test";
import { type ToolRules, toolGate } from "./tool-gate.ts";

const cases: readonly (readonly [name: string, rules: readonly ToolRules[], allowed: boolean])[] = [
  ["without rules all may be called", [], true],
  ["a rule that says nothing allows", [{}], true],
  ["a tool that is named may be called", [{ allow: ["exec", "read"] }], true],
  ["one that is not named may not", [{ allow: ["read"] }], false],
  ["an empty list allows none", [{ allow: [] }], false],
  ["a star allows all", [{ allow: ["*"] }], true],
  ["a refusal wins over an allowance", [{ allow: ["exec"], deny: ["exec"] }], false],
  ["a refusal wins, whichever rule says it", [{ allow: ["*"] }, { deny: ["exec"] }], false],
  ["a star refuses all", [{ deny: ["*"] }], false],
  ["each rule must allow", [{ allow: ["exec"] }, { allow: ["read"] }], false],
  ["a part of the name does not fit", [{ allow: ["exe"] }], false],
];

test.each(cases)("%s", (_, rules, allowed) => {
  const verdict = toolGate("exec", rules);
  expect(verdict.type).toBe(allowed ? "allow" : "deny");
  if (verdict.type === "deny") expect(verdict.reason).toContain("exec");
});

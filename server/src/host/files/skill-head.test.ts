import { expect, test } from "bun:test";
import { skillBody, skillHead } from "./skill-head.ts";

const skill = (head: string, body = "Do it.\n") => `---\n${head}\n---\n${body}`;

test("a head gives the name, the description and no arguments where it has none", () => {
  expect(skillHead(skill("name: brew\ndescription: Coffee."))).toEqual({
    name: "brew",
    description: "Coffee.",
    arguments: [],
  });
});

test("arguments are names or have fields of their own; what is neither is left out", () => {
  const head =
    "arguments:\n  - city\n  - {name: unit, description: Which scale., required: true, choices: [c, f, 3]}\n";
  expect(skillHead(skill(`${head}  - 7\n  - {description: nameless}`))?.arguments).toEqual([
    { name: "city", isRequired: false, choices: [] },
    { name: "unit", description: "Which scale.", isRequired: true, choices: ["c", "f"] },
  ]);
});

test("a hint about arguments is one argument", () => {
  expect(skillHead(skill('argument-hint: "[issue]"'))?.arguments).toEqual([
    { name: "arguments", description: "[issue]", isRequired: false, choices: [] },
  ]);
});

test("a text without a head, or with one that is no YAML, has none", () => {
  for (const text of ["plain", "---\n: [\n---\n", "---\njust words\n---\n", "---\nname: x\n"])
    expect(skillHead(text)).toBeUndefined();
});

test("the body is what stands below the head, also with the line ends of another system", () => {
  expect(skillBody(skill("name: a", "\nDo it.\n"))).toBe("Do it.\n");
  expect(skillBody("---\r\nname: a\r\n---\r\nDo it.\r\n")).toBe("Do it.\r\n");
  expect(skillBody("no head")).toBe("no head");
});

// Files and functions stay short; the server stays small enough to be read in one go.
import { expect, test } from "bun:test";
import { exemptFiles, filesAreShort, functionsAreShort, report } from "./sizes.ts";
import { plant, readTree } from "./tree.ts";

const lines = (count: number) => "call();\n".repeat(count);

test("no file is longer than its limit", () => {
  expect(filesAreShort(readTree())).toEqual([]);
});

test("every exemption from the limit still has its file and its reason", () => {
  const tree = readTree();
  expect([...exemptFiles].filter(([path, reason]) => !tree.has(path) || reason.length < 10)).toEqual([]);
});

test("no function is longer than 60 lines", () => {
  expect(functionsAreShort(readTree())).toEqual([]);
});

/** Tokens that each part of the server may have: what is read together fits into one head. The first fit counts. */
const budgets: readonly (readonly [part: string, folder: RegExp, tokens: number])[] = [
  ["tests' fakes", /^server\/src\/gateway\/testing\//, 20_000],
  ["methods", /^server\/src\/gateway\/methods\//, 120_000],
  ["further doors", /^server\/src\/gateway\/(api|hooks|mcp|openai|rpc)\//, 50_000],
  ["programs on stdio and nodes", /^server\/src\/cli\/(acp|mcp|node)\//, 50_000],
  ["what a model reads", /^server\/src\/core\/context\//, 25_000],
  ["policy, approvals, audit", /^server\/src\/core\/(policy|approvals|audit|provenance)\//, 25_000],
  ["costs", /^server\/src\/core\/costs\//, 20_000],
  ["tools of servers outside", /^server\/src\/((boot|core)\/toolsets\/|host\/process\/spoken)/, 10_000],
  ["sandboxes", /^server\/src\/(core\/(mounts|processes)|host\/(mounts|process))\//, 15_000],
  ["the line", /^server\/src\/core\/line/, 30_000],
  [
    "the guard's tables of what lies elsewhere",
    /^server\/src\/core\/guard\/rules\/(cloud|containers|databases|doors|git|network|packages|sending|services)\./,
    25_000,
  ],
  ["the guard's tables of this machine", /^server\/src\/core\/guard\/rules\//, 36_000],
  [
    "the guard's reading of code in arguments",
    /^server\/src\/core\/guard\/(decode|inner|kept|scripts|wrappers)\./,
    18_000,
  ],
  ["the guard's reading of the shell", /^server\/src\/core\/guard\//, 28_000],
  ["the shell's grammar", /^server\/src\/host\/shell\//, 3_000],
  ["egress rules", /^server\/src\/core\/egress\//, 20_000],
  ["egress", /^server\/src\/host\/egress\//, 25_000],
  [
    "leases of secrets",
    /^server\/src\/((core|gateway)\/leases\/|cli\/secrets\/|host\/(secrets\/lease|config\/secrets-schema)|boot\/lease)/,
    10_000,
  ],
  ["secrets", /^server\/src\/(host\/secrets|core\/redact|boot\/(secrets|rotation|known-secrets|redacting))/, 15_000],
  ["core", /^server\/src\/core/, 60_000],
  ["the config", /^server\/src\/host\/config\//, 25_000],
  ["host", /^server\/src\/host\//, 45_000],
  ["handshakes", /^server\/src\/gateway\/handshake\//, 25_000],
  ["gateway", /^server\/src\/gateway\//, 60_000],
  ["command line", /^server\/src\/cli\//, 50_000],
  ["models' joining", /^server\/src\/boot\/models\//, 20_000],
  ["boot", /^server\/src\//, 40_000],
];

test("half of the files have at most 120 lines, and each part of the server fits into one head", () => {
  const tree = readTree();
  const whole = report(tree, "");
  // Printed, so that each run tells where the house stands.
  console.log(`files ${whole.files}, median ${whole.median}, p90 ${whole.p90}, longest ${whole.longest} lines`);
  expect(whole.median).toBeGreaterThan(0);
  expect(whole.median).toBeLessThanOrEqual(120);
  expect(whole.p90).toBeLessThanOrEqual(300);
  for (const [index, [part, , limit]] of budgets.entries()) {
    const own = [...tree].filter(([path]) => budgets.findIndex(([, folder]) => folder.test(path)) === index);
    const { tokens } = report(new Map(own), "server/src/");
    console.log(`${part}: ${tokens} of ${limit} tokens`);
    expect(tokens).toBeLessThanOrEqual(limit);
  }
});

test("a file one line over its limit is caught, each kind by its own limit", () => {
  const limits = {
    "server/src/a.ts": 400,
    "server/src/a.test.ts": 600,
    "server/src/core/line.ts": 80,
    "server/src/boot.ts": 200,
  };
  for (const [path, limit] of Object.entries(limits)) {
    expect(filesAreShort(plant({ [path]: lines(limit) }))).toEqual([]);
    expect(filesAreShort(plant({ [path]: lines(limit + 1) }))).toEqual([
      `${path}: ${limit + 1} lines, the limit is ${limit}`,
    ]);
  }
});

const headers = [
  "function a() {",
  "export async function a<T>(b: T, c: () => void): Promise<{ d: T }> {",
  "const a = () => {",
  "const a = async ({ b = f(1) }: B): Promise<void> => {",
  "class A { b(c: number): void {",
  "const a = { b() {",
  "const a = function () {",
];

test.each(headers)("a function of 61 lines is caught: %s", (header) => {
  const close = header.split("{").length > 1 && /^(class|const a = \{)/.test(header) ? "} }" : "}";
  expect(functionsAreShort(plant({ "a/b.ts": `${header}\n${lines(58)}${close}` }))).toEqual([]);
  expect(functionsAreShort(plant({ "a/b.ts": `${header}\n${lines(59)}${close}` }))).toEqual([
    "a/b.ts:1: a function of 61 lines, the limit is 60",
  ]);
});

test.each([
  "if (a) {",
  "for (const a of b()) {",
  "while (a(b)) {",
  "switch (a) {",
  "const a = {",
  "class A {",
  "try {",
])("a long block that is no function is left alone: %s", (header) => {
  expect(functionsAreShort(plant({ "a/b.ts": `${header}\n${lines(100)}}` }))).toEqual([]);
});

test("braces in strings, comments and patterns do not count", () => {
  const source = `const a = () => {\n  b("}", /}/, \`}\`); // }\n${lines(70)}};`;
  expect(functionsAreShort(plant({ "a/b.ts": source }))).toHaveLength(1);
});

test("the report tells median, 90th percentile and longest", () => {
  const tree = plant(
    Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a/f${index}.ts`, lines(index + 1)])),
  );
  expect(report(tree, "a/")).toMatchObject({ files: 11, median: 6, p90: 10, longest: 11 });
});

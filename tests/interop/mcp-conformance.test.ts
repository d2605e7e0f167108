// The conformance suite of the Model Context Protocol against a real gateway: all that each revision of the
// specification requires of a server, and what the suite runs beside it. What fails is named with its reason in
// mcp-known-failures.json; what fails beyond that, or passes though it is named there, is a failure here.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "../e2e/fakes/house-process.ts";
import known from "./mcp-known-failures.json";
import { peerFile } from "./peers.ts";

interface Check {
  readonly id: string;
  readonly status: string;
  readonly errorMessage?: string;
}

interface Scenario {
  readonly name: string;
  readonly checks: readonly Check[];
}

let state: StateFolder;
let house: HouseProcess;
let results: string;

beforeAll(async () => {
  // The suite brings no token: the house asks for none, and serves its own machine alone.
  state = makeStateFolder({
    ...{ providers: { offline: { paceMs: 0 } }, log: { level: "error" } },
    gateway: { auth: { mode: "none" } },
  });
  skill("test_simple_prompt", "", "This is a simple prompt for testing.");
  const list =
    "arguments:\n  - {name: arg1, required: true, choices: [paris, park, party]}\n  - {name: arg2, required: true}\n";
  skill("test_prompt_with_arguments", list, "Prompt with arguments: arg1='$arg1', arg2='$arg2'");
  results = mkdtempSync(join(tmpdir(), "homarus-conformance-"));
  house = await startHouse(state);
});

afterAll(async () => {
  await house.stop();
  state[Symbol.dispose]();
  rmSync(results, { recursive: true, force: true });
});

/** Prompts that the suite asks for are skills in the workspace of this house, as an owner would write them. */
function skill(name: string, list: string, text: string): void {
  const folder = join(state.workspace, "skills", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "SKILL.md"), `---\nname: ${name}\ndescription: For the suite.\n${list}---\n${text}\n`);
}

async function run(revision: string): Promise<readonly Scenario[]> {
  const folder = join(results, revision);
  const suite = peerFile("mcp-conformance", "@modelcontextprotocol/conformance/dist/index.js");
  const url = `http://127.0.0.1:${house.port}/mcp`;
  const child = Bun.spawn([process.execPath, suite, "server", "--url", url, "--requirements", revision, "-o", folder], {
    stdout: "ignore",
    stderr: "ignore",
  });
  await child.exited;
  return readdirSync(folder).map((name) => ({
    name: /^server-(.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/.exec(name)?.[1] ?? name,
    checks: JSON.parse(readFileSync(join(folder, name, "checks.json"), "utf8")),
  }));
}

/** `<scenario>:<check>` of all that failed. */
function failuresOf(scenarios: readonly Scenario[]): string[] {
  return scenarios.flatMap(({ name, checks }) =>
    checks.filter(({ status }) => status === "FAILURE").map(({ id }) => `${name}:${id}`),
  );
}

/** Scenarios run, those in which nothing failed, and single checks that passed. */
const expected = {
  "2025-11-25": { scenarios: 33, passed: 12, checks: 46 },
  "2026-07-28": { scenarios: 50, passed: 16, checks: 110 },
} as const;

test.each(Object.keys(expected) as (keyof typeof expected)[])(
  "[G14] what specification %s requires of a server is met, save what is known",
  async (revision) => {
    const scenarios = await run(revision);
    const failed = failuresOf(scenarios);
    const reasons: Readonly<Record<string, readonly string[]>> = known[revision];
    expect([...new Set(failed)].sort()).toEqual(Object.values(reasons).flat().sort());
    const bad = new Set(failed.map((failure) => failure.split(":")[0]));
    const checks = scenarios.flatMap((scenario) => scenario.checks).filter(({ status }) => status === "SUCCESS").length;
    expect({ scenarios: scenarios.length, passed: scenarios.length - bad.size, checks }).toEqual(expected[revision]);
  },
);

// What each release of the peer's command line and node host has to manage against the real program, whatever protocol
// it speaks: its own test file names the release and adds what is special to it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  type HouseProcess,
  makeStateFolder,
  runCommand,
  type StateFolder,
  startHouse,
} from "../e2e/fakes/house-process.ts";
import { type OpenClaw, openOpenClaw } from "./openclaw.ts";
import { openTap } from "./tap.ts";

/** Words of a command and a piece of what it says that shows that it saw this gateway. */
export type Command = readonly [words: string, says: string | RegExp];

const reached: readonly Command[] = [
  ["health", "Agents: main (default)"],
  ["status", /remote · ws:\/\/127\.0\.0\.1:\d+ .*reachable/],
  ["gateway call status", '"runtimeVersion"'],
  ["gateway call sessions.list", '"key": "agent:main:main"'],
  ["gateway probe", "Reachable: yes"],
  ["gateway health --url URL --token TOKEN", "OK ("],
  ["agent --agent main --message hello", "You wrote: “hello”."],
  ["channels status", "Gateway reachable."],
  ["cron status", "state.db"],
  ["logs --plain --limit 50", "gateway.open"],
  ["system presence", '"mode": "gateway"'],
  ["nodes list", "Paired: 0"],
  ["nodes status", "Connected: 0"],
  ["approvals get --gateway", "Approvals"],
];

/** These read the peer's own files, whatever the gateway has: that they end well is all that can be asked. */
const local: readonly Command[] = [
  ["sessions", "Sessions listed: 0"],
  ["channels list", "Chat channels:"],
];

export interface Subject {
  readonly release: string;
  /** Its row of tools/interop.mjs. */
  readonly peer: string;
  /** The id of the feature that the tests prove. */
  readonly feature: string;
  readonly noJobs: string;
}

export function provePrograms({ release, peer, feature, noJobs }: Subject): void {
  let state: StateFolder;
  let house: HouseProcess;
  let claw: OpenClaw;
  beforeAll(async () => {
    state = makeStateFolder({ providers: { offline: { paceMs: 0 } } });
    house = await startHouse(state);
    claw = openOpenClaw(peer, house);
  });
  afterAll(async () => {
    await claw[Symbol.asyncDispose]();
    await house.stop();
    state[Symbol.dispose]();
  });

  const run = async (...words: string[]): Promise<string> => {
    const { code, text } = await claw.run(...words);
    expect({ code, text }).toMatchObject({ code: 0 });
    return text;
  };

  test(`[${feature}] the agent answers the command line of ${release}`, async () => {
    expect(await run("agent", "--agent", "main", "--message", "hi")).toContain("You wrote: “hi”.");
  });

  test.each([...reached, ...local])(`[${feature}] the command line of ${release}: %s`, async (words, says) => {
    const real: Readonly<Record<string, string>> = { URL: `ws://127.0.0.1:${house.port}`, TOKEN: house.token };
    expect(await run(...words.split(" ").map((word) => real[word] ?? word))).toMatch(says);
  });

  test(`[${feature}] the command line of ${release} adds a job, lists it, runs it and takes it away`, async () => {
    const timing = ["--every", "1h", "--session", "isolated", "--message", "Make tea"];
    const { id } = jsonIn(await run("cron", "add", "--name", "tea", ...timing, "--json"));
    expect(await run("cron", "list")).toContain(id);
    await run("cron", "run", id);
    await run("cron", "rm", id);
    expect(await run("cron", "list")).toContain(noJobs);
  });

  test(`[${feature}] [G35] a node host of ${release} from elsewhere is let in by the owner, and runs what it is asked for`, async () => {
    // A proxy that nobody named makes its clients strangers, whatever machine they are on.
    using door = openTap(house.port, "x-forwarded-for: 203.0.113.9");
    const stop = claw.startNode("bench", door.own);
    const devices = async (...words: string[]) => {
      const { out } = await runCommand(state, ["devices", ...words, "--json"]);
      return JSON.parse(out);
    };
    await until(async () => (await devices("list")).pending.length > 0);
    expect(await devices("approve", "latest")).toMatchObject({ ok: true });
    // Turned away once, it waits for somebody to start it again.
    await stop();
    claw.startNode("bench", door.own);
    await until(async () => {
      const { nodes } = JSON.parse((await runCommand(state, ["nodes", "list", "--json"])).out);
      return nodes[0]?.connected === true && nodes[0].commands.includes("system.which");
    });
    const asked = ["--node", "bench", "--command", "system.which", "--params", '{"bins":["sh"]}'];
    const { payload } = jsonIn(await run("nodes", "invoke", ...asked, "--json"));
    expect(payload.bins.sh).toMatch(/\/sh$/);
    expect(await run("nodes", "status")).toContain("Connected: 1");
    expect(await run("devices", "list")).toContain("bench");
  });
}

/** Some releases say a sentence before what they were asked for. */
function jsonIn(text: string) {
  return JSON.parse(text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1));
}

/** What another process does cannot be awaited, only seen. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await Bun.sleep(50);
}

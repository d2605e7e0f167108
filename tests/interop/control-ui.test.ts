// The web page of two releases of the peer in Chromium, against the real program: it logs in, talks with the agent and
// shows what the house has. Nothing may be refused; what the page complains of is named with its reason in
// control-ui-known-failures.json.
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser, type TestBrowser } from "../e2e/fakes/browser.ts";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "../e2e/fakes/house-process.ts";
import { type ControlUi, openControlUi } from "./control-ui.ts";
import known from "./control-ui-known-failures.json";
import { peerFile } from "./peers.ts";

/** A page, what it shows that only this house can have told, and what it has to have asked for. */
type Shown = readonly [path: string, says: string, asks: readonly string[]];

interface Release {
  readonly release: keyof typeof known;
  /** What the button says that takes the gateway of the link. */
  readonly agree: RegExp;
  readonly pages: readonly Shown[];
}

const answer = "You wrote: “hello house”.";

const releases: readonly Release[] = [
  {
    ...{ release: "2026.2.17", agree: /^Confirm$/ },
    pages: [
      [
        "overview",
        "Snapshot",
        ["status", "health", "system-presence", "sessions.list", "cron.status", "channels.status"],
      ],
      ["channels", "From @BotFather in Telegram", ["channels.status", "config.get", "config.schema"]],
      ["sessions", "agent:main:main", ["sessions.list"]],
      ["cron", "Make tea", ["cron.list", "cron.status"]],
      ["logs", "gateway.open", ["logs.tail"]],
      ["nodes", "roles: operator", ["node.list", "device.pair.list", "exec.approvals.get"]],
      ["skills", "1 shown", ["skills.status"]],
      ["chat", answer, ["chat.history"]],
    ],
  },
  {
    ...{ release: "2026.9.6", agree: /^Switch to / },
    // It has no overview.
    pages: [
      [
        "channels",
        "Talk to the agent through a Telegram bot.",
        ["channels.status", "channels.pairing.list", "config.schema"],
      ],
      ["sessions", "agent:main:main", ["sessions.list"]],
      ["cron", "Make tea", ["cron.list", "cron.status", "cron.runs"]],
      ["logs", "homarus.log", ["logs.tail"]],
      ["nodes", "openclaw-control-ui", ["node.list", "device.pair.list", "exec.approvals.get"]],
      ["settings/skills", "weather-for-tests", ["skills.status"]],
      ["chat", answer, ["chat.startup"]],
    ],
  },
];

setDefaultTimeout(60_000);

let browser: TestBrowser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser[Symbol.asyncDispose]());

describe.each(releases)("the Control UI of $release", ({ release, agree, pages }) => {
  let state: StateFolder;
  let house: HouseProcess;
  let ui: ControlUi;
  beforeAll(async () => {
    state = makeStateFolder({ providers: { offline: { paceMs: 0 } } });
    giveSkill(state);
    house = await startHouse(state);
    await addJob(house);
    ui = await openControlUi(browser, peerFile("control-ui", `openclaw-${release}/dist/control-ui`), house, agree);
  });
  afterAll(async () => {
    await ui[Symbol.asyncDispose]();
    await house.stop();
    state[Symbol.dispose]();
  });

  test(`[G38] the Control UI of ${release} logs in with the token, and shows the answer to a message once`, async () => {
    const field = ui.page.getByRole("textbox").filter({ visible: true }).last();
    await field.fill("hello house");
    await field.press("Enter");
    await ui.page.getByText(answer).first().waitFor();
    await quiet(ui);
    expect(await ui.page.getByText(answer).count()).toBe(1);
    expect(ui.answered).toContain("chat.send");
  });

  test.each(pages)(`[G38] the Control UI of ${release} shows what the house has: %s`, async (path, says, asks) => {
    const before = ui.answered.length;
    const link = ui.page.locator(`a[href="/${path}"]`).filter({ visible: true });
    if ((await link.count()) > 0) await link.first().click();
    else await ui.page.goto(`${ui.own}/${path}`);
    await until(() => asks.every((method) => ui.answered.indexOf(method, before) >= 0));
    await ui.page.getByText(says).filter({ visible: true }).first().waitFor();
    await quiet(ui);
  });

  test(`[G38] the Control UI of ${release} is refused nothing, and complains of nothing that is not known`, () => {
    expect(ui.refused).toEqual([]);
    const reasons: Readonly<Record<string, readonly string[]>> = known[release];
    expect([...ui.troubles].sort()).toEqual(Object.values(reasons).flat().sort());
  });
});

function giveSkill({ workspace }: StateFolder): void {
  const folder = join(workspace, "skills", "weather-for-tests");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "SKILL.md"),
    "---\nname: weather-for-tests\ndescription: Says the weather.\n---\nLook out.\n",
  );
}

async function addJob({ port, token }: HouseProcess): Promise<void> {
  const job = {
    ...{
      name: "Make tea",
      schedule: { kind: "every", everyMs: 3_600_000 },
      sessionTarget: "isolated",
      wakeMode: "now",
    },
    payload: { kind: "agentTurn", message: "Make tea." },
  };
  const { status } = await fetch(`http://127.0.0.1:${port}/api/methods/cron.add`, {
    ...{ method: "POST", headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(job) },
  });
  expect(status).toBe(200);
}

const quiet = (ui: ControlUi) => until(() => ui.isQuiet());

/** What a browser does cannot be awaited from here, only seen. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await Bun.sleep(20);
}

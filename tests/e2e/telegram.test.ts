import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeTelegram, openFakeTelegram } from "../../extensions/channels/telegram/testing/fake-telegram.ts";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";
import { openScriptedModel } from "./fakes/scripted-model.ts";

function configFor(telegram: FakeTelegram, modelUrl: string, access: object = { allow: ["1001"] }) {
  return {
    agents: { defaults: { model: "openai/scripted" } },
    providers: { openai: { apiKey: "sk-secret-of-the-test", baseUrl: modelUrl, api: "chat" } },
    channels: { telegram: { token: telegram.token, apiRoot: telegram.url, access } },
  };
}

async function until(found: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!found() && Date.now() < deadline) await Bun.sleep(10);
  expect(found()).toBe(true);
}

describe("a person on Telegram", () => {
  test("[W01] [F10] [A24] gets an answer from a model that used tools on the way", async () => {
    await using telegram = openFakeTelegram();
    await using model = openScriptedModel();
    using state = makeStateFolder(configFor(telegram, model.url));
    const house = await startHouse(state);
    telegram.say("job 1x needs 3");
    await until(() => telegram.sent.some((message) => message.text?.includes("done 1x")));
    for (const call of ["call-1x-0", "call-1x-1", "call-1x-2"])
      expect(readFileSync(join(state.workspace, `ran-${call}`), "utf8")).toBe("run\n");
    expect(telegram.calls.some((call) => call.method === "sendChatAction")).toBe(true);
    await house.stop();
    for (const secret of ["sk-secret-of-the-test", telegram.token]) expect(house.output()).not.toContain(secret);
  });

  test("[L14] [O11] [L15] who is unknown gets a code, is let in by the owner, and is heard from then on", async () => {
    await using telegram = openFakeTelegram();
    await using model = openScriptedModel();
    using state = makeStateFolder(configFor(telegram, model.url, {}));
    const house = await startHouse(state);
    const at = ["--port", String(house.port)];
    telegram.say("hello?");
    await until(() => telegram.sent.length === 1);
    const code = /<code>([A-Z2-9]{8})<\/code>/.exec(telegram.sent[0]?.text ?? "")?.[1] ?? "";
    expect(model.requests()).toBe(0);
    expect((await runCommand(state, ["pairing", "approve", "telegram", "WRONG234", ...at])).code).toBe(2);
    expect((await runCommand(state, ["pairing", "list", ...at])).out).toContain(code);
    expect((await runCommand(state, ["pairing", "approve", "telegram", code.toLowerCase(), ...at])).out).toContain(
      "Pat may now talk",
    );
    telegram.say("job 2x needs 0");
    await until(() => telegram.sent.some((message) => message.text?.includes("done 2x")));
    await house.kill();
    const again = await startHouse(state);
    telegram.say("job 3x needs 0");
    await until(() => telegram.sent.some((message) => message.text?.includes("done 3x")));
    await again.stop();
  });

  test("sees a long answer grow by edits of one message, and the whole of it in the end", async () => {
    await using telegram = openFakeTelegram();
    await using model = openScriptedModel();
    model.paceMs = 700;
    using state = makeStateFolder(configFor(telegram, model.url));
    const house = await startHouse(state);
    telegram.say("job 4x needs 0, job 5x needs 0, job 6x needs 0, job 7x needs 0");
    await until(() => telegram.sent.some((message) => message.text?.includes("done 4x 5x 6x 7x")));
    expect(telegram.sent).toHaveLength(1);
    expect(telegram.calls.filter((call) => call.method === "editMessageText").length).toBeGreaterThan(0);
    await house.stop();
  });

  test("[M17] a stop waits for what is under way", async () => {
    await using telegram = openFakeTelegram();
    await using model = openScriptedModel();
    model.paceMs = 150;
    using state = makeStateFolder(configFor(telegram, model.url));
    const house = await startHouse(state);
    telegram.say("job 8x needs 0");
    await until(() => model.requests() > 0);
    expect(await house.stop()).toBe(0);
    expect(telegram.sent.map((message) => message.text)).toEqual(["done 8x"]);
  });

  test("does without an answer while the platform is out, and gets it once when it is back", async () => {
    await using telegram = openFakeTelegram();
    await using model = openScriptedModel();
    using state = makeStateFolder(configFor(telegram, model.url));
    const house = await startHouse(state);
    telegram.fail("sendMessage", { status: 502, description: "Bad Gateway" });
    telegram.fail("sendMessage", { status: 429, description: "Too Many Requests: retry after 1", retryAfter: 1 });
    telegram.say("job 9x needs 0");
    await until(() => telegram.sent.length > 0);
    await house.stop();
    expect(telegram.sent.map((message) => message.text)).toEqual(["done 9x"]);
  });
});

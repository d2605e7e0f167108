import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { openFakeTelegram } from "../../extensions/channels/telegram/testing/fake-telegram.ts";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

describe("channels from the command line", () => {
  test("[O08] [G19] a channel is logged in with a secret from standard input, switched off and on, and let go", async () => {
    await using telegram = openFakeTelegram();
    using state = makeStateFolder({ channels: { telegram: { enabled: false, token: "none", apiRoot: telegram.url } } });
    const house = await startHouse(state);
    const told: string[] = [];
    const run = async (input: string | undefined, ...args: string[]) => {
      const result = await runCommand(state, ["channels", ...args, "--port", String(house.port)], {}, undefined, input);
      told.push(result.out, result.error);
      return result;
    };
    const file = () => readFileSync(join(state.folder, "homarus.json"), "utf8");
    expect((await run(undefined, "status")).out).toContain("homarus channels login telegram");
    expect(await run("\n", "login", "telegram")).toMatchObject({ code: 2, error: expect.stringContaining("No token") });
    expect(file()).toContain('"none"');
    expect(await run(`${telegram.token}\n`, "login", "telegram")).toMatchObject({
      ...{ code: 0, out: expect.stringContaining("telegram is connected") },
    });
    expect(JSON.parse((await run(undefined, "status", "--json")).out).channelAccounts.telegram[0].connected).toBe(true);
    expect((await run(undefined, "stop", "telegram")).code).toBe(0);
    expect((await run(undefined, "status")).out).not.toContain("connected");
    expect((await run(undefined, "start", "telegram")).code).toBe(0);
    expect((await run(undefined, "logout", "telegram")).out).toContain("let go");
    expect(file()).not.toContain(telegram.token);
    expect((await run(undefined, "logout", "telegram")).out).toContain("not set up");
    await house.stop();
    expect(told.join("") + house.output()).not.toContain(telegram.token);
  });

  test("a secret that the platform refuses is told with its words, and the exit code says so", async () => {
    await using telegram = openFakeTelegram();
    using state = makeStateFolder({ channels: { telegram: { enabled: false, token: "none", apiRoot: telegram.url } } });
    const house = await startHouse(state);
    const args = ["channels", "login", "telegram", "--port", String(house.port), "--json"];
    const result = await runCommand(state, args, {}, undefined, "123:wrong\n");
    expect([result.code, JSON.parse(result.out).ok]).toEqual([1, false]);
    expect(JSON.parse(result.out).account.lastError).toContain("token");
    await house.stop();
  });

  test("what is no channel, and no deed, is named with those there are", async () => {
    using state = makeStateFolder({});
    expect(await runCommand(state, ["channels", "login", "pigeon"])).toMatchObject({
      ...{ code: 2, error: expect.stringContaining("telegram") },
    });
    expect((await runCommand(state, ["channels", "status"])).code).toBe(3);
  });
});

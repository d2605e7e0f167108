// Logging in as an owner does it: the command line, the house and its store, with the vendors played on this machine.
import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FakeGitHub, secretMark, serveGitHub } from "./fakes/github.ts";
import { makeStateFolder, runCommand, type StateFolder, startCommand, startHouse } from "./fakes/house-process.ts";

const copilot = ({ url }: FakeGitHub) => ({
  ...{ log: { level: "debug" }, models: { standIns: false } },
  providers: {
    copilot: { githubUrl: url, apiUrl: url, baseUrl: url },
    anthropic: { baseUrl: url, tokenUrl: `${url}/v1/oauth/token` },
  },
});

const linesOf = (out: string) =>
  out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

/** All that the house has written, but for the file that a login was taken from. */
function written(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== ".credentials.json")
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

async function answered(state: StateFolder, model: string): Promise<string> {
  const { out, error } = await runCommand(state, ["agent", "hello", "--model", model]);
  return `${out}${error}`;
}

describe("[A12] logging in", () => {
  test("[A10] to GitHub Copilot: the code is shown, the house answers by it also after a restart, and forgets it", async () => {
    using github = serveGitHub();
    using state = makeStateFolder(copilot(github));
    const house = await startHouse(state);
    github.say("granted");
    const login = await runCommand(state, ["models", "login", "copilot"]);
    expect(login.code).toBe(0);
    expect(login.out).toContain("type the code AB12-CD34");
    expect(login.out).toContain("Logged in to GitHub Copilot as ada.");
    expect(login.out).toContain("copilot/gpt-5-mini by login answers");
    expect(await answered(state, "copilot/gpt-5-mini")).toContain("Hello there, friend.");
    expect(await house.stop()).toBe(0);

    const again = await startHouse(state);
    expect(await answered(state, "copilot/gpt-5-mini")).toContain("Hello there, friend.");
    const config = await runCommand(state, ["config", "show"]);
    const providers = await runCommand(state, ["models", "providers", "--json"]);
    expect(JSON.parse(providers.out).providers.find((one: any) => one.id === "copilot")).toMatchObject({
      isReady: true,
      login: { account: "ada" },
    });
    expect(await runCommand(state, ["models", "logout", "copilot"])).toMatchObject({ code: 0 });
    expect(await answered(state, "copilot/gpt-5-mini")).toContain("nobody has logged in");
    await again.stop();
    const seen = [login, config, providers].map(({ out, error }) => out + error).join("\n");
    expect(`${seen}${house.output()}${again.output()}${written(state.folder)}`).not.toMatch(secretMark);
    expect(statSync(state.folder).mode & 0o777).toBe(0o700);
  }, 60_000);

  test("a login that is declined says so; as JSON each step is a line", async () => {
    using github = serveGitHub();
    using state = makeStateFolder(copilot(github));
    github.say("access_denied");
    const declined = await runCommand(state, ["models", "login", "copilot", "--json"]);
    expect(declined.code).toBe(1);
    expect(linesOf(declined.out)).toMatchObject([
      { step: "open", provider: "copilot", url: "https://github.com/login/device", code: "AB12-CD34" },
      { step: "failed", ok: false, error: { kind: "auth", code: "provider.login-refused" } },
    ]);
  }, 30_000);

  test("Ctrl-C takes the login back, and nothing of it stays", async () => {
    using github = serveGitHub();
    using state = makeStateFolder(copilot(github));
    const house = await startHouse(state);
    const command = startCommand(state, ["models", "login", "copilot"]);
    await command.says("AB12-CD34");
    command.interrupt();
    expect(await command.exited).toBe(130);
    const polls = github.asked.length;
    github.say("granted");
    const state2 = await runCommand(state, ["models", "providers", "--json"]);
    expect(JSON.parse(state2.out).providers.find((one: any) => one.id === "copilot")).toMatchObject({ isReady: false });
    expect(github.asked.length).toBeLessThanOrEqual(polls + 1);
    await house.stop();
  }, 30_000);

  test("[O03] onboard goes by the vendor's page where it has one, and makes it the house's model", async () => {
    using github = serveGitHub();
    using state = makeStateFolder(copilot(github));
    github.say("granted");
    const onboard = await runCommand(state, ["onboard", "--provider", "copilot"]);
    expect(onboard).toMatchObject({ code: 0, out: expect.stringContaining("Say hello") });
    const model = await runCommand(state, ["config", "get", "agents.defaults.model"]);
    expect(model.out).toContain("copilot/claude-sonnet-4.6");
    const doctor = await runCommand(state, ["doctor"]);
    expect(doctor.out).toContain("copilot/claude-sonnet-4.6");
  }, 60_000);

  test("[A39] a Claude subscription's login is taken over from its file, refreshed, and kept through a kill", async () => {
    using github = serveGitHub();
    using state = makeStateFolder(copilot(github));
    const file = join(state.folder, ".credentials.json");
    const kept = { accessToken: "sk-ant-oat01-e2e-0", refreshToken: "sk-ant-ort01-e2e-1", expiresAt: 1 };
    writeFileSync(file, JSON.stringify({ claudeAiOauth: kept }));
    const house = await startHouse(state);
    const login = await runCommand(state, ["models", "login", "anthropic", "--from", "~/.credentials.json"]);
    expect(login.code).toBe(0);
    expect(login.out).toContain("Logged in to Anthropic");
    await house.kill();
    const again = await startHouse(state);
    expect(await answered(state, "anthropic/claude-haiku-5-5")).toContain("Hello there, friend.");
    expect(github.asked.filter((path) => path === "/v1/oauth/token")).toHaveLength(1);
    await again.stop();
    expect(`${login.out}${login.error}${house.output()}${again.output()}${written(state.folder)}`).not.toMatch(
      secretMark,
    );
    const wrong = await runCommand(state, ["models", "login", "anthropic", "--from", "~/homarus.json"]);
    expect(wrong).toMatchObject({ code: 2, error: expect.stringContaining("holds no login") });
    const missing = await runCommand(state, ["models", "login", "anthropic", "--from", "~/nothing.json"]);
    expect(missing).toMatchObject({ code: 2, error: expect.stringContaining("cannot be read") });
  }, 60_000);
});

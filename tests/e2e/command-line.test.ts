import { afterAll, describe, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

const quiet = { providers: { offline: { paceMs: 0 } }, log: { level: "error" } };
const state = makeStateFolder(quiet);
afterAll(() => state[Symbol.dispose]());
const homarus = (...args: string[]) => runCommand(state, args);

describe("the command line, without a running gateway", () => {
  test("[O15] says its version and its help, and loads no command for them", async () => {
    expect(await homarus("--version")).toMatchObject({ code: 0, out: "0.1.0\n" });
    expect(await homarus("-V")).toMatchObject({ code: 0, out: "0.1.0\n" });
    const help = await homarus("-h");
    expect(help.out).toContain("First steps");
    for (const name of ["gateway", "agent", "status", "doctor", "config", "sessions", "pairing"])
      expect(help.out).toContain(`  ${name} `);
    expect((await homarus("agent", "--help")).out).toContain("--session");
  });

  test("says what is wrong with the words, exit code 2", async () => {
    expect(await homarus("statsu")).toMatchObject({ code: 2, error: expect.stringContaining('no command "statsu"') });
    expect((await homarus("sattus")).error).toContain('Did you mean "status"?');
    expect(await homarus("agent", "--nonsense")).toMatchObject({
      code: 2,
      error: expect.stringContaining("--nonsense"),
    });
    expect(await homarus("config", "frobnicate")).toMatchObject({
      code: 2,
      error: expect.stringContaining("get, set"),
    });
    expect(await homarus("gateway", "--port", "many")).toMatchObject({
      code: 2,
      error: expect.stringContaining("whole number"),
    });
  });

  test("takes the options of every command before its name too", async () => {
    const nobody = { code: 3, error: expect.stringContaining("No gateway answers on 127.0.0.1:1.") };
    expect(await homarus("--port", "1", "status")).toMatchObject(nobody);
    expect(await homarus("status", "--port", "1")).toMatchObject(nobody);
    expect(JSON.parse((await homarus("--json", "--port", "1", "status")).out)).toMatchObject({ ok: false });
  });

  test("[O02] [O01] one message is answered by a gateway of its own, with a real tool", async () => {
    const written = await homarus("agent", "write hello to note.txt");
    expect(written.code).toBe(0);
    expect(readFileSync(join(state.workspace, "note.txt"), "utf8")).toBe("hello\n");
    const listed = await homarus("agent", "list the files");
    expect(listed.out).toContain("note.txt");
    expect(listed.error).toContain("[list ...]");
  });

  test("[O02] --json answers with the run's result", async () => {
    const { out } = await homarus("agent", "what time is it", "--json");
    expect(JSON.parse(out)).toMatchObject({
      status: "ok",
      result: { payloads: [{ text: expect.stringContaining("session_status") }] },
    });
  });

  test("remembering writes to MEMORY.md, and the prompt's files are there [B03]", async () => {
    await homarus("agent", "remember that the cat is called Mia");
    expect(readFileSync(join(state.workspace, "MEMORY.md"), "utf8")).toContain("the cat is called Mia");
    for (const name of ["AGENTS.md", "SOUL.md", "USER.md", "TOOLS.md", "skills"])
      expect(existsSync(join(state.workspace, name))).toBe(true);
  });

  test("[O05] status says that no gateway runs, exit code 3", async () => {
    expect(await homarus("status", "--port", "1")).toMatchObject({
      code: 3,
      error: expect.stringContaining("homarus gateway"),
    });
  });

  test("[O06] doctor names what is not right, with the next step", async () => {
    const { out, code } = await homarus("doctor", "--json");
    const { findings } = JSON.parse(out) as { findings: { id: string; state: string; next?: string }[] };
    expect(findings.find((finding) => finding.id === "config")?.state).toBe("good");
    expect(findings.find((finding) => finding.id === "model")).toMatchObject({
      state: "note",
      next: expect.stringContaining("ANTHROPIC_API_KEY"),
    });
    expect(code).toBe(findings.some((finding) => finding.state === "bad") ? 1 : 0);
  });

  test("[O09] sessions are listed, shown, exported, imported, reset and deleted", async () => {
    expect(JSON.parse((await homarus("sessions", "list", "--json")).out).sessions[0].key).toBe("agent:main:main");
    expect((await homarus("sessions", "show", "main")).out).toContain("write hello to note.txt");
    const exported = await homarus("sessions", "export", "agent:main:main");
    const file = join(state.folder, "transcript.jsonl");
    writeFileSync(file, exported.out);
    expect(await homarus("sessions", "import", file, "--as", "copy")).toMatchObject({ code: 0 });
    const again = await homarus("sessions", "export", "agent:main:copy");
    expect(again.out.split("\n").slice(1)).toEqual(exported.out.split("\n").slice(1));
    expect(await homarus("sessions", "import", file, "--as", "copy")).toMatchObject({
      code: 2,
      error: expect.stringContaining("has a log already"),
    });
    expect(await homarus("audit", "verify", "--session", "main")).toMatchObject({
      code: 0,
      out: expect.not.stringContaining("Entry"),
    });
    expect(await homarus("audit", "verify", "--session", "copy")).toMatchObject({
      code: 0,
      out: expect.stringContaining("a result of write: it came in with an imported transcript"),
    });
    expect(await homarus("sessions", "reset", "agent:main:copy")).toMatchObject({ code: 0 });
    expect(await homarus("sessions", "delete", "agent:main:copy")).toMatchObject({ code: 0 });
    expect((await homarus("sessions", "list")).out).not.toContain("agent:main:copy");
  });

  test("[O04] [N04] config is read, changed and checked; comments stay, what is wrong changes nothing", async () => {
    using own = makeStateFolder({});
    const path = join(own.folder, "homarus.json");
    writeFileSync(path, '{\n  // the port\n  "gateway": { "port": 18801 }\n}\n');
    const run = (...args: string[]) => runCommand(own, args);
    expect((await run("config", "get", "gateway.port")).out).toBe("18801\n");
    expect(await run("config", "set", "agents.defaults.name", "Mia")).toMatchObject({ code: 0 });
    expect(readFileSync(path, "utf8")).toContain("// the port");
    expect((await run("config", "get", "agents.defaults.name")).out).toBe("Mia\n");
    const before = readFileSync(path, "utf8");
    const wrong = await run("config", "set", "gateway.prot", "1");
    expect(wrong.code).not.toBe(0);
    expect(wrong.error).toContain('did you mean "port"');
    expect((await run("config", "set", "gateway.port", '"many"')).code).not.toBe(0);
    expect(readFileSync(path, "utf8")).toBe(before);
    expect((await run("config", "unset", "agents.defaults.name")).code).toBe(0);
    expect(JSON.parse((await run("config", "schema")).out).properties.gateway).toBeDefined();
  });

  test("of a tool that is not there the policy says nothing but what was probably meant", async () => {
    expect(await homarus("policy", "explain", "web_fetsch", "https://a.example")).toMatchObject({
      out: "",
      error: expect.stringMatching(/There is no tool web_fetsch[\s\S]*Did you mean web_fetch/),
    });
  });

  test("a secret in the config is shown by nobody, and stays when the config is changed", async () => {
    using own = makeStateFolder({ channels: { telegram: { token: "123:very-secret-token", enabled: false } } });
    const run = (...args: string[]) => runCommand(own, args);
    const shown = await run("config", "show", "--json");
    expect(shown.out + shown.error).not.toContain("very-secret-token");
    expect((await run("config", "set", "gateway.port", "18802")).code).toBe(0);
    expect(readFileSync(join(own.folder, "homarus.json"), "utf8")).toContain("123:very-secret-token");
  });

  test("a reader that goes away ends the command, quietly", async () => {
    const start = join(import.meta.dirname, "..", "..", "server", "src", "cli", "start.ts");
    const script = '"$0" "$1" agent "list the files" | head -n 1; echo "${PIPESTATUS[0]}"';
    const child = Bun.spawn(["bash", "-c", script, process.execPath, start], {
      ...{ env: { PATH: process.env.PATH ?? "", HOME: state.folder, HOMARUS_HOME: state.folder }, stderr: "pipe" },
    });
    const [out, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
    expect([out.trim().split("\n").at(-1), error.includes("EPIPE")]).toEqual(["0", false]);
  });

  test("completion scripts name the commands", async () => {
    for (const shell of ["bash", "zsh", "fish"]) expect((await homarus("completion", shell)).out).toContain("pairing");
    const { out } = await homarus("completion", "bash");
    const check = Bun.spawnSync(["bash", "-n"], { stdin: new TextEncoder().encode(out) });
    expect(check.exitCode).toBe(0);
  });
});

describe("the command line beside a running gateway", () => {
  test("[O05] [L26] status, agent and sessions speak with it; the token was made at the first start", async () => {
    using own = makeStateFolder(quiet);
    const house = await startHouse(own);
    const at = ["--port", String(house.port)];
    expect(statSync(join(own.folder, "gateway.token")).mode & 0o777).toBe(0o600);
    expect(house.token.length).toBeGreaterThanOrEqual(32);
    expect(
      house.output().replace(`"token":"${house.token}"`, "").replaceAll(`#token=${house.token}`, ""),
    ).not.toContain(house.token);
    expect((await runCommand(own, ["status", ...at])).out).toContain("offline/demonstration");
    expect((await runCommand(own, ["agent", "hello", ...at])).out).toContain("not a language model");
    expect((await runCommand(own, ["models", ...at])).out).toContain("offline/demonstration");
    expect(JSON.parse((await runCommand(own, ["pairing", "list", "--json", ...at])).out)).toMatchObject({
      requests: [],
    });
    expect(await house.stop()).toBe(0);
  });

  test("a second gateway on the same folder, a taken port, a folder that cannot be written: each says what to do", async () => {
    using own = makeStateFolder(quiet);
    using other = makeStateFolder(quiet);
    const house = await startHouse(own);
    expect(await runCommand(own, ["gateway", "--port", "0"])).toMatchObject({
      code: 1,
      error: expect.stringContaining("Another Homarus is already running"),
    });
    expect(await runCommand(other, ["gateway", "--port", String(house.port)])).toMatchObject({
      code: 1,
      error: expect.stringContaining(String(house.port)),
    });
    await house.stop();
    const file = join(other.folder, "a-file");
    writeFileSync(file, "");
    const blocked = await runCommand(other, ["gateway", "--port", "0"], { HOMARUS_HOME: join(file, "below") });
    expect(blocked).toMatchObject({ code: 1, error: expect.stringContaining("HOMARUS_HOME") });
  });

  test("[N05] a change of the file takes effect at once; a faulty one is refused and the old stays", async () => {
    using own = makeStateFolder({ ...quiet, log: { level: "info" } });
    const house = await startHouse(own);
    const path = join(own.folder, "homarus.json");
    const wait = async (words: string) => {
      const until = Date.now() + 10_000;
      while (!house.output().includes(words) && Date.now() < until) await Bun.sleep(20);
      expect(house.output()).toContain(words);
    };
    writeFileSync(path, '{ "gateway": ');
    await wait("config.refused");
    const at = ["--port", String(house.port)];
    expect(
      (await runCommand({ folder: own.folder }, ["status", ...at, "--config", join(own.folder, "homarus.json.good")]))
        .code,
    ).toBe(0);
    writeFileSync(path, JSON.stringify({ ...quiet, log: { level: "info" }, agents: { defaults: { name: "Mia" } } }));
    await wait("config.reloaded");
    expect((await runCommand(own, ["status", ...at])).out).toContain("Mia");
    await house.stop();
  });

  test("a folder that others can read is closed to them", async () => {
    using own = makeStateFolder(quiet);
    chmodSync(own.folder, 0o755);
    mkdirSync(own.workspace, { recursive: true });
    await (await startHouse(own)).stop();
    expect(statSync(own.folder).mode & 0o777).toBe(0o700);
  });

  test("a changed token holds at once: the new one opens, the old one does not", async () => {
    using own = makeStateFolder(quiet);
    const house = await startHouse(own);
    const call = (token: string) =>
      fetch(`http://127.0.0.1:${house.port}/metrics`, {
        headers: { authorization: `Bearer ${token}`, "x-forwarded-for": "203.0.113.9" },
      });
    expect((await call(house.token)).status).toBe(200);
    expect((await runCommand(own, ["config", "set", "gateway.auth.token", "a-token-of-my-own"])).code).toBe(0);
    expect((await call(house.token)).status).toBe(401);
    expect((await call("a-token-of-my-own")).status).toBe(200);
    expect((await runCommand(own, ["status"])).code).toBe(0);
    await house.stop();
  });

  test("a damaged state file ends the start with a sentence, and leaves nothing listening", async () => {
    using own = makeStateFolder(quiet);
    writeFileSync(own.statePath, "no database ".repeat(1_000));
    expect(await runCommand(own, ["gateway", "--port", "0"])).toMatchObject({
      code: 1,
      error: expect.stringContaining("damaged"),
    });
    expect((await runCommand(own, ["status"])).code).toBe(3);
  });

  test("nothing to say is said", async () => {
    using own = makeStateFolder(quiet);
    expect(await runCommand(own, ["agent"])).toMatchObject({
      code: 2,
      error: expect.stringContaining("nothing to say"),
    });
  });
});

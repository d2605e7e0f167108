// Leases of secrets in a house that runs: made on the command line, read by programs on the socket, out of an agent's reach.
import { expect, test } from "bun:test";
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";
import { openObedientModel } from "./fakes/obedient-model.ts";
import { obeyed, orderOf } from "./fakes/obeyed.ts";

const canary = "canary-of-a-leased-secret-5a7d31";
const offline = { agents: { defaults: { model: "offline/demo" } } };
const on = { secrets: { leases: { enabled: true } } };

function openWorld(config: object = {}) {
  const state = makeStateFolder({ ...offline, ...config });
  const socket = join(state.folder, "run", "secrets.sock");
  const command = (words: readonly string[], token?: string, input?: string) =>
    runCommand(state, words, token === undefined ? {} : { HOMARUS_LEASE_TOKEN: token }, undefined, input);
  const secrets = (...words: readonly string[]) => command(["secrets", ...words]);
  const lease = async (...words: readonly string[]): Promise<{ token: string; lease: { id: string } }> => {
    const { out, error } = await secrets("lease", ...words, "--json");
    if (out === "") throw new Error(error);
    return JSON.parse(out);
  };
  const get = async (name: string, token: string): Promise<[status: number, text: string]> => {
    const answer = await fetch(`http://secrets/v1/${name}`, {
      unix: socket,
      headers: { authorization: `Bearer ${token}` },
    });
    return [answer.status, await answer.text()];
  };
  const set = (name: string, value: string) => command(["secrets", "set", name], undefined, `${value}\n`);
  return { state, socket, command, secrets, lease, get, set, [Symbol.dispose]: () => state[Symbol.dispose]() };
}

test("[L02] a program of the owner's reads what it has leased: by the command line, in a command's environment and by curl", async () => {
  using at = openWorld(on);
  const house = await startHouse(at.state);
  await at.set("backup/postgres", canary);
  await at.set("other", "another-value-of-the-vault");
  expect((lstatSync(at.socket).mode & 0o777).toString(8)).toBe("600");
  expect((statSync(join(at.socket, "..")).mode & 0o777).toString(8)).toBe("700");

  const words = await at.secrets("lease", "backup/postgres", "--for", "10m", "--note", "nightly");
  const token = words.out.split("\n")[0] ?? "";
  expect(token).toMatch(/^hl_[\w-]{43}$/);
  expect(words.out).toContain("reads backup/postgres until");
  expect((await at.command(["secrets", "read", "backup/postgres"], token)).out).toBe(`${canary}\n`);
  const print = 'echo "$PGPASSWORD ${HOMARUS_LEASE_TOKEN-none} $*"; exit 7';
  const inside = ["--env", "PGPASSWORD=backup/postgres", "--", "bash", "-c", print, "me", "-h", "--json", "--version"];
  const ran = await at.command(["secrets", "run", ...inside], token);
  expect([ran.code, ran.out]).toEqual([7, `${canary} none -h --json --version\n`]);
  const curl = Bun.spawnSync([
    "curl",
    "-s",
    "--unix-socket",
    at.socket,
    "-H",
    `Authorization: Bearer ${token}`,
    "http://secrets/v1/backup/postgres",
  ]);
  expect(curl.stdout.toString()).toBe(canary);

  expect(await at.get("other", token)).toEqual([403, expect.stringContaining("not for other")]);
  expect(await at.get("backup/postgres", `hl_${"x".repeat(43)}`)).toEqual([
    401,
    expect.stringContaining("No open lease"),
  ]);
  const refused = await at.command(
    ["secrets", "run", "--env", "A=other", "--", "touch", join(at.state.folder, "ran")],
    token,
  );
  expect([refused.code, refused.error]).toEqual([1, expect.stringContaining("not for other")]);
  expect(existsSync(join(at.state.folder, "ran"))).toBe(false);

  await at.set("backup/postgres", `${canary}-rotated`);
  expect(await at.get("backup/postgres", token)).toEqual([200, `${canary}-rotated`]);
  const listed = await at.secrets("leases", "--json");
  expect(JSON.parse(listed.out).leases).toMatchObject([
    { names: ["backup/postgres"], state: "open", used: 4, note: "nightly" },
  ]);
  expect(listed.out).not.toMatch(/hl_|"hash"/);
  await at.secrets("remove", "backup/postgres");
  expect((await at.get("backup/postgres", token))[0]).toBe(404);
  expect((await at.command(["doctor"])).out).toContain("secrets are leased on");
  expect(await house.stop()).toBe(0);
  expect(existsSync(at.socket)).toBe(false);
}, 60_000);

test("[L02] uses are counted over a kill, a restart keeps leases, and the owner, a rotation and the emergency stop end them", async () => {
  using at = openWorld(on);
  let house = await startHouse(at.state);
  await at.set("db", canary);
  const two = await at.lease("db", "--uses", "2");
  const ten = await at.lease("db", "--uses", "10");
  const open = await at.lease("db");
  expect((await at.get("db", two.token))[0]).toBe(200);
  const isGiven = (answer: Promise<[status: number, text: string]>): Promise<number> =>
    answer.then(
      ([status]) => Number(status === 200),
      () => 0,
    );
  const under = Array.from({ length: 9 }, () => isGiven(at.get("db", ten.token)));
  await under[1];
  await house.kill();
  expect(existsSync(at.socket)).toBe(true);
  house = await startHouse(at.state);
  const later = Array.from({ length: 12 }, () => isGiven(at.get("db", ten.token)));
  const given = (await Promise.all([...under, ...later])).reduce((sum, one) => sum + one, 0);
  expect(given).toBeGreaterThan(1);
  expect(given).toBeLessThanOrEqual(10);
  const { leases } = JSON.parse((await at.secrets("leases", "--json")).out);
  expect(leases).toContainEqual(expect.objectContaining({ id: ten.lease.id, used: 10, state: "used-up" }));
  const many = await Promise.all(Array.from({ length: 5 }, () => at.get("db", two.token)));
  expect(many.filter(([status]) => status === 200).length).toBe(1);

  expect((await at.secrets("unlease", two.lease.id)).error).toContain("no lease");
  const gone = await at.lease("db");
  expect((await at.secrets("unlease", gone.lease.id)).out).toContain(gone.lease.id);
  expect((await at.get("db", gone.token))[0]).toBe(401);

  const code = JSON.parse((await at.command(["stop", "--code", "--json"])).out).code as string;
  await at.command(["stop", "--all"]);
  expect(await at.get("db", open.token)).toEqual([503, expect.stringContaining("homarus resume")]);
  expect((await at.secrets("lease", "db")).error).toContain("Everything is stopped");
  await at.command(["resume", code]);
  expect((await at.get("db", open.token))[0]).toBe(200);

  const rotated = await at.secrets("rotate", "--all");
  expect(rotated.out).toContain("All leases of secrets are ended");
  expect((await at.get("db", open.token))[0]).toBe(401);
  expect(JSON.parse((await at.secrets("leases", "--json")).out).leases).toEqual([]);

  const audit = (await at.command(["audit", "show", "--type", "secret"])).out;
  for (const line of ["makes lease", "reads db", "is refused", "ends leases", "rotates"]) expect(audit).toContain(line);
  expect(await house.stop()).toBe(0);
  for (const name of readdirSync(at.state.folder, { recursive: true }) as string[]) {
    const file = join(at.state.folder, name);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file, "latin1");
    for (const secret of [two.token, open.token, gone.token, canary])
      expect([name, bytes.includes(secret), bytes.includes(secret.slice(3))]).toEqual([name, false, false]);
  }
}, 90_000);

test("[L02] while it is off there is no socket and no lease; the config turns it on and off while the house runs", async () => {
  using at = openWorld();
  const house = await startHouse(at.state);
  await at.set("db", canary);
  expect([existsSync(at.socket), existsSync(join(at.socket, ".."))]).toEqual([false, false]);
  expect((await at.secrets("lease", "db")).error).toContain("homarus config set secrets.leases.enabled true");
  expect((await at.command(["secrets", "read", "db"], `hl_${"x".repeat(43)}`)).code).toBe(3);
  await at.command(["config", "set", "secrets.leases.enabled", "true"]);
  while (!existsSync(at.socket)) await Bun.sleep(10);
  const { token } = await at.lease("db");
  expect(await at.get("db", token)).toEqual([200, canary]);
  await at.command(["config", "set", "secrets.leases.enabled", "false"]);
  while (existsSync(at.socket)) await Bun.sleep(10);
  expect((await at.command(["secrets", "read", "db"], token)).error).toContain("Nobody gives secrets");
  await house.stop();
}, 60_000);

test("[L02] a gateway whose socket another program holds says so and does not start", async () => {
  using at = openWorld(on);
  mkdirSync(join(at.socket, ".."), { mode: 0o700 });
  const squatter = Bun.serve({ unix: at.socket, fetch: () => new Response() });
  await expect(startHouse(at.state)).rejects.toThrow("Another program answers on");
  await squatter.stop(true);
}, 60_000);

test("wrong words about leases are told with what is right, and make none", async () => {
  using at = openWorld(on);
  const house = await startHouse(at.state);
  await at.set("a", canary);
  const wrong: readonly (readonly [words: string, says: string])[] = [
    ["lease", "names of secrets"],
    ["lease b", "The vault has no secret b"],
    ["lease a --for 10", "no time"],
    ["lease a --for 25h", "1440 minutes at most"],
    ["lease a --uses 0", "gives 1 to"],
    ["lease a --uses x", "--uses must be a whole number"],
    ["unlease", "the id of one lease, or --all"],
    ["unlease a b", "the id of one lease, or --all"],
    ["unlease a", "no lease a"],
    ["read", "wants one name"],
    ["read a hl_token", "wants one name"],
    ["read a", "HOMARUS_LEASE_TOKEN is not set"],
    ["run -- true", "wants a command"],
    ["run --env A=a", "wants a command"],
    ["run --env A -- true", "NAME=secret"],
  ];
  for (const [words, says] of wrong) {
    const { code, error } = await at.secrets(...words.split(" "));
    expect([words, code === 0, error]).toEqual([words, false, expect.stringContaining(says)]);
  }
  expect((await at.secrets("leases")).out).toContain("Nothing is leased");
  await house.stop();
}, 90_000);

test("[L02] an agent reaches neither the socket nor a lease: not from the sandbox, not with its file tools", async () => {
  await using model = openObedientModel();
  model.paceMs = 0;
  using at = openWorld({
    ...on,
    agents: { defaults: { model: "openai/scripted", maxSteps: 50 } },
    providers: { openai: { apiKey: "key-0123456789abcdef", baseUrl: model.url, api: "chat" } },
    // What the guard would ask about is run, so that the sandbox is what holds.
    approvals: { timeoutSeconds: 10, tools: { exec: "never" } },
  });
  const house = await startHouse(at.state);
  await at.set("db", canary);
  const { token } = await at.lease("db");
  mkdirSync(at.state.workspace, { recursive: true });
  writeFileSync(join(at.state.workspace, "token"), token);
  const python = (code: string) => orderOf("exec", { command: `python3 -c '${code}'`, timeout_seconds: 20 });
  const told = await obeyed({ house, state: at.state }, "leases", [
    python(`import socket; s=socket.socket(socket.AF_UNIX); s.connect("${at.socket}"); print("reached")`),
    orderOf("exec", { command: `ls -la ${at.state.folder}/run ${at.socket} && echo reached`, timeout_seconds: 20 }),
    orderOf("exec", {
      command: `curl -s --unix-socket ${at.socket} -H "Authorization: Bearer $(cat token)" http://secrets/v1/db`,
      timeout_seconds: 20,
    }),
    orderOf("exec", { command: "env; homarus secrets read db && echo reached", timeout_seconds: 20 }),
    orderOf("read", { path: at.socket }),
    orderOf("read", { path: "../run/secrets.sock" }),
    orderOf("glob", { pattern: "../run/*" }),
    orderOf("write", { path: "../run/secrets.sock", content: "x" }),
    orderOf("read", { path: "token" }),
  ]);
  const words = told.map(({ content }) => content.map(({ text = "" }) => text).join("\n"));
  expect(words.length).toBe(9);
  expect(words.join("\n")).not.toMatch(/^reached/m);
  expect(words.join("\n")).not.toContain(canary);
  // A token that stands in a file is taken out of what the agent reads.
  expect(words[8]).toContain("***");
  expect(words.join("\n") + model.seen()).not.toContain(token);
  expect(await at.get("db", token)).toEqual([200, canary]);
  await house.stop();
}, 120_000);

test("[L02] without a sandbox a command of the agent that names the socket is a question, and without a yes does not run", async () => {
  await using model = openObedientModel();
  model.paceMs = 0;
  using at = openWorld({
    ...on,
    sandbox: "none",
    agents: { defaults: { model: "openai/scripted", maxSteps: 50 } },
    providers: { openai: { apiKey: "key-0123456789abcdef", baseUrl: model.url, api: "chat" } },
  });
  const house = await startHouse(at.state);
  await at.set("db", canary);
  const { token, lease } = await at.lease("db");
  mkdirSync(at.state.workspace, { recursive: true });
  writeFileSync(join(at.state.workspace, "token"), token);
  const bearer = '-H "Authorization: Bearer $(cat token)"';
  const command = `touch ran; curl -s --unix-socket ${at.socket} ${bearer} http://secrets/v1/db > got`;
  const obeying = obeyed({ house, state: at.state }, "asked", [orderOf("exec", { command, timeout_seconds: 20 })]);
  let [code, isOver]: [string | undefined, boolean] = [undefined, false];
  void obeying.then(() => {
    isOver = true;
  });
  while (code === undefined && !isOver)
    code = JSON.parse((await at.command(["approvals", "--json"])).out).approvals[0]?.code;
  expect((await at.command(["approvals", "deny", code ?? ""])).code).toBe(0);
  await obeying;
  expect(["ran", "got"].map((name) => existsSync(join(at.state.workspace, name)))).toEqual([false, false]);
  const listed = JSON.parse((await at.secrets("leases", "--json")).out);
  expect(listed.leases).toMatchObject([{ id: lease.id, used: 0 }]);
  expect((await at.command(["audit", "show", "--type", "approval-asked"])).out).toContain("exec");
  await house.stop();
}, 60_000);

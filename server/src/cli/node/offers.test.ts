import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Answer, type Asked, Offers } from "./offers.ts";
import { openPolicy } from "./policy-file.ts";

const root = mkdtempSync(join(tmpdir(), "homarus-offers-"));
afterAll(() => rmSync(root, { recursive: true }));

let count = 0;
function open(policy: object = {}) {
  const folder = join(root, String(++count));
  const path = join(folder, "exec-policy.json");
  const said: string[] = [];
  const file = openPolicy(path);
  if (Object.keys(policy).length > 0) writeFileSync(path, JSON.stringify(policy));
  const life = new AbortController();
  const offers = new Offers({ policy: file, say: (text) => said.push(text), signal: life.signal });
  const ask = (command: string, params: unknown, rest: Partial<Asked> = {}): Promise<Answer> =>
    offers.answer({ id: "i", nodeId: "n", command, paramsJSON: JSON.stringify(params), ...rest });
  return { folder, path, said, life, offers, ask, run: (params: object, rest = {}) => ask("system.run", params, rest) };
}

const payloadOf = (answer: Answer) => (answer.ok ? JSON.parse(answer.payloadJSON) : answer);
const messageOf = (answer: Answer) => (answer.ok ? "" : answer.error.message);
const full = { security: "full", ask: "off" };

describe("[G35] system.run on a node", () => {
  test("gives what the program said and how it ended", async () => {
    const { run } = open(full);
    expect(payloadOf(await run({ command: ["sh", "-c", "echo out; echo err >&2; exit 4"] }))).toEqual({
      ...{ exitCode: 4, timedOut: false, success: false, stdout: "out\n", stderr: "err\n", error: null },
      truncated: false,
    });
    expect(payloadOf(await run({ command: ["no-such-program"] }))).toMatchObject({
      ...{ exitCode: null, success: false, error: "no-such-program: there is no such program" },
    });
  });

  test("ends before the gateway stops waiting, so that what was said still arrives", async () => {
    const { run } = open(full);
    const end = payloadOf(await run({ command: ["sh", "-c", "echo begun; sleep 60"] }, { timeoutMs: 500 }));
    expect(end).toMatchObject({ timedOut: true, stdout: "begun\n" });
    const own = await run({ command: ["sleep", "60"], timeoutMs: 50 }, { timeoutMs: 60_000 });
    expect(payloadOf(own)).toMatchObject({ timedOut: true });
  });

  test("refuses what cannot be run, in words", async () => {
    const { run, ask } = open(full);
    expect(messageOf(await run({}))).toBe("command required");
    expect(messageOf(await run({ command: "ls" }))).toBe("command required");
    expect(messageOf(await run({ command: ["ls\0"] }))).toContain("not one that can be run");
    expect(messageOf(await run({ command: ["ls"], cwd: "/no/such" }))).toContain("not a folder");
    expect(messageOf(await run({ command: ["ls"], rawCommand: "rm" }))).toContain("does not match");
    expect(await ask("system.run", null, { paramsJSON: "{no" })).toMatchObject({ error: { code: "INVALID_REQUEST" } });
    expect(messageOf(await ask("camera.snap", {}))).toBe("command not supported");
    expect(messageOf(await ask("constructor", {}))).toBe("command not supported");
  });

  test("the same key runs once, however often it comes; a refusal is no run", async () => {
    const it = open(full);
    const file = join(it.folder, "runs");
    const command = ["sh", "-c", `echo run >> ${file}; echo done`];
    const keyed = { idempotencyKey: "k" };
    const answers = await Promise.all([it.run({ command }, keyed), it.run({ command }, keyed)]);
    answers.push(await it.run({ command }, keyed));
    expect(answers.map((answer) => payloadOf(answer).stdout)).toEqual(["done\n", "done\n", "done\n"]);
    expect(readFileSync(file, "utf8")).toBe("run\n");
    const strict = open();
    expect(messageOf(await strict.run({ command: ["ls"] }, keyed))).toStartWith("SYSTEM_RUN_DENIED");
    writeFileSync(strict.path, JSON.stringify(full));
    expect((await strict.run({ command: ["ls"] }, keyed)).ok).toBe(true);
  });

  test("no more than sixteen at once, and the node's end is theirs", async () => {
    const it = open(full);
    const going = Array.from({ length: 16 }, () => it.run({ command: ["sleep", "60"] }));
    expect(messageOf(await it.run({ command: ["ls"] }))).toContain("too much to do");
    it.life.abort();
    for (const answer of await Promise.all(going)) expect(payloadOf(answer).success).toBe(false);
    await it.offers.ended();
  });
});

describe("system.run under the exec policy", () => {
  test("a new node lets nothing run without a yes, and writes that down for its owner alone", async () => {
    const { run, path } = open();
    expect(await run({ command: ["ls"] })).toEqual({
      ok: false,
      error: { code: "UNAVAILABLE", message: "SYSTEM_RUN_DENIED: approval required" },
    });
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      ...{ version: 1, security: "allowlist", ask: "on-miss", allowlist: [] },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("a yes runs it once; an always is remembered", async () => {
    const { run, path } = open();
    const once = { command: ["ls", "/"], approved: true, approvalDecision: "allow-once" };
    expect((await run(once)).ok).toBe(true);
    expect((await run({ command: ["ls", "/"] })).ok).toBe(false);
    expect((await run({ ...once, approvalDecision: "allow-always" })).ok).toBe(true);
    expect((await run({ command: ["ls", "/tmp"] })).ok).toBe(true);
    expect(JSON.parse(readFileSync(path, "utf8")).allowlist).toEqual([{ pattern: expect.stringMatching(/\/ls$/) }]);
    await run({ ...once, approvalDecision: "allow-always" });
    expect(JSON.parse(readFileSync(path, "utf8")).allowlist).toHaveLength(1);
  });

  test("an always for a program that runs others holds for that time only", async () => {
    const { run, path, said } = open();
    const command = ["env", "ls", "/"];
    expect((await run({ command, approved: true, approvalDecision: "allow-always" })).ok).toBe(true);
    expect((await run({ command })).ok).toBe(false);
    expect(JSON.parse(readFileSync(path, "utf8")).allowlist).toEqual([]);
    expect(said.join("\n")).toContain("this time only");
  });

  test("deny is deny; a policy that cannot be read is one too", async () => {
    const approved = { command: ["ls"], approved: true, approvalDecision: "allow-once" };
    expect(messageOf(await open({ security: "deny" }).run(approved))).toBe("SYSTEM_RUN_DENIED: security=deny");
    expect(messageOf(await open({ ask: "off" }).run(approved))).toBe("SYSTEM_RUN_DENIED: allowlist miss");
    for (const broken of [{ security: "ful" }, { allowlist: "ls" }, { allowlist: [{}] }, { agents: [] }])
      expect(messageOf(await open(broken).run(approved))).toStartWith(
        "SYSTEM_RUN_DENIED: the exec policy cannot be read",
      );
    const torn = open();
    writeFileSync(torn.path, "{");
    expect(messageOf(await torn.run(approved))).toContain("holds no JSON object");
  });

  test("the caller's variables cannot make a listed program another, and the output does not show the node's login", async () => {
    const { run, said } = open({ allowlist: [{ pattern: "env" }] });
    process.env.HOMARUS_GATEWAY_TOKEN = "node-login";
    const env = { PATH: "/tmp/evil", LD_PRELOAD: "/tmp/evil.so", NODE_OPTIONS: "-r evil", FINE: "yes" };
    const { stdout } = payloadOf(await run({ command: ["env"], env }));
    delete process.env.HOMARUS_GATEWAY_TOKEN;
    expect(stdout).toContain("FINE=yes");
    for (const word of ["evil", "node-login"]) expect(stdout).not.toContain(word);
    expect(said.join("\n")).toContain("Not given to the command: PATH, LD_PRELOAD, NODE_OPTIONS.");
  });
});

describe("what else a node does", () => {
  test("system.which finds names, and tells nothing of paths", async () => {
    const { ask } = open();
    const found = payloadOf(await ask("system.which", { bins: ["sh", "no-such-program", "/bin/sh", "../sh", " ls "] }));
    expect(Object.keys(found.bins).sort()).toEqual(["ls", "sh"]);
    expect(found.bins.sh).toMatch(/^\/.*\/sh$/);
    expect(messageOf(await ask("system.which", {}))).toBe("bins required");
  });

  test("system.notify hands its words to the platform's program as words", async () => {
    const { ask, folder } = open();
    const before = process.env.PATH;
    const program = `#!/bin/sh\nprintf '%s\\n' "$@" > ${folder}/shown\n`;
    writeFileSync(join(folder, "notify-send"), program, { mode: 0o755 });
    process.env.PATH = `${folder}:/usr/bin:/bin`;
    const words = { title: "--help", body: "$(id) `id`", priority: "timeSensitive" };
    expect(payloadOf(await ask("system.notify", words))).toEqual({ ok: true });
    expect(readFileSync(join(folder, "shown"), "utf8").split("\n").slice(1)).toEqual([
      ...["--urgency=critical", "--", "--help", "$(id) `id`", ""],
    ]);
    process.env.PATH = root;
    expect(messageOf(await ask("system.notify", words))).toContain("notify-send is not installed here");
    process.env.PATH = before;
    expect(messageOf(await ask("system.notify", { body: " " }))).toBe("title or body required");
  });

  test("its rules are read and written in the layout that clients know, over what they have seen", async () => {
    const { ask, path } = open();
    const read = payloadOf(await ask("system.execApprovals.get", {}));
    expect(read).toMatchObject({ path, exists: true, file: { version: 1, defaults: { ask: "on-miss" } } });
    const file = {
      ...{ version: 1, defaults: { security: "allowlist", askFallback: "deny" } },
      agents: { "*": { allowlist: [{ id: "x", pattern: "/bin/ls", lastUsedAt: 1 }] }, cook: { ask: "off" } },
    };
    expect(messageOf(await ask("system.execApprovals.set", { file }))).toContain("base hash required");
    expect(messageOf(await ask("system.execApprovals.set", { file, baseHash: "old" }))).toContain("changed");
    const wrong = { ...file, defaults: { security: "all" } };
    expect(messageOf(await ask("system.execApprovals.set", { file: wrong, baseHash: read.hash }))).toContain(
      "security",
    );
    const written = payloadOf(await ask("system.execApprovals.set", { file, baseHash: read.hash }));
    expect(written.file).toEqual({
      ...{ version: 1, defaults: { security: "allowlist", ask: "on-miss" } },
      agents: { "*": { allowlist: [{ pattern: "/bin/ls" }] }, cook: { ask: "off" } },
    });
    expect(written.hash).not.toBe(read.hash);
    expect(JSON.parse(readFileSync(path, "utf8"))).toEqual({
      ...{ version: 1, security: "allowlist", ask: "on-miss", allowlist: [{ pattern: "/bin/ls" }] },
      agents: { cook: { ask: "off" } },
    });
  });
});

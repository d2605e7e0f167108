import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProgramRun, runProgram } from "./run-program.ts";

const shell = (script: string, changes: Partial<ProgramRun> = {}) =>
  runProgram({
    ...{ program: "/bin/sh", argv: ["sh", "-c", script], folder: "/", variables: { PATH: "/usr/bin:/bin" } },
    ...{ timeoutMs: 60_000, signal: new AbortController().signal },
    ...changes,
  });

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // A zombie that nobody waits for still has its number.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

describe("a program on a node", () => {
  test("runs in its folder, with its variables and nothing on its input, and both outputs come back", async () => {
    const script = 'pwd; echo "$WORD"; cat; echo oops >&2; exit 3';
    expect(await shell(script, { folder: "/tmp", variables: { PATH: "/usr/bin:/bin", WORD: "a  b" } })).toEqual({
      ...{ exitCode: 3, timedOut: false, success: false, stdout: "/tmp\na  b\n", stderr: "oops\n" },
      ...{ error: null, truncated: false },
    });
  });

  test("its words reach it as they are: no shell reads them", async () => {
    const argv = ["echo", "$HOME", "`id`", "a b", "*", ";"];
    const { stdout } = await shell("", { program: "/bin/echo", argv });
    expect(stdout).toBe("$HOME `id` a b * ;\n");
  });

  test("of much output the beginning and the end are kept", async () => {
    const { stdout, truncated, exitCode } = await shell(
      "echo first; head -c 1000000 /dev/zero | tr '\\0' x; echo last",
    );
    expect(exitCode).toBe(0);
    expect(truncated).toBe(true);
    expect(stdout).toStartWith("first\nxxx");
    expect(stdout).toEndWith("xxxlast\n");
    expect(stdout).toContain("bytes left out");
    expect(stdout.length).toBeLessThan(151_000);
  });

  test("when its time is over it ends with all that it started, and what it said is kept", async () => {
    const folder = mkdtempSync(join(tmpdir(), "homarus-run-"));
    const script = `trap '' TERM; (trap '' TERM; echo $$ > ${folder}/pid; exec sh -c 'echo $$ > ${folder}/child; while :; do sleep 60; done') & echo begun; while :; do sleep 60; done`;
    const end = await shell(script, { timeoutMs: 300 });
    expect(end).toMatchObject({ timedOut: true, success: false, stdout: "begun\n" });
    const child = Number(readFileSync(join(folder, "child"), "utf8"));
    const until = Date.now() + 5_000;
    while (isAlive(child) && Date.now() < until) await new Promise((resolve) => setImmediate(resolve));
    expect(isAlive(child)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  test("the node's end is its end too", async () => {
    const life = new AbortController();
    const going = shell("sleep 60", { signal: life.signal });
    life.abort();
    expect(await going).toMatchObject({ exitCode: null, timedOut: false, success: false, error: "ended by SIGTERM" });
    expect(await shell("sleep 60", { signal: life.signal })).toMatchObject({ success: false });
  });

  test("what it left in the background does not hold the answer", async () => {
    const end = await shell("sleep 30 & echo $!");
    expect(end).toMatchObject({ exitCode: 0, success: true });
    process.kill(Number(end.stdout), "SIGKILL");
  });

  test("one that cannot be started says why", async () => {
    const end = await shell("", { program: "/no/such", argv: ["such"] });
    expect(end).toMatchObject({ exitCode: null, success: false, error: expect.stringContaining("ENOENT") });
    expect(existsSync("/no/such")).toBe(false);
  });
});

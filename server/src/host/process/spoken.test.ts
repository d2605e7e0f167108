import { expect, test } from "bun:test";
import type { ProgramRequest } from "@homarus/sdk";
import { startSpoken } from "./spoken.ts";

const environment = { PATH: "/usr/bin:/bin", HOME: "/tmp", HOMARUS_TEST_SECRET: "the house's own" };
const start = (script: string, more: Partial<ProgramRequest> = {}) =>
  startSpoken({ argv: ["/bin/sh", "-c", script], environment: {}, maxLineBytes: 1_000, ...more }, { environment });

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

test("a program is spoken with line by line, its errors stand apart, and it sees nothing of the house", async () => {
  const program = await start("echo oops >&2; read a; echo \"$a!\"; printf 'no end'; env", {
    environment: { GIVEN: "1" },
  });
  await program.write("hello");
  const lines = await linesOf(program.lines);
  expect(lines[0]).toBe("hello!");
  expect(lines.join("\n")).toContain("GIVEN=1");
  expect(lines.join("\n")).not.toContain("HOMARUS_TEST_SECRET");
  expect((await program.exited).exitCode).toBe(0);
  expect(program.errorText()).toBe("oops\n");
  expect(await program.write("more").catch((fault) => fault.code)).toBe("program.deaf");
});

test.each([
  [environment, ["HOME=/tmp", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]],
  [{ HOMARUS_TEST_SECRET: "x" }, ["HOME=/", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]],
  [{ ...process.env, PATH: "", HOME: "" }, ["HOME=/", "LANG=C.UTF-8", "PATH=/usr/bin:/bin"]],
] as const)(
  "a program gets three variables and what its owner gives it, and none else of the house",
  async (house, own) => {
    const request = { argv: ["env"], environment: { GIVEN: "1" }, maxLineBytes: 1_000 };
    const program = await startSpoken(request, { environment: house });
    expect((await linesOf(program.lines)).sort()).toEqual(["GIVEN=1", ...own].sort());
    await program.exited;
  },
);

test("a line that is too long ends the reading, and bytes of one letter come together", async () => {
  const long = await start("head -c 100000 /dev/zero | tr '\\0' x; echo");
  expect(await linesOf(long.lines)).toEqual([]);
  await long.end();
  const split = await start("printf '\\303'; sleep 0.05; printf '\\244\\r\\n'");
  expect(await linesOf(split.lines)).toEqual(["ä"]);
});

test("what ignores the end of its input is killed, with all that it started", async () => {
  const program = await start("trap '' TERM; sleep 600 & echo $!; while :; do sleep 1; done");
  const first = program.lines[Symbol.asyncIterator]();
  const child = Number((await first.next()).value);
  await program.end();
  while (isRunning(child)) await Bun.sleep(5);
  expect((await program.exited).exitCode).toBeUndefined();
});

/** Dead and not yet collected by its new parent counts as gone. */
function isRunning(pid: number): boolean {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)]);
  const state = stdout.toString().trim();
  return state !== "" && !state.startsWith("Z");
}

test("a program that is not there, or a folder that is none, says what to do", async () => {
  const fault = await start("", { argv: ["/no/such/program"] }).catch((thrown) => thrown);
  expect([fault.kind, fault.code, fault.hint]).toEqual([
    "config",
    "program.start",
    expect.stringContaining("full path"),
  ]);
  expect(await start("", { folder: "/no/such/folder" }).catch((thrown) => thrown.code)).toBe("program.start");
});

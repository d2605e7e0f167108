// What every Sandbox promises. The commands are plain enough for any POSIX shell, and for the fake.
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import { codeOf, limits, run, type SandboxWorld, sandboxCase } from "./sandbox.world.ts";
import { sandboxProcesses } from "./sandbox-processes.contract.ts";
import { sandboxWalls } from "./sandbox-walls.contract.ts";

export const sandboxContract: readonly ContractCase<SandboxWorld>[] = [
  sandboxCase("runs a command in the workspace and reports its output and exit code", async (workspace, { spec }) => {
    const result = await run(workspace, "echo hello; pwd; exit 3");
    expectSame([result.ended, result.exitCode, result.output], ["exit", 3, `hello\n${spec.root}\n`], "the result");
    expectSame((await run(workspace, "echo fine")).exitCode, 0, "zero is reported");
    expectSame((await run(workspace, "no-such-command-here")).exitCode, 127, "an unknown command");
  }),
  sandboxCase("keeps what commands leave in the workspace", async (workspace) => {
    await run(workspace, "mkdir sub");
    expectSame((await run(workspace, "ls")).output, "sub\n", "the folder is there");
  }),
  sandboxCase("runs in a folder of the workspace, and in none outside", async (workspace, { spec }) => {
    await run(workspace, "mkdir sub");
    for (const folder of ["sub", "./sub/", `${spec.root}/sub`])
      expectSame((await run(workspace, "pwd", { folder })).output, `${spec.root}/sub\n`, folder);
    for (const folder of ["..", "../x", "/", "sub/../.."])
      expectSame(await codeOf(run(workspace, "pwd", { folder })), "denied sandbox.outside", folder);
    expectSame(
      await codeOf(run(workspace, "pwd", { folder: "missing" })),
      "invalid sandbox.folder",
      "a missing folder",
    );
  }),
  sandboxCase("hands input over, and an end of input where there is none", async (workspace) => {
    expectSame((await run(workspace, "cat", { input: "one\ntwo" })).output, "one\ntwo", "given input");
    expectSame((await run(workspace, "cat")).output, "", "no input");
  }),
  sandboxCase(
    "shows a command the variables it was given and none of the house",
    async (workspace, { secretVariable, spec }) => {
      const given = await run(workspace, "printenv GIVEN", { environment: { GIVEN: "yes" } });
      expectSame([given.output, given.exitCode], ["yes\n", 0], "given");
      const secret = await run(workspace, `printenv ${secretVariable}`);
      expectSame([secret.output, secret.exitCode], ["", 1], "the house's own");
      expectSame((await run(workspace, "printenv HOME")).output, `${spec.root}\n`, "home is the workspace");
    },
  ),
  sandboxCase("[H25] keeps both ends of a long output and says what is missing", async (workspace) => {
    const { output, exitCode } = await run(workspace, "seq 1 100000", { maxOutputBytes: 1000 });
    expectSame(exitCode, 0, "it ran to its end");
    expectThat(output.startsWith("1\n2\n3\n"), "the beginning is kept");
    expectThat(output.endsWith("\n99999\n100000\n"), "the end is kept");
    expectThat(/\d+ bytes/.test(output.slice(400, 700)), "a note between says how much is missing");
    expectThat(output.length < 1200, "it is bounded");
  }),
  sandboxCase("tells output as it comes", async (workspace) => {
    let told = "";
    const { output } = await run(workspace, "echo one; echo two", { onOutput: (text) => (told += text) });
    expectSame([told, output], ["one\ntwo\n", "one\ntwo\n"], "all of it");
  }),
  sandboxCase("[H25] ends a command when its time is over, and keeps what it said", async (workspace) => {
    const result = await run(workspace, "echo begun; sleep 600; echo late", { timeoutMs: 500 });
    expectSame([result.ended, result.exitCode, result.output], ["timeout", undefined, "begun\n"], "the result");
  }),
  sandboxCase("ends a command on abort, also before it began", async (workspace) => {
    const stop = new AbortController();
    const result = await workspace.exec(
      { command: "echo begun; sleep 600", ...limits, onOutput: () => stop.abort() },
      stop.signal,
    );
    expectSame([result.ended, result.exitCode, result.output], ["aborted", undefined, "begun\n"], "in the middle");
    const never = await workspace.exec({ command: "mkdir made", ...limits }, AbortSignal.abort());
    expectSame([never.ended, (await run(workspace, "ls")).output], ["aborted", ""], "beforehand");
  }),
  sandboxCase("runs commands side by side", async (workspace) => {
    const results = await Promise.all(["a", "b", "c"].map((word) => run(workspace, `echo ${word}`)));
    expectSame(
      results.map((item) => item.output),
      ["a\n", "b\n", "c\n"],
      "each has its own output",
    );
  }),
  {
    name: "takes no command after it was closed",
    async run({ sandbox, spec }) {
      const workspace = await sandbox.open(spec);
      await workspace.close();
      expectThat((await codeOf(run(workspace, "echo x"))) !== "no fault", "it refuses");
    },
  },
  ...sandboxProcesses,
  ...sandboxWalls,
];

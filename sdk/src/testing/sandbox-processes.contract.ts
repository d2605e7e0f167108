// What every Sandbox promises of processes that go on by themselves, and of files that go in and out.
import type { RunningProcess, StartRequest, Workspace } from "../ports/sandbox.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import { codeOf, run, type SandboxWorld, sandboxCase } from "./sandbox.world.ts";

const start = (workspace: Workspace, command: string, more: Partial<StartRequest> = {}): Promise<RunningProcess> =>
  workspace.start({ command, maxOutputBytes: 10_000, ...more });

/** Reads on until the text has come. */
async function until(process: RunningProcess, text: string): Promise<string> {
  let [said, cursor] = ["", 0];
  while (!said.includes(text)) {
    await process.changed(cursor);
    const more = process.output(cursor);
    if (more.cursor === cursor) throw new Error(`it ended and never said ${JSON.stringify(text)}, only: ${said}`);
    [said, cursor] = [said + more.text, more.cursor];
  }
  return said;
}

const endOf = async ({ exited }: RunningProcess) => {
  const { exitCode, ended } = await exited;
  return { exitCode, ended };
};

export const sandboxProcesses: readonly ContractCase<SandboxWorld>[] = [
  sandboxCase("starts a command, tells what it says since a cursor, and how it ended", async (workspace) => {
    const process = await start(workspace, "echo one; echo two; exit 3");
    expectSame(await endOf(process), { exitCode: 3, ended: "exit" }, "its end");
    expectSame(process.output(0), { text: "one\ntwo\n", cursor: 8, missedBytes: 0 }, "all of it");
    expectSame(process.output(4).text, "two\n", "from a cursor on");
    expectSame(process.output(8), { text: "", cursor: 8, missedBytes: 0 }, "nothing new");
    await process.changed(8);
  }),
  sandboxCase("speaks with a process that goes on, while commands run beside it", async (workspace) => {
    const process = await start(workspace, "cat");
    await process.write("first\n");
    expectSame(await until(process, "first\n"), "first\n", "its answer");
    expectSame((await run(workspace, "echo beside")).output, "beside\n", "a command beside it");
    await process.write("second\n");
    await until(process, "second\n");
    process.endInput();
    expectSame(await endOf(process), { exitCode: 0, ended: "exit" }, "its end");
    expectSame(await codeOf(process.write("late")), "invalid process.deaf", "after its end");
  }),
  sandboxCase("kills a process when it is told to", async (workspace) => {
    const process = await start(workspace, "echo begun; sleep 600");
    await until(process, "begun");
    process.kill();
    expectSame((await process.exited).ended, "killed", "its end");
    process.kill();
  }),
  sandboxCase("ends what still runs when it is closed", async (workspace) => {
    const process = await start(workspace, "echo begun; sleep 600");
    await until(process, "begun");
    await workspace.close();
    expectThat((await process.exited).exitCode !== 0, "it did not run to its end");
  }),
  sandboxCase("keeps the newest of what a process says, and tells how much is missing", async (workspace) => {
    const process = await start(workspace, "seq 1 20000", { maxOutputBytes: 1_000 });
    await process.exited;
    const { text, missedBytes, cursor } = process.output(0);
    expectThat(text.endsWith("\n19999\n20000\n"), "the newest is kept");
    expectSame([text.length + missedBytes, cursor, text.length], [cursor, 108_894, 1_000], "the counts");
  }),
  sandboxCase("starts in a folder of the workspace, and in none outside", async (workspace) => {
    expectSame(await codeOf(start(workspace, "pwd", { folder: ".." })), "denied sandbox.outside", "outside");
    expectSame(await codeOf(start(workspace, "pwd", { folder: "missing" })), "invalid sandbox.folder", "missing");
  }),
  {
    needs: "terminal",
    ...sandboxCase("gives a process a terminal of the wanted size, which can change", async (workspace) => {
      const process = await start(workspace, "stty -echo; test -t 0 && test -t 1 && echo both; exec sh", {
        terminal: { columns: 97, rows: 31 },
      });
      await until(process, "both");
      await process.write("stty size\n");
      await until(process, "31 97");
      process.resize({ columns: 120, rows: 40 });
      await process.write(`until [ "$(stty size)" = "40 120" ]; do :; done; echo la''st\n`);
      await until(process, "last");
      await process.write("exit 5\n");
      expectSame(await endOf(process), { exitCode: 5, ended: "exit" }, "its end");
    }),
  },
  sandboxCase("takes files in and hands them out, byte by byte", async (workspace) => {
    const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
    await workspace.put("deep/er/file.bin", bytes);
    expectSame([...(await workspace.take("deep/er/file.bin", 70_000))], [...bytes], "the same bytes");
    await workspace.put("note", new TextEncoder().encode("hello"));
    expectSame((await run(workspace, "cat note")).output, "hello", "a command reads it");
    await workspace.put("note", new Uint8Array(0));
    expectSame((await workspace.take("note", 0)).byteLength, 0, "an empty file");
  }),
  sandboxCase("says which file is missing, too large or outside", async (workspace) => {
    await workspace.put("note", new TextEncoder().encode("hello"));
    expectSame(await codeOf(workspace.take("missing", 10)), "invalid sandbox.no-file", "missing");
    expectSame(await codeOf(workspace.take("note", 4)), "invalid sandbox.too-large", "too large");
    for (const path of ["../x", "/etc/passwd", "a/../../x"]) {
      expectSame(await codeOf(workspace.take(path, 10)), "denied sandbox.outside", `reading ${path}`);
      expectSame(await codeOf(workspace.put(path, new Uint8Array(1))), "denied sandbox.outside", `writing ${path}`);
    }
  }),
];

// What a Sandbox promises of limits, mounts and the door, each where its manifest claims it.
import type { EgressDoor } from "../ports/egress.ts";
import type { SandboxSpec } from "../ports/sandbox.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import { run, type SandboxWorld, sandboxCase } from "./sandbox.world.ts";

const mebibyte = 1024 * 1024;

/** Says one line to the port of this machine, and prints the answer, in whatever language is there. */
function talk(port: number): string {
  const perl = `perl -MIO::Socket::INET -e '$s=IO::Socket::INET->new(PeerAddr=>"127.0.0.1:${port}") or exit 7; print $s "hello\\n"; print scalar <$s>'`;
  const python = `python3 -c 'import socket;s=socket.create_connection(("127.0.0.1",${port}));s.sendall(b"hello\\n");print(s.makefile().readline(),end="")'`;
  return `if command -v perl >/dev/null; then ${perl}; else ${python}; fi`;
}

const withDoor = ({ spec, door }: SandboxWorld): SandboxSpec => ({ ...spec, egress: door as EgressDoor });

export const sandboxWalls: readonly ContractCase<SandboxWorld>[] = [
  {
    name: "says of the machine whether it works there, and what stands between",
    async run({ sandbox }) {
      const facts = await sandbox.probe();
      expectThat(facts.isWorking && facts.trouble === undefined, "it works where the contract runs");
      expectThat(
        facts.walls.every(({ name, text }) => name !== "" && text !== ""),
        "each wall has a name and words",
      );
    },
  },
  {
    needs: "disk-limit",
    ...sandboxCase(
      "[L08] bounds what is written to /tmp",
      async (workspace) => {
        const { exitCode } = await run(workspace, "head -c 40000000 /dev/zero > /tmp/filled");
        expectThat(exitCode !== 0, "it is full");
        expectSame(
          (await run(workspace, "rm -f /tmp/filled; echo x > /tmp/small; cat /tmp/small")).output,
          "x\n",
          "a little fits",
        );
      },
      ({ spec }) => ({ ...spec, diskBytes: 16 * mebibyte }),
    ),
  },
  {
    needs: "memory-limit",
    ...sandboxCase(
      "[L08] bounds memory",
      async (workspace) => {
        const { exitCode, ended } = await run(workspace, "head -c 400000000 /dev/zero | tail -c 300000000 | wc -c");
        const small = await run(workspace, "echo still; exit 0");
        expectThat(ended !== "timeout" && exitCode !== undefined, "the house is not stuck");
        expectSame(small.output, "still\n", "the next command runs");
        const { output } = await run(workspace, "head -c 400000000 /dev/zero | tail -c 300000000 | wc -c");
        expectThat(!output.includes("300000000"), "so much is not to be had");
      },
      ({ spec }) => ({ ...spec, memoryBytes: 128 * mebibyte }),
    ),
  },
  {
    needs: "usage",
    ...sandboxCase("tells what a command used", async (workspace) => {
      const busy = await run(workspace, "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done");
      expectThat((busy.usage?.cpuMs ?? 0) > 20, "time of the processor");
    }),
  },
  {
    needs: "mounts",
    ...sandboxCase(
      "[L09] shows what is mounted, and lets be written only what may",
      async (workspace, { mounts }) => {
        if (!mounts) throw new Error("the world has no mounts");
        const { readOnly, writable } = mounts;
        expectSame((await run(workspace, `cat ${readOnly.target}/note`)).output, "noted", "reading");
        expectThat((await run(workspace, `echo x > ${readOnly.target}/new`)).exitCode !== 0, "it is read-only");
        expectThat((await run(workspace, `rm -f ${readOnly.target}/note`)).exitCode !== 0, "nothing can be removed");
        expectSame((await run(workspace, `echo x > ${writable.target}/new`)).exitCode, 0, "writing");
        expectSame((await run(workspace, `cat ${writable.target}/new`)).output, "x\n", "what was written");
      },
      ({ spec, mounts }) => ({ ...spec, mounts: mounts ? [mounts.readOnly, mounts.writable] : [] }),
    ),
  },
  {
    needs: "egress",
    ...sandboxCase(
      "leads out through the door and nowhere else",
      async (workspace, { door, spec, sandbox }) => {
        if (!door) throw new Error("the world has no door");
        expectSame((await run(workspace, talk(door.port))).output, "answer:hello\n", "the answer");
        const many = Array.from({ length: 8 }, () => run(workspace, talk(door.port)));
        for (const { output } of await Promise.all(many)) expectSame(output, "answer:hello\n", "side by side");
        const [name = "", value] = Object.entries(door.environment)[0] ?? [];
        expectSame((await run(workspace, `printenv ${name}`)).output, `${value}\n`, "its variables");
        expectSame((await run(workspace, `test -r ${door.authority}`)).exitCode, 0, "whom to trust");
        const closed = await sandbox.open(spec);
        expectThat((await run(closed, talk(door.port))).exitCode !== 0, "without a door there is no way");
        await closed.close();
      },
      withDoor,
    ),
  },
];

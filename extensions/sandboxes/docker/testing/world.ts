// A world for the sandbox contract on a Docker of the tests' own, for each of the runtimes.
import { chmod, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecRequest, Json, LaunchedParts, Log, SandboxContext, SandboxSpec } from "@homarus/sdk";
import { activate } from "../index.ts";
import type { Daemon } from "./daemon.ts";

/** What only a test may import. */
interface Machine extends LaunchedParts {
  readonly log: Log;
  readonly someSpec: (root: string, more: Partial<SandboxSpec>) => SandboxSpec;
}

const secretVariable = "HOMARUS_TEST_SECRET";

function sandboxOn(daemon: Daemon, machine: Machine, runtime?: string, config: Readonly<Record<string, unknown>> = {}) {
  const put = new AbortController();
  const values = new Map<string, Json>([["house", "test"]]);
  const store = { get: async (key: string) => values.get(key), set: async () => undefined };
  const defaults = { program: "docker", host: daemon.host, image: daemon.image, user: 59_873, openFiles: 4_096 };
  const sandbox = activate({
    ...{ id: runtime ? "gvisor" : "docker", config: { ...defaults, hostPorts: [], ...config }, store },
    ...{ ...machine, signal: put.signal, ...(runtime && { habits: { runtime } }) },
  } as unknown as SandboxContext<never>);
  return { sandbox, put };
}

async function openDoor(parent: string) {
  const folder = join(parent, "doors");
  await mkdir(folder, { mode: 0o700 });
  const authority = join(folder, "authority.pem");
  await writeFile(authority, "whom to trust", { mode: 0o600 });
  const socket = join(folder, "door.sock");
  const server = createServer({ allowHalfOpen: true }, (visitor) => {
    visitor.on("error", () => undefined);
    visitor.on("data", (line) => visitor.write(`answer:${line}`));
    visitor.on("end", () => visitor.end());
  }).listen(socket);
  await new Promise((resolve) => server.once("listening", resolve));
  const environment = { HTTPS_PROXY: "http://127.0.0.1:3128" };
  return { door: { socket, port: 3128, authority, environment }, close: () => server.close() };
}

async function mountable(parent: string, name: string, isReadOnly: boolean) {
  const source = join(parent, name);
  await mkdir(source);
  await chmod(source, 0o777);
  await writeFile(join(source, "note"), "noted");
  return { source, target: `/workspace/extra/${name}`, isReadOnly };
}

export async function openWorld(
  daemon: Daemon,
  machine: Machine,
  runtime?: string,
  { bounds = {}, config = {} }: { bounds?: Partial<SandboxSpec>; config?: Readonly<Record<string, unknown>> } = {},
) {
  const parent = await realpath(await mkdtemp(join(tmpdir(), "docker-world-")));
  const root = join(parent, "state", "workspace");
  await mkdir(root, { recursive: true, mode: 0o700 });
  await writeFile(join(parent, "state", "state.db"), "the house's own");
  process.env[secretVariable] = "the house's own";
  const { sandbox, put } = sandboxOn(daemon, machine, runtime, config);
  const spec = machine.someSpec(root, { memoryBytes: 256 * 1024 * 1024, processes: 120, ...bounds });
  const mounts = {
    readOnly: await mountable(parent, "seen", true),
    writable: await mountable(parent, "changed", false),
  };
  const { door, close } = await openDoor(parent);
  const putAway = async () => {
    delete process.env[secretVariable];
    put.abort();
    close();
    await rm(parent, { recursive: true, force: true });
  };
  const workspace = await sandbox.open(spec).catch(async (thrown: unknown) => {
    await putAway();
    throw thrown;
  });
  return {
    ...{ sandbox, spec, secretVariable, parent, mounts, door, workspace },
    run: (command: string, more: Partial<ExecRequest> = {}, signal = new AbortController().signal) =>
      workspace.exec({ command, timeoutMs: 20_000, maxOutputBytes: 20_000, ...more }, signal),
    async [Symbol.asyncDispose]() {
      await workspace.close();
      await putAway();
    },
  };
}

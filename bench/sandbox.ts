// What the sandbox adds to a command: `sh -c true` plain, in a workspace that is open, and in one with a way out, in turn.
// Run with `node_modules/.bin/bun bench/sandbox.ts`.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { someSpec } from "@homarus/sdk/testing";
import { activate as bubblewrap } from "../extensions/sandboxes/bubblewrap/index.ts";
import { activate as none } from "../extensions/sandboxes/none/index.ts";
import { systemClock } from "../server/src/host/clock.ts";
import { openProcesses } from "../server/src/host/process/open.ts";

const rounds = 200;
const top = mkdtempSync(join(tmpdir(), "sandbox-bench-"));
const stop = new AbortController();
const context = { clock: systemClock, processes: openProcesses(), signal: stop.signal };
const plain = none({ ...context, config: {} } as never);
const walled = bubblewrap({ ...context, config: { program: "bwrap", readable: [], user: 59_873 } } as never);

const authority = join(top, "authority.pem");
writeFileSync(authority, "whom to trust");
const socket = join(top, "door.sock");
const server = createServer().listen(socket);
await new Promise((resolve) => server.once("listening", resolve));
const egress = { socket, port: 3128, authority, environment: {} };

const folder = (name: string): string => {
  mkdirSync(join(top, name));
  return join(top, name);
};
const workspaces = {
  none: await plain.open(someSpec(folder("none"))),
  bubblewrap: await walled.open(someSpec(folder("bubblewrap"))),
  "bubblewrap with a way out": await walled.open(someSpec(folder("out"), { egress })),
};
const times = Object.keys(workspaces).map((): number[] => []);
for (let round = -5; round < rounds; round++)
  for (const [index, workspace] of Object.values(workspaces).entries()) {
    const begun = performance.now();
    await workspace.exec({ command: "true", timeoutMs: 10_000, maxOutputBytes: 1_000 }, stop.signal);
    if (round >= 0) times[index]?.push(performance.now() - begun);
  }

const at = (index: number, part: number): number => times[index]?.sort((a, b) => a - b)[Math.floor(rounds * part)] ?? 0;
for (const [index, [name, workspace]] of Object.entries(workspaces).entries()) {
  await workspace.close();
  const [median, late] = [at(index, 0.5), at(index, 0.95)].map((time) => time.toFixed(2));
  const added = (at(index, 0.5) - at(0, 0.5)).toFixed(2);
  console.log(`${name}: median ${median} ms, p95 ${late} ms${index === 0 ? "" : `, adds ${added} ms`}`);
}
server.close();
stop.abort();
rmSync(top, { recursive: true, force: true });

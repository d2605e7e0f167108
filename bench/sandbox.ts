// What the sandbox adds to a command: `sh -c true` plain and in a workspace that is open, one after the other.
// Run with `node_modules/.bin/bun bench/sandbox.ts`.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { someSpec } from "@homarus/sdk/testing";
import { activate as bubblewrap } from "../extensions/sandboxes/bubblewrap/index.ts";
import { activate as none } from "../extensions/sandboxes/none/index.ts";
import { systemClock } from "../server/src/host/clock.ts";
import { openProcesses } from "../server/src/host/process/open.ts";

const rounds = 200;
const root = mkdtempSync(join(tmpdir(), "sandbox-bench-"));
const stop = new AbortController();
const context = { clock: systemClock, processes: openProcesses(), signal: stop.signal };
const sandboxes = {
  none: none({ ...context, config: {} } as never),
  bubblewrap: bubblewrap({ ...context, config: { program: "bwrap", readable: [], user: 59_873 } } as never),
};

const medians: Record<string, number> = {};
for (const [name, sandbox] of Object.entries(sandboxes)) {
  const workspace = await sandbox.open(someSpec(root));
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    await workspace.exec({ command: "true", timeoutMs: 10_000, maxOutputBytes: 1_000 }, stop.signal);
    times.push(performance.now() - begun);
  }
  await workspace.close();
  times.sort((a, b) => a - b);
  medians[name] = times[rounds / 2] ?? 0;
  console.log(
    `${name}: median ${medians[name]?.toFixed(2)} ms, p95 ${times[Math.floor(rounds * 0.95)]?.toFixed(2)} ms`,
  );
}
console.log(`bubblewrap adds ${((medians.bubblewrap ?? 0) - (medians.none ?? 0)).toFixed(2)} ms`);
stop.abort();
rmSync(root, { recursive: true, force: true });

// What of the loop, the prompt and the gateway the tests go through, measured on a run of them.
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dir, "..", "..");
const measured = ["server/src/core/agent", "server/src/gateway", "tests/wire"].concat(
  ["line", "stations", "context"].map((name) => `tests/line/${name}.test.ts`),
);
/** Share of the lines of each folder that are run at least once. */
const least = { "server/src/core/agent/": 0.95, "server/src/gateway/": 0.95 };

/** Lines hit and lines there, by file. Of an lcov report: https://manpages.debian.org/stable/lcov/geninfo.1.en.html */
function linesOf(report: string): ReadonlyMap<string, readonly [hit: number, all: number]> {
  const records = report.split("end_of_record").flatMap((record) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}:(.*)$`, "m").exec(record)?.[1];
    const file = field("SF");
    return file === undefined || /\.test\.ts$|\/testing\//.test(file)
      ? []
      : [[file, [Number(field("LH")), Number(field("LF"))]] as const];
  });
  return new Map(records);
}

test("[T37] the agent loop, the prompt builder and the gateway are gone through by tests, nearly every line", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coverage-"));
  try {
    const options = ["--timeout=60000", "--preload=./tests/seed.ts", "--coverage", "--coverage-reporter=lcov"];
    const run = Bun.spawn([process.execPath, "test", ...options, `--coverage-dir=${folder}`, ...measured], {
      ...{ cwd: root, stdout: "ignore", stderr: "pipe" },
    });
    const said = await new Response(run.stderr).text();
    expect([await run.exited, said.split("\n").filter((line) => line.startsWith("(fail)"))]).toEqual([0, []]);
    const lines = linesOf(readFileSync(join(folder, "lcov.info"), "utf8"));
    const [hit = 0, all = 0] = lines.get("server/src/core/agent/prompt.ts") ?? [];
    expect([hit, all > 20]).toEqual([all, true]);
    for (const [part, share] of Object.entries(least)) {
      const files = [...lines].filter(([file]) => file.startsWith(part));
      expect(files.length).toBeGreaterThan(8);
      const hit = files.reduce((sum, [, [count]]) => sum + count, 0);
      const all = files.reduce((sum, [, [, count]]) => sum + count, 0);
      console.log(`${part}: ${hit} of ${all} lines in ${files.length} files`);
      expect(hit / all).toBeGreaterThan(share);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

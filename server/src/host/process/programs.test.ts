import { expect, test } from "bun:test";
import { openProcesses } from "./open.ts";
import { createRing } from "./ring.ts";

const processes = openProcesses();
const program = (script: string) => ({
  argv: ["/bin/sh", "-c", script],
  ...{ folder: "/", environment: { PATH: "/usr/bin:/bin" }, maxOutputBytes: 1_000 },
});
const run = (script: string, input?: string | Uint8Array) =>
  processes.run(
    { ...program(script), timeoutMs: 20_000, ...(input !== undefined && { input }) },
    new AbortController().signal,
  );

test("a program's output, its error stream and what it used come back apart", async () => {
  const { output, launcherText, exitCode, ended, usage } = await run(
    "cat; echo no >&2; exit 4",
    new Uint8Array([104, 105]),
  );
  expect([output, launcherText, exitCode, ended]).toEqual(["hi", "no\n", 4, "exit"]);
  expect(usage?.cpuMs).toBeGreaterThanOrEqual(0);
});

test("a program that is not there rejects", async () => {
  const missing = { ...program(""), argv: ["/no/such/program"] };
  const rejected = (work: Promise<unknown>) =>
    work.then(
      () => "it started",
      () => "rejected",
    );
  expect(await rejected(processes.run({ ...missing, timeoutMs: 1_000 }, new AbortController().signal))).toBe(
    "rejected",
  );
  expect(await rejected(processes.begin(missing))).toBe("rejected");
  expect(await rejected(processes.begin({ ...missing, terminal: { columns: 80, rows: 24 } }))).toBe("rejected");
});

test("a signal from outside shows as killed, and input that nobody reads does no harm", async () => {
  expect((await run("kill -9 $$", "x".repeat(1_000_000))).ended).toBe("killed");
});

test("a program's peak of memory is told when it is above the house's own", async () => {
  const own = process.resourceUsage().maxRSS * 1024;
  const bytes = own + 100 * 1024 * 1024;
  const { usage } = await run(`head -c ${bytes} /dev/zero | tail -c ${bytes} > /dev/null`);
  expect(usage?.peakMemoryBytes).toBeGreaterThan(own);
  expect((await run(":")).usage).not.toHaveProperty("peakMemoryBytes");
});

test("what left the group keeps a program's output no longer than a moment", async () => {
  const left = await processes.begin(program("setsid sleep 60 & echo $!"));
  expect((await left.exited).exitCode).toBe(0);
  process.kill(Number(left.output(0).text), "SIGKILL");
});

test("a terminal is the program's own, and killing it kills all in it", async () => {
  const started = await processes.begin({
    ...program("sleep 600 & ps -o tty= -p $$; wait"),
    terminal: { columns: 80, rows: 24 },
  });
  await started.changed(0);
  expect(started.output(0).text).toMatch(/pts\/\d+|\?/);
  started.kill();
  expect((await started.exited).ended).toBe("killed");
});

test("the ring never cuts a character in two, neither at its beginning nor at its end", () => {
  const ring = createRing(5);
  const bytes = new TextEncoder().encode("aäöü");
  ring.add(bytes.subarray(0, 2));
  expect(ring.since(0)).toEqual({ text: "a", cursor: 1, missedBytes: 0 });
  ring.add(bytes.subarray(2));
  expect(ring.since(0)).toEqual({ text: "öü", cursor: 7, missedBytes: 3 });
  expect(ring.since(99)).toEqual({ text: "", cursor: 7, missedBytes: 0 });
});

test("who waits for output is not woken by half a character, and is by the end", async () => {
  const ring = createRing(100);
  let woken = 0;
  const wait = ring.changed(0).then(() => woken++);
  ring.add(new Uint8Array([0xc3]));
  await Promise.resolve();
  const again = ring.changed(0).then(() => woken++);
  ring.close();
  await Promise.all([wait, again]);
  expect(ring.since(0).cursor).toBe(1);
});

import { expect, test } from "bun:test";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

test("[O10] a job is made, listed, changed, switched, run, looked back on and removed by hand", async () => {
  using state = makeStateFolder({});
  const house = await startHouse(state);
  const run = (...args: string[]) => runCommand(state, ["cron", ...args, "--port", String(house.port)]);
  const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).out);
  const { job } = await json("add", "Morning", "--cron", "0 7 * * *", "--tz", "Europe/Berlin", "--message", "hello");
  expect(new Date(job.state.nextRunAtMs).getUTCMinutes()).toBe(0);
  expect((await run("list")).out).toContain("0 7 * * * (Europe/Berlin)");
  expect((await json("edit", job.id, "--name", "Evening", "--every", "2h")).job).toMatchObject({
    ...{ name: "Evening", schedule: { kind: "every", everyMs: 7_200_000 } },
  });
  expect((await run("disable", job.id)).out).toContain("is off");
  expect((await run("enable", job.id)).out).toContain("is on");
  expect((await json("run", job.id)).ran).toBe(true);
  const until = Date.now() + 15_000;
  let ended = [];
  while (ended.length === 0 && Date.now() < until) ended = (await json("runs", job.id)).runs;
  expect(ended[0]).toMatchObject({ status: "ok", summary: expect.stringContaining("not a language model") });
  expect((await json("status")).jobs).toBe(1);
  expect((await run("remove", job.id)).code).toBe(0);
  expect(await run("remove", job.id)).toMatchObject({ code: 1, out: expect.stringContaining("There is no job") });
  expect((await run("list")).out).toContain("No job yet");
  expect(await house.stop()).toBe(0);
});

test.each([
  [["add", "x", "--message", "m"], "one schedule"],
  [["add", "x", "--message", "m", "--note", "n", "--every", "1h"], "says one thing"],
  [["add", "x", "--message", "m", "--every", "soon"], "is no duration"],
  [["add", "x", "--message", "m", "--cron", "61 * * * *"], "cron"],
  [["run"], "wants a job"],
  [["sing"], "wants one of"],
])("cron %j is refused, and nothing is made", async (args, words) => {
  using state = makeStateFolder({});
  const result = await runCommand(state, ["cron", ...args]);
  expect([result.code, result.error.includes(words)]).toEqual([2, true]);
  expect((await runCommand(state, ["cron", "list"])).out).toContain("No job yet");
});

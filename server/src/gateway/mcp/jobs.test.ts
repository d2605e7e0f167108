import { expect, test } from "bun:test";
import { jobParams, toldJob } from "./jobs.ts";

const wish = { name: "Brief", message: "What is on today?" };

test("a wish becomes a job of the agent, with its schedule and the place of its answer", () => {
  expect(
    jobParams({ ...wish, cron: "0 7 * * *", time_zone: "Europe/Berlin", channel: "telegram", to: "5" }, "main"),
  ).toEqual({
    ...{ name: "Brief", sessionTarget: "isolated", wakeMode: "now", agentId: "main" },
    schedule: { kind: "cron", expr: "0 7 * * *", tz: "Europe/Berlin" },
    payload: { kind: "agentTurn", message: "What is on today?" },
    delivery: { mode: "announce", channel: "telegram", to: "5" },
  });
  expect(jobParams({ ...wish, every: "90 m", agent: "coder" }, "main")).toMatchObject({
    ...{ agentId: "coder", schedule: { kind: "every", everyMs: 5_400_000 } },
  });
  expect(jobParams({ ...wish, at: "2030-01-31T07:00:00Z", session: "main" }, "main")).toMatchObject({
    ...{ sessionTarget: "main", payload: { kind: "systemEvent", text: "What is on today?" } },
  });
});

test("without a schedule, with two, or with a duration that is none, it is refused", () => {
  expect(() => jobParams(wish, "main")).toThrow("one schedule");
  expect(() => jobParams({ ...wish, at: "x", every: "1m" }, "main")).toThrow("one schedule");
  for (const every of ["", "soon", "0m", "-5m", "5w", "5"])
    expect(() => jobParams({ ...wish, every }, "main")).toThrow("duration");
});

test("a job is told with its times as people write them", () => {
  const row = {
    ...{ id: "j", name: "Brief", enabled: true, payload: { kind: "agentTurn", message: "What is on today?" } },
    state: { nextRunAtMs: 0, lastRunAtMs: 1_000, lastStatus: "ok" },
  };
  expect(toldJob({ ...row, schedule: { kind: "every", everyMs: 60_000 } })).toEqual({
    ...{ job: "j", name: "Brief", says: "What is on today?", schedule: "every 60 s", is_enabled: true },
    ...{ next: "1970-01-01T00:00:00.000Z", last: "1970-01-01T00:00:01.000Z", last_status: "ok" },
  });
  const note = { ...row, payload: { kind: "systemEvent", text: "Tea." }, state: {} };
  expect(toldJob({ ...note, schedule: { kind: "cron", expr: "0 7 * * *" } })).toMatchObject({
    ...{ says: "Tea.", schedule: "cron 0 7 * * *" },
  });
});

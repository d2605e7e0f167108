import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CatalogEntry, HouseEvent, JobRun, JsonSchema, RunEvent } from "@homarus/sdk";
import { createFakeClock, type FakeClock } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { extensions } from "../../generated/extensions.ts";
import { boot, type RunningHouse } from "../boot.ts";
import { createLog } from "../host/log.ts";

function open(folder: string, clock: FakeClock): RunningHouse {
  return boot({
    ...{ environment: { HOMARUS_HOME: folder }, version: "0.0.0", clock, extensions },
    catalog: catalog as unknown as { entries: readonly CatalogEntry[]; configSchema: JsonSchema },
    log: createLog({ level: "silent", format: "plain" }, () => undefined),
  });
}

/** The line of the next firing that ends. */
function nextRun({ house }: RunningHouse): Promise<JobRun> {
  return new Promise((resolve) => {
    const stop = house.watch((event: RunEvent | HouseEvent) => {
      if (!("type" in event) || event.type !== "job-changed" || !event.run) return;
      stop();
      resolve(event.run);
    });
  });
}

test("a whole house keeps its jobs over a restart, with cron maths that load when they are needed", async () => {
  const folder = mkdtempSync(join(tmpdir(), "homarus-jobs-"));
  writeFileSync(join(folder, "homarus.json"), JSON.stringify({ providers: { offline: { paceMs: 0 } } }));
  const clock = createFakeClock(Date.UTC(2026, 5, 1, 12));
  const first = open(folder, clock);
  await first.start();
  const schedule = { type: "cron", expression: "30 9 * * 1-5", timeZone: "Europe/Berlin" } as const;
  const daily = await first.house.jobs.add({ name: "Daily", schedule, says: { type: "turn", text: "What is new?" } });
  expect(new Date(daily.state.nextRunAt ?? 0).toISOString()).toBe("2026-06-02T07:30:00.000Z");
  const once = nextRun(first);
  const at = clock.now();
  await first.house.jobs.add({ name: "Now", schedule: { type: "at", at }, says: { type: "note", text: "Say hello." } });
  expect(await once).toMatchObject({ jobName: "Now", status: "ok", sessionKey: "agent:main:main", delivery: "noted" });
  await first.stop(1_000);

  const second = open(folder, clock);
  expect(await second.house.jobs.list({ includeDisabled: true })).toEqual([daily]);
  const missed = nextRun(second);
  await clock.advance(24 * 3_600_000);
  await second.start();
  expect(await missed).toMatchObject({
    jobName: "Daily",
    status: "ok",
    plannedAt: daily.state.nextRunAt,
    provider: "offline",
  });
  expect((await second.house.jobs.runs(undefined)).map((run) => run.jobName)).toEqual(["Daily", "Now"]);
  expect(new Date((await second.house.jobs.status()).nextRunAt ?? 0).toISOString()).toBe("2026-06-03T07:30:00.000Z");
  await second.stop(1_000);
  rmSync(folder, { recursive: true });
});

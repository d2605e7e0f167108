import { expect, test } from "bun:test";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

const quiet = { providers: { offline: { paceMs: 0 } } };

test("[N11] [N14] metrics tell of messages, outcomes and tools in Prometheus' text", async () => {
  using state = makeStateFolder(quiet);
  const house = await startHouse(state);
  await runCommand(state, ["agent", "list the files", "--port", String(house.port)]);
  const text = await (await fetch(`http://127.0.0.1:${house.port}/metrics`)).text();
  expect(text).toContain('homarus_outcomes_total{type="replied"} 1');
  expect(text).toMatch(/homarus_tool_calls_total 1\n/);
  expect(text).toMatch(/homarus_inbox_open 0\n/);
  for (const line of text.trim().split("\n"))
    expect(line).toMatch(/^(#\s(HELP|TYPE)\s.+|[a-z_]+(\{[^}]*\})? [-+0-9.eE]+)$/);
  await house.stop();
});

test("[G36] the health endpoints answer without a login and tell nothing secret", async () => {
  using state = makeStateFolder(quiet);
  const house = await startHouse(state);
  for (const path of ["/healthz", "/readyz", "/health", "/ready"]) {
    const answer = await fetch(`http://127.0.0.1:${house.port}${path}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).not.toContain(house.token);
  }
  await house.stop();
});

test("[N10] the log is JSON lines when asked, each with time, level and event", async () => {
  using state = makeStateFolder({ ...quiet, log: { format: "json", level: "debug" } });
  const house = await startHouse(state);
  await runCommand(state, ["agent", "hello", "--port", String(house.port)]);
  await house.stop();
  const lines = house
    .output()
    .split("\n")
    .filter((line) => line.startsWith('{"at"'));
  expect(lines.length).toBeGreaterThan(0);
  for (const line of lines)
    expect(JSON.parse(line)).toMatchObject({
      at: expect.any(String),
      level: expect.any(String),
      event: expect.any(String),
    });
});

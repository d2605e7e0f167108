// The house is killed again and again while messages are under way. In the end each message has exactly one outcome,
// each job is answered once, no log line is lost or doubled, and no tool call ran twice.
import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "@homarus/sdk/testing";
import { openFakeTelegram } from "../../extensions/channels/telegram/testing/fake-telegram.ts";
import { builtBinary, makeStateFolder, startHouse } from "./fakes/house-process.ts";
import { openScriptedModel } from "./fakes/scripted-model.ts";

const kills = Number(process.env.HOMARUS_TEST_KILLS ?? 200);
const seed = Number(process.env.HOMARUS_TEST_SEED ?? Date.now() % 2 ** 31);

interface Row {
  readonly id: string;
  readonly text: string;
  readonly outcome: string | null;
}

function readRows(path: string): Row[] {
  const db = new Database(path, { readonly: true });
  const rows = db
    .query("SELECT id, json_extract(message, '$.text') AS text, outcome FROM inbox ORDER BY position")
    .all() as Row[];
  db.close();
  return rows;
}

test(`[Y25] [M17] [G13] ${kills} kills lose nothing and repeat nothing (seed ${seed}, HOMARUS_TEST_SEED repeats it)`, async () => {
  console.log(`crash test: seed ${seed}, ${kills} kills`);
  const random = createRandom(seed);
  const binary = await builtBinary();
  await using telegram = openFakeTelegram();
  await using model = openScriptedModel();
  using state = makeStateFolder({
    // On a slow machine many messages join one run, which then needs more steps than anybody's measure.
    agents: { defaults: { model: "openai/scripted", maxSteps: 1000 } },
    providers: { openai: { apiKey: "sk-crash-test", baseUrl: model.url, api: "chat" } },
    channels: { telegram: { token: telegram.token, apiRoot: telegram.url, access: { allow: ["1001"] } } },
  });
  let jobs = 0;
  for (let round = 0; round < kills; round += 1) {
    const house = await startHouse(state, { binary });
    const count = random() < 0.7 ? 1 : 2;
    for (let index = 0; index < count; index += 1) telegram.say(`job ${++jobs}x needs ${Math.floor(random() * 4)}`);
    if (random() < 0.1) telegram.loseAnswer("sendMessage");
    await Bun.sleep(random() * 350);
    await house.kill();
  }
  const house = await startHouse(state, { binary });
  const deadline = Date.now() + 120_000;
  while (
    Date.now() < deadline &&
    (readRows(state.statePath).length < jobs ||
      readRows(state.statePath).some((row) => !row.outcome) ||
      openOutbox(state.statePath) > 0)
  )
    await Bun.sleep(100);
  await house.stop();

  const rows = readRows(state.statePath);
  expect(rows.length).toBe(jobs);
  expect(rows.filter((row) => !row.outcome)).toEqual([]);
  const outcomes = rows.map((row) => JSON.parse(row.outcome ?? "{}"));
  expect(outcomes.filter((outcome) => outcome.type !== "replied" && outcome.type !== "steered")).toEqual([]);
  const answers = telegram.sent.map((message) => message.text ?? "").filter((text) => text.includes("done "));
  for (let job = 1; job <= jobs; job += 1) {
    const found = answers.filter((text) => new RegExp(`\\b${job}x\\b`).test(text));
    if (found.length !== 1) console.log(storyOf(state.statePath, `${job}x`));
    expect({ job, answers: found.length }).toEqual({ job, answers: 1 });
  }
  // The test would prove nothing if the tools had not run: a file's name ends in 1 where a sandboxed command made it.
  const ran = readdirSync(state.workspace).filter((name) => name.startsWith("ran-"));
  expect(ran.length).toBeGreaterThan(jobs / 2);
  expect(ran.filter((name) => name.endsWith("1")).length).toBeGreaterThan(jobs / 10);
  expect(doubledCalls(state.workspace)).toEqual([]);
  expect(brokenLogs(state.statePath)).toEqual([]);
}, 900_000);

/** All that the store knows of a job, for whoever reads a failure. */
function storyOf(path: string, job: string): string {
  const db = new Database(path, { readonly: true });
  const rows = db.query("SELECT * FROM inbox WHERE message LIKE ?").all(`%job ${job} %`) as { run_id: string }[];
  const runs = rows.map((row) => db.query("SELECT * FROM outbox WHERE id LIKE ?").all(`${row.run_id}%`));
  const entries = rows.map((row) =>
    db.query("SELECT seq, body FROM entries WHERE run_id = ? ORDER BY seq DESC LIMIT 12").all(row.run_id),
  );
  db.close();
  return JSON.stringify({ rows, runs, entries }, null, 1);
}

function openOutbox(path: string): number {
  const db = new Database(path, { readonly: true });
  const { open } = db.query("SELECT count(*) AS open FROM outbox WHERE state IN ('queued', 'sending')").get() as {
    open: number;
  };
  db.close();
  return open;
}

/** A call that was cut may have left nothing or a beginning; one that ran twice has left more than one line. */
function doubledCalls(workspace: string): string[] {
  if (!existsSync(workspace)) return ["no workspace"];
  return readdirSync(workspace)
    .filter((name) => name.startsWith("ran-"))
    .map((name) => `${name}: ${JSON.stringify(readFileSync(join(workspace, name), "utf8"))}`)
    .filter((line) => !"run\n".startsWith(JSON.parse(line.slice(line.indexOf(": ") + 2))));
}

/** Logs with a gap, or with a message or a call's result twice. */
function brokenLogs(path: string): string[] {
  const db = new Database(path, { readonly: true });
  const rows = db.query("SELECT session_id, seq, body FROM entries ORDER BY session_id, seq").all() as {
    session_id: string;
    seq: number;
    body: string;
  }[];
  db.close();
  const broken: string[] = [];
  const seen = new Set<string>();
  const last = new Map<string, number>();
  for (const { session_id: session, seq, body: text } of rows) {
    if (seq !== (last.get(session) ?? 0) + 1) broken.push(`gap before ${seq}`);
    last.set(session, seq);
    const body = JSON.parse(text);
    const key = onceOnly(body);
    if (key === undefined) continue;
    if (seen.has(key)) broken.push(`${key} twice`);
    seen.add(key);
  }
  return broken;
}

/** What may stand in a log once: a person's message, the start of a call, its result. */
function onceOnly(body: {
  type: string;
  from?: { messageId: string };
  callId?: string;
  result?: { callId: string };
}): string | undefined {
  if (body.type === "user") return `user ${body.from?.messageId}`;
  if (body.type === "tool-start") return `start ${body.callId}`;
  return body.type === "tool-result" ? `result ${body.result?.callId}` : undefined;
}

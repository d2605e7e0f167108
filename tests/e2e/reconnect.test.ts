// A client whose line is cut again and again, in the middle of frames and of runs, comes back each time and asks for what
// it missed. In the end it has what the gateway stored, message for message, and each of its messages is answered once.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createRandom } from "@homarus/sdk/testing";
import type { RemoteModel } from "./fakes/chat-server.ts";
import { openCuttingProxy } from "./fakes/cutting-proxy.ts";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "./fakes/house-process.ts";
import { type Message, messageOf, ReturningClient } from "./fakes/returning-client.ts";
import { openScriptedModel } from "./fakes/scripted-model.ts";

const cuts = Number(process.env.HOMARUS_TEST_CUTS ?? 40);
const seed = Number(process.env.HOMARUS_TEST_SEED ?? Date.now() % 2 ** 31);

let model: RemoteModel;
let state: StateFolder;
let house: HouseProcess;

beforeAll(async () => {
  model = openScriptedModel();
  model.paceMs = 1;
  state = makeStateFolder({
    agents: { defaults: { model: "openai/scripted", maxSteps: 1000 } },
    providers: { openai: { apiKey: "sk-reconnect-test", baseUrl: model.url, api: "chat" } },
    log: { level: "error" },
  });
  house = await startHouse(state);
});

afterAll(async () => {
  await house.stop();
  await model[Symbol.asyncDispose]();
  state[Symbol.dispose]();
});

/** Cut late in some lines, so that runs are followed for a while, and early in others, so that greetings are hit too. */
function planOf(random: () => number) {
  const reach = random() < 0.3 ? 4_000 : random() < 0.5 ? 30_000 : 120_000;
  return { down: Math.ceil(random() * reach), up: random() < 0.3 ? Math.ceil(random() * 3_000) : 100_000 };
}

async function trouble(client: ReturningClient, proxy: Awaited<ReturnType<typeof openCuttingProxy>>, name: string) {
  const random = createRandom(seed);
  let count = 0;
  const talk = (): void => {
    count += 1;
    client.say(
      `${name}-${count}`,
      `job ${count}x needs ${Math.floor(random() * 3)} says ${Math.floor(random() * 400)}`,
    );
  };
  while (proxy.cuts() < cuts) {
    proxy.next(planOf(random));
    let timer: Timer | undefined;
    await client.stay(() => {
      talk();
      if (random() < 0.3) talk();
      // A line on which nothing more is said is cut too.
      timer = setTimeout(() => proxy.cut(), random() * 900);
    });
    clearTimeout(timer);
  }
}

/** The line holds now: what is open is sent again, until nothing goes on any more. */
async function calm(client: ReturningClient, proxy: Awaited<ReturnType<typeof openCuttingProxy>>): Promise<Message[]> {
  proxy.next({ down: Number.POSITIVE_INFINITY, up: Number.POSITIVE_INFINITY });
  const ready = Promise.withResolvers<void>();
  const left = client.stay(ready.resolve);
  await ready.promise;
  const { sessionKey } = client;
  for (const { key, text } of client.asks) {
    const wish = { sessionKey, message: text, idempotencyKey: key };
    while ((await client.call("chat.send", wish)).status !== "ok") await Bun.sleep(20);
  }
  while ((await client.call("chat.history", { sessionKey })).inFlightRun) await Bun.sleep(20);
  const whole = await client.call("chat.history", { sessionKey, limit: 1000 });
  client.leave();
  await left;
  return whole.messages.map(messageOf);
}

test.each([3, 4] as const)(
  `[G13] a client of protocol %i whose line is cut ${cuts} times has every message once (seed ${seed}, HOMARUS_TEST_SEED repeats it)`,
  async (protocol) => {
    console.log(`reconnect test: protocol ${protocol}, seed ${seed}, ${cuts} cuts`);
    await using proxy = await openCuttingProxy(house.port);
    const sessionKey = `agent:main:cut-${protocol}`;
    const client = new ReturningClient({ protocol, token: house.token, sessionKey, port: proxy.port });
    await trouble(client, proxy, `v${protocol}`);
    const stored = await calm(client, proxy);

    expect(client.oddities).toEqual([]);
    expect(client.transcript).toEqual(stored);
    expect(stored.map((message) => message.seq)).toEqual(storedSeqs(sessionKey));
    for (const [index, { key, text }] of client.asks.entries()) {
      const job = new RegExp(`\\b${index + 1}x\\b`);
      const said = stored.filter((message) => message.role === "user" && message.text.includes(text));
      const answers = stored.filter(({ role, text }) => role === "assistant" && /^done /.test(text) && job.test(text));
      expect({ key, said: said.length, answers: answers.length }).toEqual({ key, said: 1, answers: 1 });
      expect(client.ends.get(key) ?? 0).toBeLessThan(2);
    }
    expect(inboxRows(`v${protocol}-`)).toBe(client.asks.length);
    // The test would prove nothing if no run had been seen in the making.
    expect(client.deltas).toBeGreaterThan(cuts / 4);
  },
  300_000,
);

/** Seqs of the entries that say something: the start of a tool call and a mark do not. */
function storedSeqs(sessionKey: string): number[] {
  using db = new Database(state.statePath, { readonly: true });
  const rows = db
    .query(
      `SELECT seq FROM entries WHERE session_id = (SELECT id FROM sessions WHERE key = ?)
       AND (json_extract(body, '$.type') IN ('user', 'step', 'tool-result')
            OR json_extract(body, '$.text') <> '' OR json_extract(body, '$.fault') IS NOT NULL) ORDER BY seq`,
    )
    .all(sessionKey) as { seq: number }[];
  return rows.map((row) => row.seq);
}

function inboxRows(prefix: string): number {
  using db = new Database(state.statePath, { readonly: true });
  const { count } = db.query("SELECT count(*) AS count FROM inbox WHERE id LIKE ?").get(`${prefix}%`) as {
    count: number;
  };
  return count;
}

// What is measured, one function each. Aims stand beside the figures; a missed aim is told, not failed.
import { type BenchClient, connect } from "./client.ts";
import { cpuOf, memoryOf, startMeasured } from "./process.ts";

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
  readonly note?: string;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const round = (value: number): number => Math.round(value * 100) / 100;

/** A loop of plain work in this process: other figures can be read against it on another machine. */
export function reference(): Figure[] {
  const begun = performance.now();
  let rounds = 0;
  while (performance.now() - begun < 1_000) {
    JSON.parse(JSON.stringify({ type: "event", payload: { text: "x".repeat(200), seq: rounds } }));
    rounds += 1;
  }
  return [{ name: "reference-loop", value: rounds, unit: "rounds/s", note: "JSON of 240 bytes out and in" }];
}

/** Bytes on the disk, how long until the first answer on /healthz, and what it holds at that moment. */
export async function size(binary: string): Promise<Figure[]> {
  const [times, held]: [number[], number[]] = [[], []];
  for (let run = 0; run < 5; run += 1) {
    const begun = performance.now();
    await using gateway = await startMeasured(binary);
    await (await fetch(`http://127.0.0.1:${gateway.port}/healthz`)).text();
    times.push(performance.now() - begun);
    held.push(memoryOf(gateway.pid).resident / 1024);
  }
  return [
    { name: "size", value: round(Bun.file(binary).size / 1e6), unit: "MB", note: "the runtime is most of it" },
    { name: "time-to-healthz", value: round(median(times)), unit: "ms", note: "median of 5" },
    {
      name: "resident-at-healthz",
      value: round(median(held)),
      unit: "MB",
      note: "median of 5; pages of the start not yet given back",
    },
  ];
}

/** Messages that the house answers by itself: each is stored, routed, answered and has its one outcome. */
export async function messages(binary: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary);
  const client = await connect(gateway.port, gateway.token);
  const talk = talker(client, "/help");
  const { perSecond } = await talkFor(3_000, 50, talk, () => cpuOf(gateway.pid));
  client.close();
  return [
    {
      name: "messages",
      value: Math.round(perSecond),
      unit: "messages/s",
      aim: "> 1000",
      note: "50 sessions, each message durable with its outcome",
    },
  ];
}

export async function idle(binary: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary);
  await Bun.sleep(30_000);
  const { resident, privateDirty } = memoryOf(gateway.pid);
  return [
    { name: "idle-resident", value: round(resident / 1024), unit: "MB", aim: "< 32" },
    { name: "idle-private", value: round(privateDirty / 1024), unit: "MB", aim: "< 5" },
  ];
}

export async function coldStart(binary: string): Promise<Figure[]> {
  const times: number[] = [];
  for (let run = 0; run < 10; run += 1) {
    const begun = performance.now();
    await using gateway = await startMeasured(binary);
    const client = await connect(gateway.port, gateway.token);
    times.push(performance.now() - begun);
    client.close();
  }
  return [
    {
      name: "cold-start",
      value: round(median(times)),
      unit: "ms",
      aim: "< 120",
      note: "spawn to hello-ok, fresh state folder, median of 10",
    },
  ];
}

export async function connections(binary: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary);
  const clients: BenchClient[] = [];
  const total = 10_000;
  while (clients.length < total) {
    const batch = Array.from({ length: Math.min(200, total - clients.length) }, () =>
      connect(gateway.port, gateway.token),
    );
    clients.push(...(await Promise.all(batch)));
  }
  await Bun.sleep(7_000);
  const { resident, privateDirty } = memoryOf(gateway.pid);
  for (const client of clients) client.close();
  return [
    { name: "connections", value: clients.length, unit: "clients", aim: "10000, none refused" },
    { name: "connections-resident", value: round(resident / 1024), unit: "MB", aim: "< 70" },
    { name: "connections-private", value: round(privateDirty / 1024), unit: "MB" },
  ];
}

export async function health(binary: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary);
  const figures: Figure[] = [];
  for (const count of [1, 10, 50]) {
    const clients = await Promise.all(Array.from({ length: count }, () => connect(gateway.port, gateway.token)));
    const until = performance.now() + 3_000;
    let answers = 0;
    const loop = async (client: BenchClient): Promise<void> => {
      while (performance.now() < until) {
        await client.call("health", {});
        answers += 1;
      }
    };
    await Promise.all(clients.map(loop));
    figures.push({
      name: `health-${count}`,
      value: Math.round(answers / 3),
      unit: "requests/s",
      ...(count === 50 ? { aim: "> 60000" } : {}),
    });
    for (const client of clients) client.close();
  }
  return figures;
}

/** A run that speaks in a thousand pieces, seen live by a thousand clients. */
export async function fanOut(binary: string, modelUrl: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary, houseWith(modelUrl));
  const clients = await Promise.all(Array.from({ length: 1_000 }, () => connect(gateway.port, gateway.token)));
  let [heard, ended] = [0, 0];
  for (const client of clients) {
    client.onEvent = (text) => {
      heard += 1;
      if (text.includes('"event":"chat"') && text.includes('"state":"final"')) ended += 1;
    };
  }
  const begun = performance.now();
  await clients[0]?.call("chat.send", {
    sessionKey: "fan",
    message: "Say many words.",
    idempotencyKey: crypto.randomUUID(),
  });
  while (ended < clients.length && performance.now() - begun < 30_000) await Bun.sleep(2);
  const seconds = (performance.now() - begun) / 1000;
  for (const client of clients) client.close();
  return [
    {
      name: "fan-out",
      value: Math.round(heard / seconds),
      unit: "events/s",
      aim: "> 300000",
      note: `${heard} events to 1,000 clients, ${ended} saw the end`,
    },
  ];
}

/** Agent turns over the wire with a model that answers at once; every durability guarantee is on. */
export async function turns(binary: string, modelUrl: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary, houseWith(modelUrl));
  const figures: Figure[] = [];
  const client = await connect(gateway.port, gateway.token);
  const talk = talker(client);
  await Promise.all(Array.from({ length: 20 }, () => talk("warm")));
  for (const sessions of [1, 4, 8]) {
    const { perSecond, cpuMs } = await talkFor(4_000, sessions, talk, () => cpuOf(gateway.pid));
    figures.push({ name: `turns-${sessions}`, value: Math.round(perSecond), unit: "turns/s", aim: "> 500" });
    figures.push({ name: `turns-${sessions}-cpu`, value: round(cpuMs), unit: "ms CPU/turn" });
  }
  client.close();
  return figures;
}

export async function growth(binary: string, modelUrl: string): Promise<Figure[]> {
  await using gateway = await startMeasured(binary, houseWith(modelUrl));
  const client = await connect(gateway.port, gateway.token);
  const talk = talker(client);
  const run = async (count: number): Promise<void> => {
    let left = count;
    await Promise.all(
      Array.from({ length: 8 }, async (_, session) => {
        while (left-- > 0) await talk(`grow-${session}`);
      }),
    );
  };
  await run(1_000);
  const before = memoryOf(gateway.pid);
  await run(19_000);
  await Bun.sleep(3_000);
  const after = memoryOf(gateway.pid);
  client.close();
  return [
    {
      name: "growth-resident",
      value: round(after.resident / before.resident),
      unit: "times",
      aim: "< 1.5",
      note: `${round(before.resident / 1024)} MB after 1,000 turns, ${round(after.resident / 1024)} MB after 20,000`,
    },
    { name: "growth-private", value: round(after.privateDirty / before.privateDirty), unit: "times" },
  ];
}

export function houseWith(modelUrl: string): object {
  return {
    agents: { defaults: { model: "openai/instant", historyChars: 20_000 } },
    providers: { openai: { apiKey: "bench", baseUrl: modelUrl, api: "chat" } },
  };
}

export function talker(client: BenchClient, message = "Go on."): (session: string) => Promise<void> {
  const waiting = new Map<string, () => void>();
  client.onEvent = (text) => {
    if (!text.includes('"event":"chat"') || !/"state":"(?:final|error)"/.test(text)) return;
    const id = /"runId":"([^"]+)"/.exec(text)?.[1] ?? "";
    waiting.get(id)?.();
    waiting.delete(id);
  };
  let count = 0;
  return (session) => {
    const id = `bench-${process.pid}-${++count}`;
    const ended = new Promise<void>((resolve) => waiting.set(id, resolve));
    return client.call("chat.send", { sessionKey: session, message, idempotencyKey: id }).then(() => ended);
  };
}

async function talkFor(ms: number, sessions: number, talk: (session: string) => Promise<void>, cpu: () => number) {
  const until = performance.now() + ms;
  const cpuBefore = cpu();
  let count = 0;
  const loop = async (_: unknown, session: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn += 1) {
      // A conversation of a hundred turns, then the next: what is measured does not grow with the time it is measured.
      await talk(`session-${sessions}-${session}-${Math.floor(turn / 100)}`);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: sessions }).map(loop));
  return { perSecond: (count / ms) * 1000, cpuMs: (cpu() - cpuBefore) / Math.max(1, count) };
}

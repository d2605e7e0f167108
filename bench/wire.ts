// The wire, read against a bare server in the same run: signed connects, how long a hello and an acknowledgement take,
// the list of many sessions, and events to a hundred clients. A ratio of 1 is a server that does nothing else.
import { join } from "node:path";
import { type BenchClient, connect } from "./client.ts";
import type { Figure } from "./measures.ts";
import { cpuOf, firstLine, linesOf, type Measured, startMeasured } from "./process.ts";

type Peer = Pick<Measured, "pid" | "port" | "token">;

const round = (value: number): number => Math.round(value * 1000) / 1000;

function at(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** The house and the bare server, both at once; they are asked in turn. */
async function both<T>(binary: string, work: (peer: Peer) => Promise<T>): Promise<{ house: T; bare: T }> {
  await using gateway = await startMeasured(binary, { gateway: { rateLimit: { callsPerMinute: 0 } } });
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "bare-server.ts")], { stdout: "pipe" });
  try {
    const bare = { ...JSON.parse(await firstLine(child.stdout)), pid: child.pid } as Peer;
    return { bare: await work(bare), house: await work(gateway) };
  } finally {
    child.kill();
  }
}

/** Median and 99th percentile, and how many times those of the bare server they are. */
function latency(name: string, { house, bare }: { house: readonly number[]; bare: readonly number[] }): Figure[] {
  return [0.5, 0.99].map((part) => {
    const [own, other] = [at(house, part), at(bare, part)];
    const note = `bare server ${round(other)} ms, ratio ${round(own / other)}, ${house.length} times`;
    return { name: `${name}-p${part * 100}`, value: round(own), unit: "ms", note };
  });
}

interface Signed {
  readonly perSecond: number;
  /** Of the server, in ms. */
  readonly cpuMs: number;
  readonly times: readonly number[];
}

/** Devices with a key of their own: challenge, signature, hello-ok, close. */
export async function signedConnects(binary: string): Promise<Figure[]> {
  const { house, bare } = await both(binary, (peer) => signers(peer, 2, 32));
  const ratio = `bare server ${Math.round(bare.perSecond)}, ratio ${round(house.perSecond / bare.perSecond)}`;
  return [
    {
      ...{ name: "signed-connects", value: Math.round(house.perSecond), unit: "connects/s", aim: "> 2000" },
      note: `${ratio}; 2 client processes on the same cores sign and check`,
    },
    {
      ...{ name: "signed-connects-cpu", value: round(house.cpuMs), unit: "ms CPU/connect", aim: "< 0.5" },
      note: `of the server alone, so ${Math.round(1000 / house.cpuMs)}/s of a core; bare server ${round(bare.cpuMs)} ms`,
    },
    ...latency("signed-connects", { house: house.times, bare: bare.times }),
  ];
}

const signedMs = 4_000;

async function signers(peer: Peer, processes: number, lanes: number): Promise<Signed> {
  const children = Array.from({ length: processes }, () =>
    Bun.spawn(
      [process.execPath, join(import.meta.dir, "signer.ts"), `${peer.port}`, peer.token, `${lanes}`, `${signedMs}`],
      { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
    ),
  );
  const outputs = children.map((child) => linesOf(child.stdout));
  await Promise.all(outputs.map((lines) => lines.next()));
  const [cpu, begun] = [cpuOf(peer.pid), performance.now()];
  for (const child of children) child.stdin.write("go\n");
  for (const child of children) child.stdin.flush();
  const found = await Promise.all(outputs.map((lines) => lines.next()));
  const seconds = (performance.now() - begun) / 1000;
  const times = found.flatMap(({ value }) => JSON.parse(value ?? "[]") as number[]);
  return { perSecond: times.length / seconds, cpuMs: (cpuOf(peer.pid) - cpu) / times.length, times };
}

/** One client after the other, by token. */
export async function helloTime(binary: string): Promise<Figure[]> {
  const found = await both(binary, (peer) =>
    timed(500, async () => {
      (await connect(peer.port, peer.token)).close();
    }),
  );
  return latency("hello", found);
}

/** From chat.send to its answer, which says that the message is on the disk. */
export async function ackTime(binary: string): Promise<Figure[]> {
  const found = await both(binary, async (peer) => {
    const client = await connect(peer.port, peer.token);
    let count = 0;
    const send = () =>
      client.call("chat.send", { sessionKey: "ack", message: "/help", idempotencyKey: `ack-${++count}` });
    const times = await timed(500, send);
    client.close();
    return times;
  });
  return latency("chat-send-ack", found);
}

async function timed(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let index = -20; index < count; index += 1) {
    const begun = performance.now();
    await work();
    if (index >= 0) times.push(performance.now() - begun);
  }
  return times;
}

const listed = 10_000;

/** Fifty of ten thousand. */
export async function sessionsList(binary: string): Promise<Figure[]> {
  const found = await both(binary, async (peer) => {
    const client = await connect(peer.port, peer.token);
    if (peer.token !== "none") await makeSessions(client, listed);
    const plain = await timed(200, () => client.call("sessions.list", { limit: 50 }));
    const search = await timed(50, () => client.call("sessions.list", { limit: 50, search: "many-99" }));
    client.close();
    return { plain, search };
  });
  const figures = latency("sessions-list", { house: found.house.plain, bare: found.bare.plain });
  const search = latency("sessions-list-search", { house: found.house.search, bare: found.bare.search });
  return [...figures.map((figure) => ({ ...figure, aim: "p50 < 20 ms" })), ...search];
}

async function makeSessions(client: BenchClient, count: number): Promise<void> {
  for (let from = 0; from < count; from += 100) {
    const keys = Array.from({ length: 100 }, (_, index) => `agent:main:many-${from + index}`);
    await Promise.all(keys.map((key) => client.call("sessions.patch", { key, thinkingLevel: "low" })));
  }
}

const told = 2_000;

/** Each change of a session is told to a hundred clients; the bare server sends as much to as many. */
export async function events(binary: string): Promise<Figure[]> {
  const { house, bare } = await both(binary, async (peer) => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => connect(peer.port, peer.token)));
    const [first] = clients as [BenchClient];
    const isHouse = peer.token !== "none";
    if (isHouse) await Promise.all(clients.map((client) => client.call("sessions.subscribe", {})));
    let heard = 0;
    for (const client of clients)
      client.onEvent = (text) => {
        if (/"sessions.changed"|"told"/.test(text)) heard += 1;
      };
    const begun = performance.now();
    for (let sent = 0; sent < told; sent += 50)
      await Promise.all(
        Array.from({ length: 50 }, (_, index) => {
          const params = { key: `agent:main:told-${index}`, thinkingLevel: sent % 100 === 0 ? "low" : "high" };
          return first.call(isHouse ? "sessions.patch" : "tell", params);
        }),
      );
    while (heard < told * clients.length && performance.now() - begun < 30_000) await Bun.sleep(1);
    const perSecond = heard / ((performance.now() - begun) / 1000);
    for (const client of clients) client.close();
    return { perSecond, heard };
  });
  return [
    {
      ...{ name: "events-100", value: Math.round(house.perSecond), unit: "events/s" },
      note: `${house.heard} of ${told * 100}, each a commit; bare server ${Math.round(bare.perSecond)}, ratio ${round(house.perSecond / bare.perSecond)}`,
    },
  ];
}

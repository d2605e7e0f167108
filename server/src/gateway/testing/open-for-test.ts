// A gateway on a real port with a fake house behind it, and a raw client that sees every frame.
import type { Clock, Store } from "@homarus/sdk";
import { problems } from "../frames/check.ts";
import type { House, Listen } from "../house.ts";
import { groups } from "../methods/table.ts";
import { type Gateway, openGateway } from "../open.ts";
import type { GatewaySettings } from "../settings.ts";
import { createFakeHouse, type FakeHouse } from "./fake-house.ts";

export interface TestGateway extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly fake: FakeHouse;
  readonly url: string;
  connect(login?: Login): Promise<RawClient>;
}

export interface Login {
  readonly scopes?: readonly string[];
  readonly [key: string]: unknown;
}

export const token = "the-test-token";

/** What a test brings: the gateway may not fetch the machine's rooms by itself. */
export interface Machine {
  readonly listen: Listen;
  readonly clock: Clock;
  readonly store: Store;
  readonly settings?: Partial<GatewaySettings>;
  /** Changes the fake house before the gateway sees it. */
  readonly house?: (house: House) => House;
}

export async function openForTest({ listen, clock, store, settings, house }: Machine): Promise<TestGateway> {
  const fake = createFakeHouse({ clock, store });
  const gateway = await openGateway({
    house: house ? house(fake.house) : fake.house,
    listen,
    settings: {
      ...{ host: "127.0.0.1", port: 0, auth: { mode: "token", token } },
      rateLimits: { requestsPerMinute: 600, upgradesPerMinute: 120, callsPerMinute: 600, loopbackExempt: true },
      guessLimits: { maxAttempts: 10, windowMs: 60_000, lockoutMs: 300_000, exemptLoopback: true },
      ...settings,
    },
    asset: (path) =>
      path === "/chat"
        ? { bytes: new TextEncoder().encode("<h1>chat</h1>"), type: "text/html; charset=utf-8" }
        : undefined,
    clock,
  });
  const url = `ws://127.0.0.1:${gateway.port}`;
  const clients: RawClient[] = [];
  return {
    ...{ gateway, fake, url },
    async connect(login) {
      const client = await openRaw(url);
      clients.push(client);
      await client.hello(login);
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.socket.close();
      await gateway.stop();
    },
  };
}

/** Every answer that a test sees is held against the shape that the table promises. */
async function asPromised(method: string, frame: Frame): Promise<Frame> {
  const entry = Object.values(groups).find(({ rows }) => rows.some((row) => row.name === method));
  const isFirst = frame.payload?.status === "accepted";
  if (!entry || !frame.ok || isFirst) return frame;
  const shape = (await entry.load()).group.shapes[method]?.result;
  const wrong = shape && problems(shape, frame.payload === undefined ? {} : frame.payload);
  if (wrong !== undefined) throw new Error(`${method} answered not as promised: ${wrong}`);
  return frame;
}

/** As loose as what JSON.parse gives: tests look into frames freely. */
export type Frame = Record<string, ReturnType<typeof JSON.parse>>;

export interface RawClient {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  readonly challenge: { readonly nonce: string; readonly ts: number };
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The next frame that fits, also one that came already but was not taken. */
  next(fits: (frame: Frame) => boolean): Promise<Frame>;
  event(name: string): Promise<Frame>;
  /** Sends a call and gives its next answer. */
  call(method: string, params?: unknown): Promise<Frame>;
  hello(login?: Login): Promise<Frame>;
  send(text: string): void;
}

export const allScopes = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
];

export function connectFrame(login: Login = {}): Frame {
  return {
    minProtocol: 3,
    maxProtocol: 3,
    client: { id: "cli", version: "1.0.0", platform: "linux", mode: "cli" },
    role: "operator",
    scopes: allScopes,
    auth: { token },
    ...login,
  };
}

export async function openRaw(url: string, headers: Record<string, string> = {}): Promise<RawClient> {
  const socket = new WebSocket(url, { headers } as unknown as string[]);
  const frames: Frame[] = [];
  const taken = new Set<Frame>();
  const waiting = new Set<() => void>();
  socket.onmessage = (message) => {
    frames.push(JSON.parse(String(message.data)));
    for (const look of [...waiting]) look();
  };
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });
  const next = (fits: (frame: Frame) => boolean): Promise<Frame> =>
    new Promise((resolve) => {
      const look = () => {
        const found = frames.find((frame) => !taken.has(frame) && fits(frame));
        if (!found) return;
        taken.add(found);
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  let id = 0;
  const call = (method: string, params?: unknown) => {
    id += 1;
    const own = `${method}#${id}`;
    socket.send(JSON.stringify({ type: "req", id: own, method, ...(params === undefined ? {} : { params }) }));
    return next((frame) => frame.id === own).then((frame) => asPromised(method, frame));
  };
  const challenge = await next((frame) => frame.event === "connect.challenge");
  return {
    ...{ socket, frames, closed, next, call, challenge: challenge.payload },
    event: (name) => next((frame) => frame.event === name),
    hello: (login) => call("connect", connectFrame(login)),
    send: (text) => socket.send(text),
  };
}

// Web chat has no adapter: the gateway is its platform's end and its channel. Here a client speaks to a real gateway
// over a real socket, and what the house hears and the client sees is held against the channel contract.
import { describe, test } from "bun:test";
import type { Channel, InboundMessage } from "@homarus/sdk";
import {
  type ChannelWorld,
  channelContract,
  createFakeClock,
  createMemoryStore,
  runContract,
  type Saying,
  type Shown,
} from "@homarus/sdk/testing";
import { listen } from "../host/net/serve.ts";
import { ordinaryRun } from "./testing/fake-house.ts";
import { type Frame, openForTest, type RawClient, type TestGateway } from "./testing/open-for-test.ts";

const browser = { id: "webchat", version: "1", platform: "web", mode: "webchat" };
const sessionKey = "agent:main:main";

function paramsOf(text: string, key: string, saying: Saying): Frame {
  const { file } = saying;
  const attachments = file && [{ mimeType: file.mediaType, fileName: file.name, content: file.data }];
  return { sessionKey, message: text, idempotencyKey: key, ...(attachments ? { attachments } : {}) };
}

function shownOf({ payload }: Frame): Shown {
  return { id: payload.runId, place: payload.sessionKey, text: payload.message?.content[0].text ?? "" };
}

async function openWorld(): Promise<ChannelWorld & AsyncDisposable> {
  const clock = createFakeClock();
  const store = createMemoryStore();
  const clients: RawClient[] = [];
  let gateway: Promise<TestGateway> | undefined;
  let newest: Frame | undefined;
  let count = 0;

  const client = async (): Promise<RawClient> => {
    const last = clients.at(-1);
    if (last?.socket.readyState === WebSocket.OPEN) return last;
    const fresh = await (await gateway)?.connect({ client: browser });
    if (!fresh) throw new Error("the gateway was not started");
    clients.push(fresh);
    return fresh;
  };
  const finals = (): Frame[] =>
    clients.flatMap(({ frames }) =>
      frames.filter(({ event, payload }) => event === "chat" && payload.state === "final"),
    );
  const channel: Channel = {
    async start(receive, signal) {
      if (signal.aborted) return;
      gateway = openForTest({
        ...{ listen, clock, store },
        house: (house) => ({
          ...house,
          async receive(message: InboundMessage) {
            await receive(message);
            return house.receive(message);
          },
        }),
      });
      const it = await gateway;
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
      await it[Symbol.asyncDispose]();
    },
    async send(piece) {
      count += 1;
      const runId = `run-${count}`;
      const reader = await client();
      (await gateway)?.fake.happen(runId, piece.place.id, ...ordinaryRun(runId, [piece.text]));
      await reader.next(
        ({ event, payload }) => event === "chat" && payload.runId === runId && payload.state === "final",
      );
      return { id: runId, at: clock.now() };
    },
  };
  const call = async (params: Frame): Promise<void> => {
    newest = params;
    await (await client()).call("chat.send", params);
  };
  return {
    ...{ clock, textLimit: Number.POSITIVE_INFINITY, open: () => channel, shown: () => finals().map(shownOf) },
    async say(text, saying = {}) {
      count += 1;
      const key = `key-${count}`;
      await call(paramsOf(text, key, saying));
      return key;
    },
    repeat: () => call(newest ?? {}),
    connections: () => clients.filter(({ socket }) => socket.readyState === WebSocket.OPEN).length,
    drop: () => clients.at(-1)?.socket.close(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

runContract({ describe, test }, channelContract, {
  title: "[F12] web chat",
  capabilities: ["attachments", "reconnects"],
  open: openWorld,
});

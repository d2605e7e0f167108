// The bridge against a door that a test opens, answers and slams.
import { expect, test } from "bun:test";
import { Bridge } from "./bridge.ts";

interface Door {
  readonly heard: Message[];
  say(message: object): void;
  slam(reason?: string): void;
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly [key: string]: unknown;
}

/** What stands for a socket: the part of it that the bridge uses. */
function fakeDoor(): { readonly door: Door; readonly socket: WebSocket } {
  const heard: Message[] = [];
  const socket = {
    readyState: WebSocket.OPEN as number,
    onmessage: (_: { readonly data: string }) => undefined as unknown,
    onclose: (_: { readonly reason: string }) => undefined as unknown,
    send: (text: string) => void heard.push(JSON.parse(text)),
    close: () => undefined,
  };
  const door: Door = {
    heard,
    say: (message) => void socket.onmessage({ data: JSON.stringify({ jsonrpc: "2.0", ...message }) }),
    slam(reason = "") {
      socket.readyState = WebSocket.CLOSED;
      socket.onclose({ reason });
    },
  };
  return { door, socket: socket as unknown as WebSocket };
}

function open() {
  const doors: Door[] = [];
  const written: Message[] = [];
  const state = { isThere: true };
  const bridge = new Bridge({
    async open() {
      if (!state.isThere) throw Object.assign(new Error("No gateway answers."), { hint: "Start it." });
      const { door, socket } = fakeDoor();
      doors.push(door);
      return socket;
    },
    write: (text) => void written.push(JSON.parse(text)),
    log: () => undefined,
  });
  const hear = async (message: object): Promise<void> => {
    bridge.hear(JSON.stringify({ jsonrpc: "2.0", ...message }));
    await Bun.sleep(0);
  };
  const door = (index: number): Door => {
    const found = doors[index];
    if (!found) throw new Error(`no door ${index} was opened`);
    return found;
  };
  return { bridge, doors, door, written, state, hear };
}

const initialize = { id: 1, method: "initialize", params: { protocolVersion: "2025-11-25" } };

async function introduced() {
  const it = open();
  await it.hear(initialize);
  it.door(0).say({ id: 1, result: {} });
  await it.hear({ method: "notifications/initialized" });
  await it.hear({ id: 2, method: "resources/subscribe", params: { uri: "homarus://config" } });
  it.door(0).say({ id: 2, result: {} });
  return it;
}

test("messages pass as they are, both ways, in order", async () => {
  const it = await introduced();
  expect(it.door(0).heard.map(({ method }) => method)).toEqual([
    ...["initialize", "notifications/initialized", "resources/subscribe"],
  ]);
  it.door(0).say({ method: "notifications/progress", params: { progress: 1 } });
  expect(it.written.map(({ id, method }) => id ?? method)).toEqual([1, 2, "notifications/progress"]);
  it.bridge.hear("{ this is no JSON");
  expect(it.doors).toHaveLength(1);
});

test("a lost gateway ends what was asked, is found again, and is told who the client is", async () => {
  const it = await introduced();
  await it.hear({ id: 3, method: "tools/call", params: { name: "agent_ask" } });
  it.written.length = 0;
  it.door(0).slam();
  await Bun.sleep(0);
  expect(it.written[0]).toMatchObject({ id: 3, error: { code: -32_000, message: expect.stringContaining("lost") } });
  expect(it.door(1).heard).toMatchObject([
    { id: "homarus-bridge:1", method: "initialize", params: initialize.params },
    { method: "notifications/initialized" },
    { id: "homarus-bridge:2", method: "resources/subscribe", params: { uri: "homarus://config" } },
  ]);
  expect(it.written.slice(1).map(({ method }) => method)).toEqual([
    ...[
      "notifications/tools/list_changed",
      "notifications/prompts/list_changed",
      "notifications/resources/list_changed",
    ],
  ]);
  it.written.length = 0;
  it.door(1).say({ id: "homarus-bridge:1", result: {} });
  it.door(1).say({ id: "homarus-bridge:2", result: {} });
  await it.hear({ id: 4, method: "tools/list" });
  it.door(1).say({ id: 4, result: {} });
  expect(it.written).toMatchObject([{ id: 4 }]);
});

test("without a gateway each request is answered so, and the next finds it", async () => {
  const it = open();
  it.state.isThere = false;
  await it.hear(initialize);
  await it.hear({ method: "notifications/initialized" });
  expect(it.written).toMatchObject([{ id: 1, error: { code: -32_000, message: "No gateway answers. Start it." } }]);
  it.state.isThere = true;
  await it.hear({ id: 2, method: "tools/list" });
  expect(it.door(0).heard).toMatchObject([{ id: 2, method: "tools/list" }]);
});

test("a gateway that turns the client away is named once, and not asked again and again", async () => {
  const it = open();
  await it.hear(initialize);
  it.door(0).slam("unauthorized: the token is not valid");
  await Bun.sleep(0);
  expect(it.written).toMatchObject([{ id: 1, error: { message: expect.stringContaining("the token is not valid") } }]);
  expect(it.doors).toHaveLength(1);
});

test("a client of the newest protocol has nothing to be introduced with", async () => {
  const it = open();
  await it.hear({ id: 1, method: "server/discover" });
  it.door(0).say({ id: 1, result: {} });
  it.door(0).slam();
  await Bun.sleep(0);
  expect(it.doors).toHaveLength(1);
  await it.hear({ id: 2, method: "tools/list" });
  expect(it.door(1).heard).toMatchObject([{ id: 2 }]);
});

test("what is asked is waited for at the end, and no longer than agreed", async () => {
  const it = open();
  await it.hear({ id: 1, method: "tools/list" });
  const settled = it.bridge.settled(60_000);
  it.door(0).say({ id: 1, result: {} });
  await settled;
  await it.hear({ id: 2, method: "tools/list" });
  await it.bridge.settled(1);
  it.bridge.close();
  await it.hear({ id: 3, method: "tools/list" });
  expect(it.written.at(-1)).toMatchObject({ id: 3, error: { message: "The bridge is closing." } });
});

test("a message that is not passed on is answered without an id", () => {
  const it = open();
  it.bridge.refuse(-32_600, "too large");
  expect(it.written as unknown[]).toEqual([
    { jsonrpc: "2.0", id: null, error: { code: -32_600, message: "too large" } },
  ]);
});

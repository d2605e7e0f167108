import { describe, expect, test } from "bun:test";
import { Fault } from "../errors.ts";
import type { InboundMessage } from "../message.ts";
import { channelContract } from "./channel.contract.ts";
import type { ChannelWorld, Saying, Shown } from "./channel.world.ts";
import { createFakeClock } from "./clock.ts";
import { runContract } from "./contract.ts";
import { createFakeChannel } from "./fake-channel.ts";

function messageOf(id: string, text: string, saying: Saying): InboundMessage {
  const place = saying.group ? ({ id: "crew", type: "group" } as const) : ({ id: "chat", type: "direct" } as const);
  return {
    ...{ id, channel: "fake", account: "default", origin: "person", peer: { id: "pat" }, text, attachments: [] },
    ...{ place, mentioned: saying.group?.addressed ?? true, sentAt: 1 },
  };
}

async function openWorld(): Promise<ChannelWorld & AsyncDisposable> {
  const channel = createFakeChannel();
  let count = 0;
  let newest: InboundMessage | undefined;
  const shown = (): Shown[] =>
    channel.sent.map((piece) => {
      const edited = channel.edited.findLast((edit) => edit.id === piece.id)?.piece ?? piece;
      return { id: piece.id, place: piece.place.id, text: edited.text };
    });
  return {
    ...{ clock: createFakeClock(), textLimit: Number.POSITIVE_INFINITY, open: () => channel, shown },
    async say(text, saying = {}) {
      count += 1;
      newest = messageOf(`m${count}`, text, saying);
      await channel.receive?.(newest);
      return newest.id;
    },
    repeat: async () => void (newest && (await channel.receive?.(newest))),
    connections: () => 0,
    remove(id) {
      const index = channel.sent.findIndex((piece) => piece.id === id);
      if (index >= 0) channel.sent.splice(index, 1);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

runContract({ describe, test }, channelContract, {
  title: "fake channel",
  capabilities: ["edits", "groups"],
  open: openWorld,
});

test("the fake channel fails as it is told, once for each fault", async () => {
  const channel = createFakeChannel();
  channel.faults.push(new Fault("limited", "x.wait", "Wait."));
  const piece = { place: { id: "chat", type: "direct" }, text: "hi" } as const;
  const signal = new AbortController().signal;
  await expect(channel.send(piece, signal)).rejects.toThrow("Wait.");
  expect(await channel.send(piece, signal)).toMatchObject({ id: "sent-1" });
});

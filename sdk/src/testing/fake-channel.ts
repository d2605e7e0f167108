// A Channel whose platform is a list: a test says what is heard and reads what was sent.
import { Fault } from "../errors.ts";
import type { Piece, Receipt } from "../message.ts";
import type { Channel, Receive } from "../ports/channel.ts";

export interface FakeChannel extends Channel {
  readonly sent: (Piece & { readonly id: string })[];
  readonly edited: { readonly id: string; readonly piece: Piece }[];
  /** What the next sends do instead of arriving. */
  readonly faults: Fault[];
  /** Set once `start` was called. */
  receive: Receive | undefined;
}

export function createFakeChannel(): FakeChannel {
  let count = 0;
  const channel: FakeChannel = {
    sent: [],
    edited: [],
    faults: [],
    receive: undefined,
    start(receive, signal) {
      channel.receive = receive;
      return new Promise((resolve) => {
        if (signal.aborted) resolve();
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
    async send(piece): Promise<Receipt> {
      const fault = channel.faults.shift();
      if (fault) throw fault;
      count += 1;
      channel.sent.push({ ...piece, id: `sent-${count}` });
      return { id: `sent-${count}`, at: count };
    },
    async edit(id, piece): Promise<Receipt> {
      const index = channel.sent.findIndex((item) => item.id === id);
      if (index < 0) throw new Fault("invalid", "fake.gone", "That message is gone.");
      channel.edited.push({ id, piece });
      return { id, at: count };
    },
  };
  return channel;
}

/** A log that keeps nothing, for tests that do not look at it. */
export const silentLog = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

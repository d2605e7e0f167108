// The house speaks up unasked: words for a place on a channel, durable before they are sent, and told how they fared.
import { type Channel, Fault, type OutboundMessage, type Receipt, type Store } from "@homarus/sdk";
import { compose } from "../outbox/compose.ts";
import type { LineParts } from "./parts.ts";

export interface SpeakParts extends Pick<LineParts, "store" | "clock" | "delivery"> {
  channel(id: string): Channel | undefined;
}

/**
 * Sends words to a place. `id` names the sending: the same id again sends nothing twice and gives the same receipts.
 * Resolves with the receipts of its pieces. Rejects with a Fault: `config` when the channel is not set up, `invalid`
 * when there is nothing to say or the platform will never take it, `unavailable` when it is still being tried after
 * `patienceMs`: the house goes on trying.
 */
export type Speak = (message: OutboundMessage, id: string, patienceMs?: number) => Promise<readonly Receipt[]>;

const patience = 60_000;

export function createSpeak(parts: SpeakParts): Speak {
  return async (message, id, patienceMs = patience) => {
    const channel = parts.channel(message.channel);
    if (!channel)
      throw new Fault("config", "channel.not-set-up", `The channel ${message.channel} is not set up.`, {
        hint: `Configure channels.${message.channel}, or choose another: \`homarus status\` lists them.`,
      });
    const rows = compose(message, { compose: channel.compose?.bind(channel), now: parts.clock.now(), id });
    const [first] = rows;
    if (!first) throw new Fault("invalid", "send.empty", "There is nothing to send.");
    if (!(await parts.store.outboxRow(first.id))) {
      await parts.store.commit(rows.map((row) => ({ type: "outbox-put", row })));
      parts.delivery.push(rows);
    }
    const waiting = new AbortController();
    const settled = rows.map((row) => parts.delivery.settled(row));
    const late = parts.clock.sleep(parts.clock.now() + patienceMs, waiting.signal).catch(() => undefined);
    await Promise.race([Promise.all(settled), late]);
    waiting.abort();
    return Promise.all(rows.map((row) => receiptOf(row.id, parts.store)));
  };
}

async function receiptOf(id: string, store: Store): Promise<Receipt> {
  const row = await store.outboxRow(id);
  if (row?.receipt) return row.receipt;
  if (row?.state === "failed" && row.fault) {
    const { kind, code, message, hint } = row.fault;
    throw new Fault(kind, code, message, hint === undefined ? {} : { hint });
  }
  throw new Fault("unavailable", "send.waiting", "The message has not arrived yet; the house goes on trying.", {
    hint: row?.fault?.message ?? "Look at the channel's status.",
  });
}

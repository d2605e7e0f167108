// How many messages one sender may send in a minute before the house stops listening for a while.
import type { Clock, InboundMessage } from "@homarus/sdk";

const windowMs = 60_000;

/** A sliding minute per sender. Senders that fell silent are forgotten, so memory follows the living. */
export function createRate(clock: Clock, perMinute: number): (message: InboundMessage) => boolean {
  const heard = new Map<string, number[]>();
  let sweptAt = 0;
  return (message) => {
    const now = clock.now();
    if (now - sweptAt > windowMs) {
      for (const [sender, times] of heard) if ((times.at(-1) ?? 0) < now - windowMs) heard.delete(sender);
      sweptAt = now;
    }
    const sender = `${message.channel}\n${message.account}\n${message.peer.id}`;
    const times = (heard.get(sender) ?? []).filter((at) => at > now - windowMs);
    heard.set(sender, times);
    if (times.length >= perMinute) return false;
    times.push(now);
    return true;
  };
}

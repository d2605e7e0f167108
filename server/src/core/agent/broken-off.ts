// The words of an answer in the making that broke off: they were shown, and the next step continues them.
import { continuedEvent, type Entry, textOf } from "@homarus/sdk";

export function brokenOff(entries: readonly Entry[]): string {
  let text = "";
  // A message that came meanwhile stands between.
  const end = entries.findLastIndex(({ body }) => body.type !== "user");
  for (let at = end; at > 0; at -= 2) {
    const [step, event] = [entries[at - 1]?.body, entries[at]?.body];
    if (event?.type !== "event" || event.event !== continuedEvent || step?.type !== "step") break;
    text = textOf(step.content) + text;
  }
  return text;
}

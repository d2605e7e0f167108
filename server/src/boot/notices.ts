// What the house has to tell its owner unasked, said where the owner last spoke to the default agent, and in the log.
import { type HouseEvent, type Log, type RunEvent, type Store, toFault } from "@homarus/sdk";
import type { Voice } from "../core/jobs/parts.ts";

export interface NoticeParts {
  readonly log: Log;
  readonly store: Pick<Store, "commit">;
  readonly voice: Voice;
  readonly watch: (listener: (event: RunEvent | HouseEvent) => void) => unknown;
  readonly agent: () => string;
  readonly newId: () => string;
  readonly now: () => number;
}

/** The same words are not said again for so long. */
const quietMs = 3_600_000;

export function tellNotices(parts: NoticeParts): void {
  const { log, now } = parts;
  const said = new Map<string, number>();
  parts.watch((event) => {
    if (event.type !== "notice") return;
    const { text } = event;
    for (const [words, at] of said) if (now() - at >= quietMs) said.delete(words);
    if (said.has(text)) return;
    said.set(text, now());
    log.warn("house.notice", { text });
    say(text, parts).catch((thrown: unknown) => log.warn("house.notice-unsaid", { fault: toFault(thrown).toJSON() }));
  });
}

async function say(text: string, { voice, store, agent, newId }: NoticeParts): Promise<void> {
  const spot = await voice.find({}, { agent: agent() });
  await voice.say({ spot, text, id: `notice:${newId()}`, spokenIn: "" }, (writes) => store.commit(writes));
}

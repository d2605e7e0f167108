// The jobs of a house: what keeps them, with the line they send to and the channels they are answered on.
import type { Voice } from "../core/jobs/parts.ts";
import { createJobs } from "../core/jobs/work.ts";
import { createVoice } from "../core/line/voice.ts";
import type { HouseParts } from "./house-parts.ts";
import { lazyCronNext } from "./lazy.ts";

export type Jobs = ReturnType<typeof createJobs>;

export function openJobs(parts: Omit<HouseParts, "jobs">, voice: Voice): Jobs {
  const { ground, line, newId, memory, gates } = parts;
  const { store, clock, log, tap, shutdown } = ground;
  const jobs = createJobs({
    ...{ store, clock, log, newId, signal: shutdown.signal, emit: tap.emit, cron: lazyCronNext },
    agents: parts.routeRules,
    ...{ receive: line.receive, voice },
    // What is due while everything is stopped waits, and comes when it goes on.
    hasRoom: () => memory.hasRoom() && gates.halt.state() === undefined,
  });
  tap.watch((event) => {
    if (event.type === "halt-changed" && !event.isHalted) jobs.keeper.wake();
  });
  return jobs;
}

/** How the house speaks up unasked. */
export function openVoice({ ground, line, channels, delivery, newId }: Omit<HouseParts, "jobs">): Voice {
  const { store, clock, tap } = ground;
  return createVoice({
    ...{ store, clock, tap, newId, delivery, exclusive: line.exclusive },
    channel: (id) => channels.find(id)?.channel,
  });
}

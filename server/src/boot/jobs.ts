// The jobs of a house: what keeps them, with the line they send to and the channels they are answered on.
import type { Voice } from "../core/jobs/parts.ts";
import { createJobs } from "../core/jobs/work.ts";
import { createVoice } from "../core/line/voice.ts";
import type { HouseParts } from "./house-parts.ts";
import { lazyCronNext } from "./lazy.ts";

export type Jobs = ReturnType<typeof createJobs>;

export function openJobs(parts: Omit<HouseParts, "jobs">, voice: Voice): Jobs {
  const { ground, line, newId, memory } = parts;
  const { store, clock, log, tap, shutdown } = ground;
  return createJobs({
    ...{ store, clock, log, newId, signal: shutdown.signal, emit: tap.emit, cron: lazyCronNext },
    agents: parts.routeRules,
    ...{ receive: line.receive, hasRoom: memory.hasRoom, voice },
  });
}

/** How the house speaks up unasked. */
export function openVoice({ ground, line, channels, delivery, newId }: Omit<HouseParts, "jobs">): Voice {
  const { store, clock, tap } = ground;
  return createVoice({
    ...{ store, clock, tap, newId, delivery, exclusive: line.exclusive },
    channel: (id) => channels.find(id)?.channel,
  });
}

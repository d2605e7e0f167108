// What the house says to its owner without being spoken to: notices, and questions that wait for a yes.
import type { Voice } from "../core/jobs/parts.ts";
import { askOwners } from "./asking.ts";
import type { HouseParts } from "./house-parts.ts";
import { tellNotices } from "./notices.ts";

export function speakUnasked(parts: Omit<HouseParts, "jobs">, voice: Voice): void {
  const { log, store, tap, clock, config } = parts.ground;
  const words = {
    ...{ log, store, voice, watch: tap.watch, now: clock.now },
    agent: () => parts.routeRules().defaultAgent,
  };
  tellNotices({ ...words, newId: parts.newId });
  askOwners({ ...words, approver: () => config.current().approvals.approver });
}

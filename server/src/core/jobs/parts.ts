// What the jobs are handed by the composition root: the house around them, as plain functions.
import type {
  Choice,
  Clock,
  HouseEvent,
  InboundMessage,
  JobAddress,
  Log,
  Outcome,
  Place,
  Store,
  Write,
} from "@homarus/sdk";
import type { CronNext } from "./schedule.ts";

export interface JobParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: () => string;
  emit(event: HouseEvent): void;
  /** Fires at shutdown: what is under way is left to the next process. */
  readonly signal: AbortSignal;
  readonly cron: CronNext;
  agents(): { readonly agents: readonly string[]; readonly defaultAgent: string };
  /** The one door. A message that is known already gives the outcome of the first. */
  receive(message: InboundMessage): Promise<{ readonly ended: Promise<Outcome> }>;
  readonly voice: Voice;
  /** False while the house is short of memory: what is due waits until the keeper is woken. */
  readonly hasRoom: () => boolean;
}

/** How the house speaks up unasked. */
export interface Voice {
  /** Rejects with a Fault when the place that is named does not exist. Where none is known, the log has to do. */
  find(address: JobAddress, from: { readonly agent: string; readonly sessionKey?: string | undefined }): Promise<Spot>;
  /**
   * Hands `commit` the writes that make it said, once, and sends what was committed. `spokenIn` is the session whose
   * log holds the words already. Repeating an id says nothing twice.
   */
  say(
    speech: {
      readonly spot: Spot;
      readonly text: string;
      readonly id: string;
      readonly spokenIn: string;
      readonly choices?: readonly Choice[];
    },
    commit: (writes: readonly Write[]) => Promise<void>,
  ): Promise<void>;
}

export interface Spot {
  /** Absent where the log of the session is all there is, as in a web chat. */
  readonly place?: { readonly channel: string; readonly account: string; readonly place: Place };
  /** The session that is held there: its log notes what is said, so that the agent knows of it when it is answered. */
  readonly sessionKey?: string;
}

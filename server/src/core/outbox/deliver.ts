// Station 7: intent, send, receipt. Pieces for one place go out in order; what fails is tried again as its fault says.
import {
  type Channel,
  type Clock,
  Fault,
  type FaultKind,
  faultPolicies,
  type Log,
  type OutboxRow,
  type OutboxState,
  type Receipt,
  type Sighting,
  type Store,
  toFault,
} from "@homarus/sdk";

export interface DeliverParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Undefined while the channel is not set up; its pieces wait for it. */
  readonly channel: (row: OutboxRow) => Channel | undefined;
  /** What to do with a piece of which none can tell whether it arrived. */
  readonly uncertain: (row: OutboxRow) => "resend" | "silent";
  /** Takes secrets out of what is sent. */
  readonly redact: <T>(value: T) => T;
}

export interface Delivery {
  /** Queues committed rows. Does not wait for them. */
  push(rows: readonly OutboxRow[]): void;
  /** Resolves when nothing is under way for the place of this row: it was sent, or given up, or the house stops. */
  settled(row: OutboxRow): Promise<void>;
  /** Takes up what an earlier process left: what was being sent is looked for first. */
  resume(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

const maxAttempts = 12;
const firstWaitMs = 1_000;
const longestWaitMs = 300_000;

export function createDelivery(parts: DeliverParts): Delivery {
  const places = new Map<string, Promise<void>>();
  const placeOf = (row: OutboxRow): string => JSON.stringify([row.channel, row.account, row.piece.place.id]);
  const push = (queued: OutboxRow, uncertain: boolean): void => {
    const row = { ...queued, piece: parts.redact(queued.piece) };
    const place = placeOf(row);
    const before = places.get(place) ?? Promise.resolve();
    const after = before
      .then(() => deliver(row, uncertain, parts))
      .catch((thrown: unknown) => {
        if (!parts.signal.aborted) parts.log.error("delivery.broken", { id: row.id, fault: toFault(thrown).toJSON() });
      });
    places.set(place, after);
    void after.then(() => {
      if (places.get(place) === after) places.delete(place);
    });
  };
  return {
    push: (rows) => {
      for (const row of rows) push(row, false);
    },
    settled: (row) => places.get(placeOf(row)) ?? Promise.resolve(),
    async resume() {
      for (const row of await parts.store.openOutbox()) push(row, row.state === "sending");
    },
    async idle() {
      while (places.size > 0) await Promise.all(places.values());
    },
  };
}

/** Where a piece stands between two tries. */
interface Standing {
  readonly row: OutboxRow;
  readonly nextAt: number;
  /** The last try failed in a way that does not tell whether the platform took it. */
  readonly mayHaveArrived: boolean;
}

async function deliver(row: OutboxRow, uncertain: boolean, parts: DeliverParts): Promise<void> {
  if (uncertain && !(await stillToSend(row, parts))) return;
  const mayHaveArrived = !uncertain && row.fault !== undefined && leavesDoubt(row.fault.kind);
  let standing: Standing | undefined = { row, nextAt: row.nextAt, mayHaveArrived };
  while (standing && !parts.signal.aborted) {
    if (standing.nextAt > parts.clock.now()) await parts.clock.sleep(standing.nextAt, parts.signal);
    const channel = parts.channel(row);
    if (!channel) return parts.log.warn("delivery.no-channel", { id: row.id, channel: row.channel });
    standing = await next(standing, channel, parts);
  }
}

/** A piece that is found is not sent twice. What is known is asked anew only when all before it surely did not arrive. */
async function next(standing: Standing, channel: Channel, parts: DeliverParts): Promise<Standing | undefined> {
  const { row } = standing;
  // To edit twice is harmless.
  const sighting = standing.mayHaveArrived && row.edits === undefined ? await look(row, channel, parts) : "absent";
  if (typeof sighting === "object") {
    await arrived(row, sighting, parts);
    return undefined;
  }
  if (sighting === "unknown" && row.known) return attempt(row, channel, parts);
  return attempt({ ...row, ...(await knownOf(row, channel, parts.store)) }, channel, parts);
}

/** One try. Undefined when there is no next. */
async function attempt(row: OutboxRow, channel: Channel, parts: DeliverParts): Promise<Standing | undefined> {
  const attempts = row.attempts + 1;
  const known = row.known === undefined ? {} : { known: row.known };
  await mark(row, { state: "sending", attempts, nextAt: 0, ...known }, parts);
  try {
    const receipt = await send(row, channel, parts.signal);
    await mark(row, { state: "sent", attempts, nextAt: 0, receipt }, parts);
    return undefined;
  } catch (thrown) {
    const fault = toFault(thrown, "delivery.failed");
    const mayHaveArrived = leavesDoubt(fault.kind);
    // Left as it is being sent: the next process looks for it.
    if (parts.signal.aborted && mayHaveArrived) return undefined;
    const nextAt = retryTime(fault, attempts, parts.clock.now());
    parts.log[faultPolicies[fault.kind].log]("delivery.fault", { id: row.id, attempts, fault: fault.toJSON() });
    const state = nextAt === undefined ? "failed" : "queued";
    await mark(row, { state, attempts, nextAt: nextAt ?? 0, fault }, parts);
    return nextAt === undefined ? undefined : { row: { ...row, attempts }, nextAt, mayHaveArrived };
  }
}

/** A connection may break after the platform took the piece; a refusal says that it did not. */
export function leavesDoubt(kind: FaultKind): boolean {
  return kind === "unavailable" || kind === "aborted";
}

function arrived(row: OutboxRow, receipt: Receipt, parts: DeliverParts): Promise<void> {
  return mark(row, { state: "sent", attempts: row.attempts, nextAt: 0, receipt }, parts);
}

/** An edit is harmless to repeat. A piece whose edit finds nothing to edit is sent anew. */
async function send(row: OutboxRow, channel: Channel, signal: AbortSignal): Promise<Receipt> {
  if (row.edits === undefined || !channel.edit) return channel.send(row.piece, signal);
  try {
    return await channel.edit(row.edits, row.piece, signal);
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.kind !== "invalid") throw fault;
    return channel.send(row.piece, signal);
  }
}

/** Of a piece that was being sent when the house stopped: looks for it, and where none can tell, does as set. */
async function stillToSend(row: OutboxRow, parts: DeliverParts): Promise<boolean> {
  if (row.edits !== undefined) return true;
  const channel = parts.channel(row);
  const sighting = await look(row, channel, parts);
  if (typeof sighting === "object") {
    await arrived(row, sighting, parts);
    return false;
  }
  if (sighting === "absent" && !row.preview) return true;
  const again = !row.preview && parts.uncertain(row) === "resend";
  parts.log.warn("delivery.uncertain", { id: row.id, channel: row.channel, sentAgain: again });
  if (again) return true;
  const fault = new Fault(
    "unavailable",
    "delivery.uncertain",
    "The house stopped while this was being sent; whether it arrived is unknown.",
  );
  await mark(row, { state: "failed", attempts: row.attempts, nextAt: 0, fault }, parts);
  return false;
}

async function look(row: OutboxRow, channel: Channel | undefined, parts: DeliverParts): Promise<Sighting> {
  if (!channel?.find) return "unknown";
  try {
    return await channel.find(row.piece, row.known ?? [], parts.signal);
  } catch (thrown) {
    // Looking is a courtesy: when it fails the setting decides, as where nobody can tell.
    parts.log.warn("delivery.look-failed", { id: row.id, fault: toFault(thrown).toJSON() });
    return "unknown";
  }
}

/** What a later search needs to know; only where the channel can search. */
export async function knownOf(row: OutboxRow, channel: Channel, store: Store): Promise<{ known?: readonly string[] }> {
  if (!channel.find || row.edits !== undefined) return {};
  return { known: await store.knownIds({ channel: row.channel, account: row.account, place: row.piece.place.id }) };
}

interface Mark {
  readonly state: OutboxState;
  readonly attempts: number;
  readonly nextAt: number;
  readonly receipt?: Receipt;
  readonly fault?: Fault;
  readonly known?: readonly string[];
}

async function mark(row: OutboxRow, change: Mark, parts: DeliverParts): Promise<void> {
  const { fault, ...rest } = change;
  await parts.store.commit([
    { type: "outbox-state", id: row.id, ...rest, ...(fault ? { fault: fault.toJSON() } : {}) },
  ]);
}

function retryTime(fault: Fault, attempts: number, now: number): number | undefined {
  const policy = faultPolicies[fault.kind].delivery;
  if (policy === "stop" || policy === "split" || attempts >= maxAttempts) return undefined;
  if (policy === "hold") return now + longestWaitMs;
  return Math.max(fault.retryAt ?? 0, now + Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1)));
}

// One firing, from its message to the line in the job's log. What the store or a shutdown interrupts is taken up again:
// the message has the same id each time, so the one door admits it once.
import {
  addUsage,
  type Firing,
  type Job,
  type JobDelivered,
  type JobRun,
  noUsage,
  type Outcome,
  toFault,
  type Write,
} from "@homarus/sdk";
import { conclude, type Ended, type Speech, speechOf, type Verdict, verdictOf } from "./ending.ts";
import { type Aim, aimOf, firingMessage } from "./firing.ts";
import { given } from "./given.ts";
import type { InTurn } from "./in-turn.ts";
import type { JobParts, Spot } from "./parts.ts";
import { nextRun } from "./schedule.ts";

const firstWaitMs = 1_000;
const longestWaitMs = 60_000;

export interface CarryParts extends JobParts {
  readonly inTurn: InTurn;
}

/** Undefined when a shutdown came first. */
export async function carry(job: Job, firing: Firing, parts: CarryParts): Promise<JobRun | undefined> {
  const aim = aimOf(job, parts.agents());
  const startedAt = parts.clock.now();
  for (let tries = 0; !parts.signal.aborted; tries += 1) {
    try {
      const outcome = await outcomeOf(job, firing, aim, parts);
      if (parts.signal.aborted) return undefined;
      return await record(job, { firing, aim, startedAt, verdict: verdictOf(outcome) }, parts);
    } catch (thrown) {
      const fault = toFault(thrown);
      if (parts.signal.aborted) return undefined;
      parts.log.error("job.interrupted", { job: job.id, fault: fault.toJSON() });
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** tries);
      await parts.clock.sleep(parts.clock.now() + waitMs, parts.signal).catch(() => undefined);
    }
  }
  return undefined;
}

/** Where the house cannot take the message for good, that is its outcome; where the store is away, it is tried again. */
async function outcomeOf(job: Job, firing: Firing, aim: Aim, parts: JobParts): Promise<Outcome> {
  try {
    const { ended } = await parts.receive(firingMessage(job, firing, aim, parts.clock.now()));
    return await ended;
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.kind === "unavailable" || fault.kind === "aborted") throw fault;
    return { type: "failed", fault: fault.toJSON() };
  }
}

interface Came {
  readonly firing: Firing;
  readonly aim: Aim;
  readonly startedAt: number;
  readonly verdict: Verdict;
}

/** State, log, next time and what is passed on, in one commit. */
async function record(fired: Job, came: Came, parts: CarryParts): Promise<JobRun | undefined> {
  const now = parts.clock.now();
  const known = await parts.store.job(fired.id);
  const speech = known && speechOf(known, came.verdict, now);
  const heard = await listener(known ?? fired, speech, came, parts);
  const said = speech && heard.spot ? heard : undefined;
  const end: { run?: JobRun } = {};
  const commit = (words: readonly Write[]) =>
    parts.inTurn(fired.id, async () => {
      const job = await parts.store.job(fired.id);
      const ended: Ended = {
        ...{ firing: came.firing, verdict: heard.verdict, delivery: heard.delivery, now },
        ...given({ deliveryError: heard.error }),
        isAlerted: said !== undefined && speech?.isAlert === true,
        ...(await traces(came, parts)),
        runAt: job?.state.runningAt ?? came.startedAt,
        durationMs: now - came.startedAt,
        next: await timeAfter(job, came.firing, parts),
      };
      const { run, job: after, writes } = conclude(job, fired, ended);
      await parts.store.commit([...words, ...writes]);
      end.run = run;
      tell(run, after, parts);
      if (job && !after) parts.emit({ type: "job-changed", action: "removed", jobId: job.id });
    });
  if (speech && heard.spot) {
    const id = `${came.firing.id}:job`;
    await parts.voice.say({ spot: heard.spot, text: speech.text, id, spokenIn: came.aim.sessionKey }, commit);
  } else {
    await commit([]);
  }
  return end.run;
}

interface Heard {
  readonly verdict: Verdict;
  readonly delivery: JobDelivered;
  readonly spot?: Spot;
  readonly error?: string;
}

/** Where the words go. An answer without a place makes the job fail, unless it is told to do what it can. */
async function listener(job: Job, speech: Speech | undefined, came: Came, parts: JobParts): Promise<Heard> {
  const { verdict, aim } = came;
  if (!speech) return { verdict, delivery: "none" };
  try {
    const spot = await parts.voice.find(speech.address, { agent: aim.agent, sessionKey: job.sessionKey });
    return { verdict, spot, delivery: spot.place ? "queued" : "noted" };
  } catch (thrown) {
    const fault = toFault(thrown);
    if (fault.kind === "unavailable") throw fault;
    parts.log.warn("job.no-place", { job: job.id, fault: fault.toJSON() });
    const isFailure = !speech.isAlert && job.delivery?.bestEffort !== true;
    const failed: Verdict = { ...verdict, status: "error", error: fault.message, fault: fault.kind };
    return { verdict: isFailure ? failed : verdict, delivery: "failed", error: fault.message };
  }
}

/** What the run left in its session: which log it stands in, and what it used. */
async function traces(came: Came, { store }: JobParts): Promise<Pick<Ended, "sessionKey" | "sessionId" | "used">> {
  const { sessionKey } = came.aim;
  const session = await store.session(sessionKey);
  const { runId } = came.verdict;
  if (!session) return { sessionKey };
  const entries = runId === undefined ? [] : await store.entries(session.id, { runId, last: 200 });
  const steps = entries.flatMap(({ body }) => (body.type === "step" ? [body] : []));
  const last = steps.at(-1);
  const usage = steps.reduce((sum, step) => addUsage(sum, step.usage), noUsage);
  return {
    ...{ sessionKey, sessionId: session.id },
    ...(last && { used: { provider: last.provider, model: last.model, usage } }),
  };
}

async function timeAfter(job: Job | undefined, firing: Firing, parts: JobParts): Promise<Ended["next"]> {
  if (!job?.enabled) return { at: undefined };
  try {
    // Never the planned time again, even if the machine's clock was put back.
    return { at: await nextRun(job, Math.max(parts.clock.now(), firing.plannedAt), parts.cron) };
  } catch (thrown) {
    const fault = toFault(thrown);
    parts.log.error("job.no-next-time", { job: job.id, fault: fault.toJSON() });
    return { at: undefined, error: fault.message };
  }
}

function tell(run: JobRun, job: Job | undefined, parts: JobParts): void {
  const jobId = run.jobId;
  parts.emit({
    ...{ type: "job-changed", action: "finished", jobId, runAt: run.runAt, run },
    ...given({ nextRunAt: run.nextRunAt, job }),
  });
}

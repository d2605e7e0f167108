// A job as it is made, and as a patch leaves it. Pure: the times to come are worked out after.
import { Fault, type Job, type JobInput, type JobPatch, type JobWords } from "@homarus/sdk";

export function newJob(input: JobInput, id: string, now: number): Job {
  const { schedule, says } = input;
  const isTurn = says.type === "turn";
  return {
    target: isTurn ? "isolated" : "main",
    wake: "now",
    enabled: true,
    ...(schedule.type === "at" && { deleteAfterRun: true }),
    ...(isTurn && { delivery: { type: "announce" } }),
    ...compact(input),
    ...{ id, name: input.name.trim(), schedule: anchored(schedule, now), says, state: {} },
    ...{ createdAt: now, updatedAt: now },
  };
}

/** An interval counts from when it was given, so that it does not jump when the house restarts. */
function anchored(schedule: Job["schedule"], now: number): Job["schedule"] {
  return schedule.type === "every" ? { ...schedule, anchorAt: schedule.anchorAt ?? now } : schedule;
}

/** Whether a patch may move the job's next time. */
export function changesTimes(job: Job, patch: JobPatch): boolean {
  return patch.schedule !== undefined || (patch.enabled !== undefined && patch.enabled !== job.enabled);
}

export function changedJob(job: Job, patch: JobPatch, now: number): Job {
  const { says, delivery, schedule, state, ...plain } = patch;
  return compact({
    ...job,
    ...plain,
    ...(plain.name !== undefined && { name: plain.name.trim() }),
    ...(schedule && { schedule: anchored(schedule, now) }),
    ...(says && { says: changedWords(job.says, says) }),
    ...(delivery !== undefined && {
      delivery: delivery && compact({ type: "none", ...job.delivery, ...delivery }),
    }),
    state: { ...job.state, ...state },
    updatedAt: now,
  }) as unknown as Job;
}

function changedWords(words: JobWords, patch: NonNullable<JobPatch["says"]>): JobWords {
  const merged = compact(words.type === patch.type ? { ...words, ...patch } : patch);
  if (typeof merged.text === "string") return merged as unknown as JobWords;
  throw new Fault("invalid", "job.words", `A ${patch.type} needs its text.`, { hint: "Give the words it is to send." });
}

/** What was cleared, or given as undefined, is not there. */
function compact(fields: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

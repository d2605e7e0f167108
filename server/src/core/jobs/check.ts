// Whether a job can be kept: what is wrong with it is said with the nearest fix, and changes nothing.
import { Fault, type Job, type JobDelivery, nearest, type Schedule } from "@homarus/sdk";

const shortestEveryMs = 1_000;
const longestStaggerMs = 24 * 3_600_000;
const longestTimeoutMs = 24 * 3_600_000;
/** Ten years. What lies further off is a slip of the unit: microseconds, or years written twice. */
const farOffMs = 10 * 366 * 24 * 3_600_000;

/**
 * Throws an `invalid` Fault for the first thing that is wrong. `agents` are the ids that are set up; one that the job
 * had `before` and that is no longer there does not stand in the way of other changes.
 */
export function checkJob(job: Job, agents: readonly string[], now: number, before?: Job): void {
  if (job.name === "") throw wrong("name", "A job needs a name.", "Give it a few words, for example Morning brief.");
  if (job.agent !== before?.agent) checkAgent(job, agents);
  checkSchedule(job.schedule, now);
  checkWords(job);
  if (job.delivery) checkDelivery(job.delivery);
  if (job.delivery?.failures) checkDelivery(job.delivery.failures);
  if (job.alert) checkDelivery(job.alert);
}

function wrong(part: string, message: string, hint: string): Fault {
  return new Fault("invalid", `job.${part}`, message, { hint });
}

function checkAgent({ agent }: Job, agents: readonly string[]): void {
  if (agent === undefined || agents.includes(agent)) return;
  const near = nearest(agent, agents);
  const hint = near ? `Did you mean ${near}?` : `There are ${agents.join(", ")}.`;
  throw wrong("agent", `There is no agent ${agent}.`, hint);
}

/** What only the cron library knows of an expression is checked by asking for its next time. */
function checkSchedule(schedule: Schedule, now: number): void {
  switch (schedule.type) {
    case "at":
      if (!isTime(schedule.at, now)) throw wrong("schedule", "The time of the job is no point in time.", atHint);
      return;
    case "every":
      if (!isWithin(schedule.everyMs, shortestEveryMs, farOffMs)) {
        const text = `A job cannot come every ${schedule.everyMs} ms.`;
        throw wrong("schedule", text, `Give whole milliseconds, ${shortestEveryMs} (one second) or more.`);
      }
      if (schedule.anchorAt !== undefined && !isTime(schedule.anchorAt, now))
        throw wrong("schedule", "The anchor of the job is no point in time.", "Give it in Unix milliseconds.");
      return;
    case "cron":
      if (!isWithin(schedule.staggerMs ?? 0, 0, longestStaggerMs))
        throw wrong("schedule", `A job cannot be staggered by ${schedule.staggerMs} ms.`, "Give 0 ms to 24 hours.");
  }
}

const atHint = "Give it in Unix milliseconds, at most ten years ahead.";

function isTime(value: number, now: number): boolean {
  return isWithin(value, 0, now + farOffMs);
}

function isWithin(value: number, least: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= least && value <= most;
}

function checkWords({ says, target }: Job): void {
  if (says.text.trim() === "") throw wrong("words", "The job says nothing.", "Give the words it is to send.");
  if (says.type === "note" && target !== "main") {
    const hint = "Give it the target main, or make it a turn: a message that is answered in a session of its own.";
    throw wrong("target", "A note goes to the main session only.", hint);
  }
  if (says.type === "turn" && target === "main") {
    const hint = "Make it a note, or give it the target isolated.";
    throw wrong("target", "A turn does not go to the main session.", hint);
  }
  if (typeof target === "object" && target.session.trim() === "")
    throw wrong("target", "The session of the job has no name.", "Name it, for example main.");
  if (says.type === "turn" && !isWithin(says.timeoutMs ?? 1, 1, longestTimeoutMs))
    throw wrong("timeout", `A job cannot take ${says.timeoutMs} ms.`, "Give 1 ms to 24 hours.");
}

function checkDelivery(delivery: Partial<Pick<JobDelivery, "type">>): void {
  if (delivery.type !== "webhook") return;
  const hint = "Send it to a channel with announce, or leave it in the session with none.";
  throw wrong("webhook", "This house does not post the answers of jobs to web addresses yet.", hint);
}

// A job at its time: the firing that is committed before anything happens, and the Message that it sends. Pure.
import {
  type Firing,
  type InboundMessage,
  type Job,
  type JobTurn,
  noUsage,
  type RunOptions,
  type Session,
  type Write,
} from "@homarus/sdk";
import { given } from "./given.ts";

/** Where the words of a job go. */
export interface Aim {
  readonly agent: string;
  readonly sessionKey: string;
}

export function aimOf(job: Job, rules: { readonly agents: readonly string[]; readonly defaultAgent: string }): Aim {
  const agent = job.agent !== undefined && rules.agents.includes(job.agent) ? job.agent : rules.defaultAgent;
  if (job.target === "isolated") return { agent, sessionKey: `agent:${agent}:cron:${job.id}` };
  const name = job.target === "main" ? "main" : job.target.session.trim();
  return { agent, sessionKey: name.startsWith("agent:") ? name : `agent:${agent}:${name}` };
}

/** Its id follows from the job and the planned time, so that the one door admits it once whatever is repeated. */
export function plannedFiring(job: Job): Firing {
  const plannedAt = job.state.nextRunAt ?? 0;
  return { id: `${job.id}:${plannedAt}`, plannedAt };
}

export function forcedFiring(job: Job, now: number, newId: () => string): Firing {
  return { id: `${job.id}:${newId()}`, plannedAt: now, forced: true };
}

/** What is committed before the message is sent; a session of the job's own begins afresh, its settings stay. */
export function beginWrites(job: Job, firing: Firing, fresh: Session | undefined, now: number): readonly Write[] {
  const begun: Job = { ...job, state: { ...job.state, firing, runningAt: now } };
  return [{ type: "job-put", job: begun }, ...(fresh ? [{ type: "session-put" as const, session: fresh }] : [])];
}

export function freshSession(
  aim: Aim,
  before: Session | undefined,
  start: { readonly id: string; readonly now: number },
): Session {
  const { label, model, thinking, persona } = before ?? {};
  return {
    ...{ key: aim.sessionKey, id: start.id, agent: aim.agent, createdAt: start.now, updatedAt: start.now },
    ...given({ label, model, thinking, persona }),
    usage: noUsage,
  };
}

/** A firing that begins so much after its time says so. */
const lateMs = 120_000;

export function firingMessage(job: Job, firing: Firing, aim: Aim, now: number): InboundMessage {
  const { says } = job;
  const late =
    now - firing.plannedAt > lateMs ? `\n\n(This was due at ${new Date(firing.plannedAt).toISOString()}.)` : "";
  return {
    ...{ id: firing.id, channel: "job", account: "default", origin: "job", attachments: [], mentioned: true },
    peer: { id: job.id, name: job.name },
    place: { id: job.id, type: "direct", title: job.name },
    text: `[job ${job.name}] ${says.text}${late}`,
    sentAt: firing.plannedAt,
    session: aim.sessionKey,
    options: { extraSystem: duty, ...(says.type === "turn" && settingsOf(says)) },
  };
}

function settingsOf({ model, thinking, timeoutMs, tools }: JobTurn): RunOptions {
  return given({ model, thinking, timeoutMs, tools });
}

const duty =
  "The last message was sent by a job of this house at its time, not by a person: nobody can answer a question now. " +
  "What you answer is passed on as it stands. When there is nothing to tell, answer NO_REPLY and nothing else.";

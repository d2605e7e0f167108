// What a client says of a job, in the house's nouns. Pure. What the house does not read is kept for whoever asks again.

import type { JobAddress, JobDelivery, JobInput, JobPatch, JobTarget, Json, Schedule } from "@homarus/sdk";
import { shown } from "../../frames/shown.ts";
import { invalid } from "../../refusal.ts";
import { thinkingLevel } from "../../runs/inbound.ts";
import type { CronAdd, CronDelivery, CronPatch, CronSchedule } from "./shapes.ts";

export function jobInput(input: CronAdd): JobInput {
  const { payload } = input;
  const isTurn = payload.kind === "agentTurn";
  const delivery = deliveryOf(input.delivery ?? oldDelivery(payload));
  const says: JobInput["says"] = isTurn
    ? ({ type: "turn", text: payload.message, ...given(turnOf(payload)) } as JobInput["says"])
    : { type: "note", text: payload.text };
  return given({
    ...{ name: input.name, schedule: scheduleOf(input.schedule), target: targetOf(input.sessionTarget), says },
    ...{ wake: input.wakeMode, description: input.description, enabled: input.enabled },
    ...{ agent: input.agentId ?? undefined, sessionKey: input.sessionKey ?? undefined, delivery },
    deleteAfterRun: input.deleteAfterRun ?? (input.schedule.kind === "at" ? true : undefined),
    alert: alertOf(input.failureAlert),
    extra: extraOf(payload),
  }) as JobInput;
}

export function jobPatch(patch: CronPatch): JobPatch {
  const { payload } = patch;
  const {
    schedule,
    sessionTarget,
    wakeMode,
    delivery,
    failureAlert,
    agentId,
    state: _state,
    payload: _payload,
    ...same
  } = patch;
  return given({
    ...same,
    agent: agentId,
    schedule: schedule && scheduleOf(schedule),
    target: sessionTarget === undefined ? undefined : targetOf(sessionTarget),
    wake: wakeMode,
    delivery: delivery && deliveryOf(delivery),
    alert: alertOf(failureAlert),
    says: payload && saysPatch(payload),
    extra: payload && extraOf(payload),
  }) as JobPatch;
}

type Payload = CronAdd["payload"] | NonNullable<CronPatch["payload"]>;

function saysPatch(payload: NonNullable<CronPatch["payload"]>): JobPatch["says"] {
  if (payload.kind === "systemEvent") return given({ type: "note", text: payload.text }) as JobPatch["says"];
  return given({ type: "turn", text: payload.message, ...turnOf(payload) }) as JobPatch["says"];
}

function turnOf(payload: Extract<Payload, { kind: "agentTurn" }>) {
  const { model, thinking, timeoutSeconds, toolsAllow } = payload;
  return {
    ...{ model, thinking: thinkingLevel(thinking), tools: toolsAllow },
    timeoutMs: timeoutSeconds === undefined || timeoutSeconds <= 0 ? undefined : Math.round(timeoutSeconds * 1000),
  };
}

/** Finer levels of thinking and further wishes, that a client finds again. */
function extraOf(payload: Payload): Readonly<Record<string, Json>> | undefined {
  if (payload.kind !== "agentTurn") return undefined;
  const { fallbacks, lightContext, allowUnsafeExternalContent, thinking } = payload;
  const kept = given({ fallbacks, lightContext, allowUnsafeExternalContent, thinking });
  return Object.keys(kept).length === 0 ? undefined : (kept as Readonly<Record<string, Json>>);
}

function scheduleOf(schedule: CronSchedule): Schedule {
  switch (schedule.kind) {
    case "at":
      return { type: "at", at: instant(schedule.at) };
    case "every":
      return given({ type: "every", everyMs: schedule.everyMs, anchorAt: schedule.anchorMs }) as Schedule;
    case "cron":
      return given({
        ...{ type: "cron", expression: schedule.expr, timeZone: schedule.tz?.trim() || undefined },
        staggerMs: schedule.staggerMs,
      }) as Schedule;
  }
}

/** ISO 8601, or Unix ms as digits. Without a zone it is UTC, as the peer reads it. */
function instant(at: string): number {
  const text = at.trim();
  const zoned = /^\d{4}-\d{2}-\d{2}(T[\d:.]+)?$/.test(text) ? `${text}${text.includes("T") ? "" : "T00:00:00"}Z` : text;
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(zoned);
  if (!Number.isFinite(ms))
    throw invalid(`invalid schedule.at: "${at}" (use ISO 8601, for example 2030-01-31T07:00:00Z)`);
  return ms;
}

function targetOf(target: string): JobTarget {
  if (target === "main" || target === "isolated") return target;
  if (target === "current") return "main";
  const session = /^session:(.+)$/.exec(target)?.[1]?.trim();
  if (session) return { session };
  throw invalid(`invalid sessionTarget: "${target}" (use main, isolated or session:<key>)`);
}

function deliveryOf(delivery: CronDelivery | undefined): JobDelivery | undefined {
  if (!delivery) return undefined;
  const { mode, bestEffort, failureDestination, to, threadId, ...where } = delivery;
  const isWebhook = mode === "webhook";
  return given({
    ...{ type: mode, bestEffort, url: isWebhook ? to : undefined },
    ...(isWebhook ? {} : addressOf({ ...where, to })),
    topic: threadId === undefined ? undefined : shown(threadId),
    failures: failureDestination && given({ type: failureDestination.mode, ...addressOf(failureDestination) }),
  }) as JobDelivery;
}

function addressOf({
  channel,
  to,
  accountId,
}: {
  channel?: string;
  to?: string | undefined;
  accountId?: string;
}): JobAddress {
  return given({
    channel: channel?.trim() || undefined,
    place: to?.trim() || undefined,
    account: accountId,
  }) as JobAddress;
}

/** 2026.2.17 says in the payload where the answer goes. */
function oldDelivery(payload: Payload): CronDelivery | undefined {
  if (payload.kind !== "agentTurn" || (payload.deliver === undefined && payload.to === undefined)) return undefined;
  const { deliver, channel, to, bestEffortDeliver } = payload;
  const mode = deliver === false ? "none" : "announce";
  return given({ mode, channel, to, bestEffort: bestEffortDeliver }) as CronDelivery;
}

function alertOf(alert: CronAdd["failureAlert"]): JobInput["alert"] {
  if (alert === undefined || alert === false) return alert;
  const { mode, after, cooldownMs, includeSkipped, ...where } = alert;
  return given({ type: mode, after, cooldownMs, skipped: includeSkipped, ...addressOf(where) }) as JobInput["alert"];
}

/** Without the fields that are undefined. */
export function given<T extends object>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}

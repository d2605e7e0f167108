// Shapes of the methods about jobs. Source: CronJob and its kin of releases 2026.2.17 and 2026.5.7, together.
import {
  anything,
  flag,
  list,
  name,
  oneOf,
  open,
  optional,
  orNull,
  type Shape,
  strict,
  text,
  whole,
} from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

function union<A extends Shape, B extends Shape>(...options: readonly [A, B]): Shape<Value<A> | Value<B>>;
function union<A extends Shape, B extends Shape, C extends Shape>(
  ...options: readonly [A, B, C]
): Shape<Value<A> | Value<B> | Value<C>>;
function union(...options: readonly Shape[]): Shape {
  return { anyOf: options };
}

type Value<S> = S extends Shape<infer T> ? T : never;
type Kind<K extends string> = Shape<K>;
const kind = <const K extends string>(value: K): Kind<K> => ({ const: value, type: "string" });

const schedule = union(
  strict({ kind: kind("at"), at: name }),
  strict({ kind: kind("every"), everyMs: whole(1), anchorMs: optional(whole(0)) }),
  strict({ kind: kind("cron"), expr: name, tz: optional(text), staggerMs: optional(whole(0)) }),
);

const number: Shape<number> = { type: "number" };
const turn = {
  model: optional(text),
  fallbacks: optional(list(text)),
  thinking: optional(text),
  timeoutSeconds: optional(number),
  allowUnsafeExternalContent: optional(flag),
  lightContext: optional(flag),
  toolsAllow: optional(orNull(list(text))),
  // Where 2026.2.17 put the delivery.
  deliver: optional(flag),
  channel: optional(text),
  to: optional(text),
  bestEffortDeliver: optional(flag),
};
const payload = union(
  strict({ kind: kind("systemEvent"), text: name }),
  strict({ kind: kind("agentTurn"), message: name, ...turn }),
);
const payloadPatch = union(
  strict({ kind: kind("systemEvent"), text: optional(name) }),
  strict({ kind: kind("agentTurn"), message: optional(name), ...turn }),
);

const way = oneOf("announce", "webhook");
const address = { channel: optional(text), to: optional(text), accountId: optional(text) };
const delivery = {
  ...address,
  threadId: optional(union(text, number)),
  bestEffort: optional(flag),
  failureDestination: optional(strict({ ...address, mode: optional(way) })),
};
const anyWay = oneOf("none", "announce", "webhook");
const alert = strict({
  ...address,
  after: optional(whole(1)),
  cooldownMs: optional(whole(0)),
  includeSkipped: optional(flag),
  mode: optional(way),
});
const failureAlert: Shape<false | Value<typeof alert>> = { anyOf: [{ const: false, type: "boolean" }, alert] };

const rest = {
  agentId: optional(orNull(name)),
  sessionKey: optional(orNull(name)),
  description: optional(text),
  enabled: optional(flag),
  deleteAfterRun: optional(flag),
  failureAlert: optional(failureAlert),
};
const wakeMode = oneOf("next-heartbeat", "now");

export const cronAdd = strict({
  ...{ name, schedule, sessionTarget: name, wakeMode, payload },
  delivery: optional(strict({ mode: anyWay, ...delivery })),
  ...rest,
});

export const cronPatch = strict({
  name: optional(name),
  schedule: optional(schedule),
  sessionTarget: optional(name),
  wakeMode: optional(wakeMode),
  payload: optional(payloadPatch),
  delivery: optional(strict({ mode: optional(anyWay), ...delivery })),
  state: optional(anything),
  ...rest,
});

/** A job is named by `id` or `jobId`. */
const which = { id: optional(name), jobId: optional(name) };
export const cronOne = strict(which);
export const cronUpdate = strict({ ...which, patch: cronPatch });
export const cronRun = strict({ ...which, mode: optional(oneOf("due", "force", "if-enabled")) });
const state = oneOf("ok", "error", "skipped");
export const cronRuns = strict({
  ...which,
  scope: optional(oneOf("job", "all")),
  limit: optional(whole(1, 5000)),
  offset: optional(whole(0)),
  statuses: optional(list(state, 1)),
  status: optional(oneOf("all", "ok", "error", "skipped")),
  deliveryStatuses: optional(list(text, 1)),
  deliveryStatus: optional(text),
  query: optional(text),
  sortDir: optional(oneOf("asc", "desc")),
});
export const cronList = strict({
  includeDisabled: optional(flag),
  limit: optional(whole(1, 200)),
  offset: optional(whole(0)),
  query: optional(text),
  enabled: optional(oneOf("all", "enabled", "disabled")),
  sortBy: optional(oneOf("nextRunAtMs", "updatedAtMs", "name")),
  sortDir: optional(oneOf("asc", "desc")),
  agentId: optional(name),
  // These are of version 4.
  scheduleKind: optional(oneOf("all", "at", "every", "cron", "on-exit", "stream")),
  lastRunStatus: optional(oneOf("all", "ok", "error", "skipped", "unknown")),
  trigger: optional(oneOf("all", "conditional", "unconditional")),
  compact: optional(flag),
});
export const none = strict({});

export type CronSchedule = Value<typeof schedule>;
export type CronAdd = Value<typeof cronAdd>;
export type CronPatch = Value<typeof cronPatch>;
export type CronDelivery = NonNullable<CronPatch["delivery"]>;

const job = open({
  ...{ id: name, name, enabled: flag, createdAtMs: whole(0), updatedAtMs: whole(0), schedule },
  ...{ sessionTarget: name, wakeMode, payload: open({ kind: name }), state: open({}) },
});
const run = open({ ts: whole(0), jobId: name, action: oneOf("finished"), status: optional(state) });

/** What `compact` leaves of a job. */
const brief = open({ id: name, name, enabled: flag, updatedAtMs: whole(0) });

export const shapes: Group["shapes"] = {
  "cron.list": { params: cronList, result: open({ jobs: list(brief), total: whole(0), hasMore: flag }) },
  "cron.status": { params: none, result: open({ enabled: flag, storePath: name, jobs: whole(0) }) },
  "cron.get": { params: cronOne, result: job },
  "cron.add": { params: cronAdd, result: job },
  "cron.update": { params: cronUpdate, result: job },
  "cron.remove": { params: cronOne, result: open({ ok: flag, removed: flag }) },
  "cron.run": { params: cronRun, result: open({ ok: flag, ran: flag, reason: optional(text) }) },
  "cron.runs": { params: cronRuns, result: open({ entries: list(run), total: whole(0), hasMore: flag }) },
};

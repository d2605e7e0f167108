// Steering and knowing the process: notes for the agent, heartbeats, restart, updates, secrets and push, each with what
// this house really does.
import { createHash } from "node:crypto";
import type { InboundMessage } from "@homarus/sdk";
import { toFault } from "@homarus/sdk";
import type { PresenceEntry } from "../../presence.ts";
import { invalid, Refusal } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

/** `now` starts a run on the words; otherwise they wait for the next one. */
async function wake(input: ParamsOf<typeof params.wake>, { door, caller }: Call): Promise<unknown> {
  const text = input.text.trim();
  if (text === "") throw invalid("invalid wake params: at /text: must NOT be blank");
  const key = door.house.sessions.resolveKey("main");
  if (input.mode !== "now") {
    await door.house.sessions.note(key, text);
    return { ok: true };
  }
  const message: InboundMessage = {
    ...{ id: `wake:${crypto.randomUUID()}`, channel: "webchat", account: "default", origin: "program" },
    ...{ peer: { id: caller.deviceId ?? caller.clientId }, place: { id: key, type: "direct" }, session: key },
    ...{ text: `System: ${text}`, attachments: [], mentioned: true, sentAt: door.clock.now() },
  };
  const { ended } = await door.house.receive(message);
  ended.catch((thrown: unknown) => door.house.log.warn("gateway.wake-failed", { fault: toFault(thrown).toJSON() }));
  return { ok: true };
}

async function setHeartbeats(input: ParamsOf<typeof params.heartbeats>, { door }: Call): Promise<unknown> {
  await door.house.store.values("gateway").set("heartbeats", input.enabled);
  return { ok: true, enabled: input.enabled };
}

/** A beacon of a program on this machine or another: it stands in the presence list. */
function systemEvent(input: ParamsOf<typeof params.systemEvent>, { door }: Call): unknown {
  const text = input.text.trim();
  if (text === "") throw invalid("text required");
  const { deviceId, instanceId, host } = input;
  const entry: PresenceEntry = { ...input, text, reason: input.reason ?? "periodic", ts: door.clock.now() };
  door.presence.set(deviceId ?? instanceId ?? host ?? text.slice(0, 64), entry);
  door.presenceChanged();
  return { ok: true };
}

function stability(_input: unknown, { door }: Call): unknown {
  const memory = process.memoryUsage();
  return {
    ...{ ok: true, ts: door.clock.now(), uptimeMs: door.clock.now() - door.house.startedAt, events: [], count: 0 },
    memory: { rssBytes: memory.rss, heapUsedBytes: memory.heapUsed },
    counters: door.house.counters(),
  };
}

/** An id of this house, made once and kept: it signs nothing, it only tells one gateway from another. */
async function identity(_input: unknown, { door }: Call): Promise<unknown> {
  const values = door.house.store.values("gateway");
  const kept = await values.get("identity");
  const id = typeof kept === "string" ? kept : crypto.randomUUID();
  if (kept !== id) await values.set("identity", id);
  const hash = createHash("sha256").update(id).digest();
  return { deviceId: hash.toString("hex"), publicKey: hash.toString("base64url") };
}

function preflight(_input: unknown, { door }: Call): unknown {
  const { activeRuns } = door.house.counters();
  return {
    ...{ ok: true, safe: activeRuns === 0, activeRuns },
    blockers: activeRuns === 0 ? [] : [{ kind: "run", count: activeRuns }],
  };
}

function noRestart(): never {
  const message =
    "this gateway does not restart itself: settings take effect at once; restart the program that runs it if you must";
  throw new Refusal({ code: "UNAVAILABLE", message });
}

function updateStatus(): unknown {
  return { sentinel: null, updateAvailable: null };
}

function updateRun(): unknown {
  const reason = "this build does not update itself: install the new version and start it on the same state folder";
  const result = { status: "skipped", mode: "unknown", reason, steps: [], durationMs: 0 };
  return { ok: false, result, restart: null, sentinel: null };
}

/** Secrets are read from the settings each time they are needed: there is nothing to reload. */
const secretsReload = () => ({ ok: true, warningCount: 0 });

function secretsResolve(input: ParamsOf<typeof params.secretsResolve>): unknown {
  const diagnostics = input.targetIds.map((id) => `${id}: secrets are not handed out over the wire`);
  return { ok: true, assignments: [], diagnostics, inactiveRefPaths: [...input.targetIds] };
}

async function logs(input: ParamsOf<typeof params.logsTail>, { door }: Call): Promise<unknown> {
  return door.house.logs.tail(input);
}

function noPush(): never {
  throw new Refusal({ code: "UNAVAILABLE", message: "push is not set up: this build has no push sender" });
}

export const handlers: Group["handlers"] = {
  "logs.tail": logs,
  ...{ wake, "set-heartbeats": setHeartbeats, "system-event": systemEvent },
  ...{ "diagnostics.stability": stability, "gateway.identity.get": identity },
  ...{ "gateway.restart.preflight": preflight, "gateway.restart.request": noRestart },
  ...{ "update.status": updateStatus, "update.run": updateRun },
  ...{ "secrets.reload": secretsReload, "secrets.resolve": secretsResolve },
  ...{ "push.test": noPush, "push.web.vapidPublicKey": noPush, "push.web.subscribe": noPush },
  ...{ "push.web.unsubscribe": noPush, "push.web.test": noPush },
};

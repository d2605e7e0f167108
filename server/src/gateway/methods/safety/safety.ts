// approvals.*, policy.explain, audit.* and provenance.*: what the owner decides, looks up and takes back.
import type { AuditType } from "@homarus/sdk";
import { defaultAgent } from "../../default-agent.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

const linksDefault = 100;

async function listApprovals({ all }: ParamsOf<typeof params.listing>, { door }: Call): Promise<unknown> {
  const { approvals } = door.house;
  return { approvals: all === true ? await approvals.recent() : await approvals.waiting() };
}

function decide({ id, decision, scope = "once", input, note }: ParamsOf<typeof params.decide>, call: Call): unknown {
  return call.door.house.approvals.decide(id, {
    ...{ type: decision === "allow" ? "allowed" : "denied", scope, by: whoIs(call), channel: "webchat" },
    ...(input === undefined ? {} : { input: input as never }),
    ...(note === undefined ? {} : { note }),
  });
}

async function rules(_input: unknown, { door }: Call): Promise<unknown> {
  return { rules: await door.house.approvals.rules.list() };
}

async function removeRule({ id }: ParamsOf<typeof params.one>, { door }: Call): Promise<unknown> {
  return { removed: await door.house.approvals.rules.remove(id) };
}

function explain({ agentId, sessionKey, input, ...wish }: ParamsOf<typeof params.explain>, { door }: Call): unknown {
  return door.house.explain({ ...wish, agent: agentId, session: sessionKey, input: input as never });
}

async function listLinks(input: ParamsOf<typeof params.links>, { door }: Call): Promise<unknown> {
  const { type, sessionKey, runId, since, before, limit = linksDefault } = input;
  const links = await door.house.audit.links({
    ...(type === undefined ? {} : { type: type as AuditType }),
    ...(sessionKey === undefined ? {} : { sessionKey: door.house.sessions.resolveKey(sessionKey) }),
    ...(runId === undefined ? {} : { runId }),
    ...(since === undefined ? {} : { since }),
    ...(before === undefined ? {} : { before }),
    limit,
  });
  return { links };
}

async function verify({ sessionKey }: ParamsOf<typeof params.verify>, { door }: Call): Promise<unknown> {
  const { house } = door;
  const key = sessionKey === undefined ? undefined : house.sessions.resolveKey(sessionKey);
  const { broken, unproven, ...report } = await house.audit.verify(key);
  // What was imported is what it says it is: the house has signed that.
  const ok = broken === undefined && (unproven ?? []).every(({ reason }) => reason === "imported");
  return { ok, ...report, broken: broken ?? null, ...(unproven === undefined ? {} : { unproven }) };
}

async function listKept({ agentId }: ParamsOf<typeof params.kept>, { door }: Call): Promise<unknown> {
  return { checkpoints: await door.house.checkpoints.list(agentId) };
}

function compareKept({ id }: ParamsOf<typeof params.one>, { door }: Call): unknown {
  return door.house.checkpoints.compare(id);
}

function restoreKept({ id }: ParamsOf<typeof params.one>, call: Call): unknown {
  return call.door.house.checkpoints.restore(id, whoIs(call));
}

async function ways(_input: unknown, { door }: Call): Promise<unknown> {
  return { rules: await door.house.egress.rules() };
}

async function allowWay(wish: ParamsOf<typeof params.way>, call: Call): Promise<unknown> {
  await call.door.house.egress.allow(wish, whoIs(call));
  return { allowed: wish.host, once: wish.once ?? false };
}

async function removeWay({ host }: ParamsOf<typeof params.host>, call: Call): Promise<unknown> {
  return { removed: await call.door.house.egress.remove(host, whoIs(call)) };
}

function explainWay({ method = "GET", url, agentId }: ParamsOf<typeof params.request>, { door }: Call): unknown {
  return door.house.egress.explain(method, url, agentId);
}

async function files(_input: unknown, { door }: Call): Promise<unknown> {
  return { files: await door.house.provenance.files() };
}

async function trust({ agentId, path }: ParamsOf<typeof params.trust>, call: Call): Promise<unknown> {
  const { house } = call.door;
  return {
    trusted: await house.provenance.trust(agentId ?? defaultAgent(house.agents())?.id ?? "main", path, whoIs(call)),
  };
}

async function haltStatus(_input: unknown, { door }: Call): Promise<unknown> {
  const { halt } = door.house;
  const state = await halt.state();
  return { halted: state !== undefined, since: state?.since ?? null, by: state?.by ?? null, ...halt.limits() };
}

async function stop(_input: unknown, call: Call): Promise<unknown> {
  return { stopped: await call.door.house.halt.stop(whoIs(call)) };
}

async function resume({ code }: ParamsOf<typeof params.code>, call: Call): Promise<unknown> {
  await call.door.house.halt.resume(code, whoIs(call));
  return { halted: false };
}

async function newCode(_input: unknown, { door }: Call): Promise<unknown> {
  return { code: await door.house.halt.newCode() };
}

export const handlers: Group["handlers"] = {
  "halt.status": haltStatus,
  "halt.stop": stop,
  "halt.resume": resume,
  "halt.code": newCode,
  "approvals.list": listApprovals,
  "approvals.decide": decide,
  "approvals.rules": rules,
  "approvals.rules.remove": removeRule,
  "policy.explain": explain,
  "audit.links": listLinks,
  "audit.verify": verify,
  "checkpoints.list": listKept,
  "checkpoints.compare": compareKept,
  "checkpoints.restore": restoreKept,
  "egress.rules": ways,
  "egress.allow": allowWay,
  "egress.remove": removeWay,
  "egress.explain": explainWay,
  "provenance.files": files,
  "provenance.trust": trust,
};

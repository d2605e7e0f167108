// Safety as clients ask for it: approvals, the audit, what the policy would say, and marks of files.

import { type AuditRecord, Fault, type Json } from "@homarus/sdk";
import { unprovenCalls } from "../core/audit/proofs.ts";
import { verifyChain } from "../core/audit/verify.ts";
import { fieldOf } from "../core/policy/case.ts";
import { explainText, judge } from "../core/policy/judge.ts";
import { resolveKey } from "../core/route/route.ts";
import type { ExplainWish, Safety } from "../gateway/safety.ts";
import { houseEgress } from "./house-egress.ts";
import type { HouseParts } from "./house-parts.ts";
import { checkTool } from "./policy.ts";

export function houseSafety(parts: HouseParts): Safety {
  const { gates, ground } = parts;
  const { store, clock } = ground;
  const { approvals, signer, fileMarks } = gates;
  const { halt, limits } = gates;
  return {
    halt: {
      async state() {
        await halt.load();
        return halt.state();
      },
      stop: (by) => halt.stop(by, "webchat"),
      resume: (code, by) => halt.resume(code, by, "webchat"),
      newCode: halt.newCode,
      limits: limits.facts,
    },
    approvals: {
      waiting: approvals.waiting,
      recent: approvals.recent,
      decide: (name, answer) => approvals.decide(name, answer),
      rules: { list: approvals.standing.list, remove: approvals.standing.remove },
    },
    audit: {
      links: store.auditLinks,
      async verify(sessionKey) {
        const report = await verifyChain(store, signer.digest);
        if (sessionKey === undefined) return report;
        const session = await store.session(sessionKey);
        if (!session) throw new Fault("invalid", "session.unknown", `There is no session ${sessionKey}.`);
        const [first] = await store.auditPage(0, 1);
        const proof = { signer, since: first?.at };
        return { ...report, unproven: unprovenCalls(session.id, await store.entries(session.id), proof) };
      },
    },
    explain: (wish) => explain(wish, parts),
    egress: houseEgress(parts),
    checkpoints: {
      list: gates.checkpoints.list,
      compare: (id) => gates.checkpoints.compare(id, ground.shutdown.signal),
      restore: (id, by) => gates.checkpoints.restore(id, by, ground.shutdown.signal),
    },
    provenance: {
      async files() {
        await fileMarks.load();
        return fileMarks.list();
      },
      async trust(agent, path, by) {
        await fileMarks.load();
        if (!(await fileMarks.trust(agent, path))) return false;
        const record: AuditRecord = { type: "policy", at: clock.now(), actor: by, action: "trusts a file", agent };
        await store.commit([{ type: "audit", record: { ...record, detail: { path } } }]);
        return true;
      },
    },
  };
}

async function explain(
  wish: ExplainWish,
  { gates, agent, routeRules, ground, toolsets }: HouseParts,
): ReturnType<Safety["explain"]> {
  const id = wish.agent ?? routeRules().defaultAgent;
  checkTool(wish.tool, ground.catalog, toolsets.alike(wish.tool));
  const tool = gates.policyTool(wish.tool);
  const { audience = "owner", origin = "person", channel = "webchat" } = wish;
  const session = wish.session ?? resolveKey("main", id);
  const sandbox = gates.sandboxOf(id, session);
  const command = commandIn(wish.input, tool.fields?.command);
  const one = {
    ...{ tool, agent: id, sessionKey: session, channel, origin, audience, sandbox, peer: wish.peer ?? "" },
    place: { id: wish.place ?? "", type: audience === "room" ? ("group" as const) : ("direct" as const) },
    isUnattended: origin === "job" || origin === "hook",
    marks: wish.marked === true ? [{ from: "web" as const, what: "somewhere", at: ground.clock.now() }] : [],
    ...(wish.input === undefined ? {} : { input: wish.input }),
    command: command === undefined ? undefined : await gates.judgeCommand(command, { agent: id }),
  };
  const verdict = judge(one, agent(id).policy);
  return { ...verdict, text: explainText(one, verdict) };
}

function commandIn(input: Json | undefined, field: string | undefined): string | undefined {
  if (typeof input === "string" && field !== undefined) return input;
  const value = fieldOf(input, field);
  return typeof value === "string" ? value : undefined;
}

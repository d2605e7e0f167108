// Safety of the fake house: questions that a test asks, an audit that is the fake store's, a policy that allows all.
import { type Approval, type ApprovalRequest, type Clock, Fault, type HouseEvent, type Store } from "@homarus/sdk";
import type { EgressRuleFacts, Safety } from "../safety.ts";

export interface FakeSafety extends Safety {
  /** Asks as a run of the house would. */
  ask(request?: Partial<ApprovalRequest>): Approval;
}

const plain: ApprovalRequest = {
  ...{ kind: "tool", name: "exec", preview: "ls", input: { command: "ls" }, reason: "The owner wants to be asked." },
  ...{ agent: "main", sessionKey: "agent:main:main", runId: "r", callId: "c", channel: "telegram", audience: "owner" },
  ...{ covers: "exact", marks: [] },
};

const kept = {
  ...{ id: "kept", at: 1, agent: "main", sessionKey: "s", runId: "r", reason: "before exec", files: 1, bytes: 2 },
  ...{ tree: "t", config: "c" },
};

const fakeCheckpoints: Safety["checkpoints"] = {
  list: async () => [kept],
  compare: async () => ({ changed: ["a.md"], added: [], gone: [], left: [] }),
  async restore(id) {
    if (id !== kept.id) throw new Fault("invalid", "checkpoint.unknown", `There is no checkpoint ${id}.`);
    return { changed: ["a.md"], added: [], gone: [], left: [], checkpoint: kept, config: false, undo: "undo" };
  },
};

export function createFakeSafety(store: Store, clock: Clock, emit: (event: HouseEvent) => void): FakeSafety {
  let halted: { readonly since: number; readonly by: string } | undefined;
  const ways: EgressRuleFacts[] = [];
  const asked = new Map<string, Approval>();
  return {
    ask(request = {}) {
      const id = `approval-${asked.size + 1}`;
      const approval: Approval = {
        ...{ id, key: id, code: `K${asked.size}QF`, request: { ...plain, ...request } },
        ...{ createdAt: clock.now(), expiresAt: clock.now() + 60_000 },
      };
      asked.set(id, approval);
      emit({ type: "approval-requested", approval });
      return approval;
    },
    halt: {
      state: async () => halted,
      async stop(by) {
        halted = { since: clock.now(), by };
        return 1;
      },
      async resume(code) {
        if (code !== "GOOD-CODE") throw new Fault("denied", "halt.code", "That is not the code.");
        halted = undefined;
      },
      newCode: async () => "GOOD-CODE",
      limits: () => ({ running: 1, waiting: 0 }),
    },
    approvals: {
      waiting: async () => [...asked.values()].filter(({ decision }) => !decision),
      recent: async () => [...asked.values()],
      async decide(name, answer) {
        const approval = [...asked.values()].find(({ id, code }) => id === name || code === name);
        if (!approval) throw new Fault("invalid", "approval.unknown", `Nothing called ${name} waits for a decision.`);
        const decided = { ...approval, decision: { ...answer, at: clock.now() } };
        asked.set(approval.id, decided);
        emit({ type: "approval-decided", approval: decided });
        return decided;
      },
      rules: { list: async () => [], remove: async () => false },
    },
    audit: {
      links: store.auditLinks,
      verify: async () => ({ links: 0, head: "0".repeat(64) }),
    },
    explain: async ({ tool }) => ({ decision: "allow", reason: `${tool} may be used.`, findings: [], text: tool }),
    egress: {
      rules: async () => ways,
      async allow(wish) {
        ways.push({ ...wish, action: wish.action ?? "allow", from: "config" });
      },
      remove: async (host) => ways.splice(0).filter((way) => way.host === host).length,
      explain: async () => ({ decision: "deny", reason: "It is not among the hosts that are allowed." }),
    },
    checkpoints: fakeCheckpoints,
    provenance: { files: async () => [], trust: async () => false },
  };
}

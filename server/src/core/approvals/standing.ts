// The yes that stands: for one session until it starts afresh, or for good until somebody removes it.
import type { Approval, ApprovalRequest, Json, StandingRule, Store, Write } from "@homarus/sdk";

export interface Standing {
  /** The rule that covers this, if any. */
  find(
    request: Pick<ApprovalRequest, "kind" | "name" | "agent" | "input">,
    sessionId: string,
  ): Promise<StandingRule | undefined>;
  list(): Promise<readonly StandingRule[]>;
  /** False when there is none of that id. */
  remove(id: string): Promise<boolean>;
  /** What must be committed with the decision that made it; the rule holds once `done` is called after that. */
  add(approval: Approval, sessionId: string): Promise<{ readonly writes: readonly Write[]; readonly done: () => void }>;
}

const space = "standing-rules";
/** Of one session: older ones go, since the session may be long over. */
const mostOfSessions = 500;

export function createStanding({ store }: { readonly store: Pick<Store, "values"> }): Standing {
  let opened: Promise<Map<string, StandingRule>> | undefined;
  const open = (): Promise<Map<string, StandingRule>> => {
    opened ??= store
      .values(space)
      .list()
      .then((rows) => new Map(rows.map(({ key, value }) => [key, value as unknown as StandingRule])));
    return opened;
  };
  return {
    async find({ kind, name, agent, input }, sessionId) {
      const fits = (rule: StandingRule): boolean =>
        rule.kind === kind &&
        rule.name === name &&
        rule.agent === agent &&
        (rule.sessionId ?? sessionId) === sessionId &&
        (rule.input === undefined || isSame(rule.input, input));
      return [...(await open()).values()].find(fits);
    },
    list: async () => [...(await open()).values()].sort((a, b) => b.createdAt - a.createdAt),
    async remove(id) {
      const rules = await open();
      if (!rules.has(id)) return false;
      await store.values(space).remove(id);
      return rules.delete(id);
    },
    async add(approval, sessionId) {
      const rules = await open();
      const rule = ruleOf(approval, sessionId);
      const passing = [...rules.values()].filter((item) => item.sessionId !== undefined);
      const old = passing.slice(0, Math.max(0, passing.length + 1 - mostOfSessions));
      return {
        writes: [
          { type: "value-put", space, key: rule.id, value: rule as unknown as Json },
          ...old.map(({ id }): Write => ({ type: "value-remove", space, key: id })),
        ],
        done() {
          for (const { id } of old) rules.delete(id);
          rules.set(rule.id, rule);
        },
      };
    },
  };
}

function ruleOf({ id, request, decision }: Approval, sessionId: string): StandingRule {
  const { kind, name, agent, covers } = request;
  const input = decision?.input ?? request.input;
  const isPassing = decision?.scope === "session";
  return {
    ...{ id, kind, name, agent, createdAt: decision?.at ?? 0, by: decision?.by ?? "" },
    ...(isPassing ? { sessionId } : {}),
    ...(covers === "exact" ? { input } : {}),
    text: `${covers === "exact" ? request.preview : `any use of ${name}`}${isPassing ? ", in this conversation" : ""}`,
  };
}

/** The same value, whatever the order of its fields. */
export function isSame(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const fields = Object.entries(value as Readonly<Record<string, Json>>).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(",")}}`;
}

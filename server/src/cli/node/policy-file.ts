// The exec policy on disk: exec-policy.json in the node's folder, read anew for each command so that an edit holds at
// once. Over the wire it has the layout that clients of the peer read and write.
import { createHash } from "node:crypto";
import { readObject, readText, writeText } from "./files.ts";
import { asks, defaultPolicy, type Policy, type Rule, type Rules, securities } from "./policy.ts";

export interface PolicyFile {
  readonly path: string;
  /** Throws when the file cannot be understood: then nothing may run. */
  read(): Policy;
  /** Adds a rule for all agents, or for one. */
  allow(rule: Rule, agent: string | undefined): void;
  /** What `system.execApprovals.get` answers. */
  snapshot(): unknown;
  /** Writes what a client changed, over what it has seen. */
  replace(file: unknown, baseHash: unknown): void;
}

export function openPolicy(path: string): PolicyFile {
  if (readText(path) === undefined) save(path, defaultPolicy);
  const read = (): Policy => policyIn(readObject(path) ?? {});
  const hash = (): string =>
    createHash("sha256")
      .update(readText(path) ?? "")
      .digest("hex");
  return {
    path,
    read,
    allow(rule, agent) {
      const policy = read();
      const own = agent === undefined ? undefined : policy.agents[agent];
      const list = [...(own?.allowlist ?? policy.allowlist), rule];
      if (agent === undefined || own === undefined) save(path, { ...policy, allowlist: [...policy.allowlist, rule] });
      else save(path, { ...policy, agents: { ...policy.agents, [agent]: { ...own, allowlist: list } } });
    },
    snapshot: () => ({ path, exists: readText(path) !== undefined, hash: hash(), file: wireOf(read()) }),
    replace(file, baseHash) {
      if (typeof baseHash !== "string") throw wrong("exec approvals base hash required; reload and retry");
      if (baseHash !== hash()) throw wrong("exec approvals changed; reload and retry");
      save(path, fromWire(file));
    },
  };
}

function save(path: string, { agents, ...rules }: Policy): void {
  const rest = Object.keys(agents).length === 0 ? {} : { agents };
  writeText(path, `${JSON.stringify({ version: 1, ...rules, ...rest }, undefined, 2)}\n`);
}

function policyIn(given: Record<string, unknown>): Policy {
  const agents = Object.entries(objectIn(given.agents, "agents"));
  return {
    ...defaultPolicy,
    ...rulesIn(given),
    agents: Object.fromEntries(agents.map(([id, rules]) => [id, rulesIn(objectIn(rules, `agents.${id}`))])),
  };
}

function rulesIn({ security, ask, allowlist }: Record<string, unknown>): Partial<Rules> {
  return {
    ...(security !== undefined && { security: choiceIn(security, securities, "security") }),
    ...(ask !== undefined && { ask: choiceIn(ask, asks, "ask") }),
    ...(allowlist !== undefined && { allowlist: rulesListIn(allowlist) }),
  };
}

function rulesListIn(value: unknown): Rule[] {
  if (!Array.isArray(value)) throw wrong("allowlist must be a list");
  return value.map((item) => {
    const { pattern } = objectIn(item, "allowlist");
    if (typeof pattern !== "string") throw wrong("each entry of allowlist needs a pattern");
    return { pattern };
  });
}

function choiceIn<T extends string>(value: unknown, choices: readonly T[], name: string): T {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw wrong(`${name} must be one of ${choices.join(", ")}`);
  return found;
}

function objectIn(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined) return {};
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(`${name} must be an object`);
  return value as Record<string, unknown>;
}

function wireOf({ agents, allowlist, security, ask }: Policy) {
  return { version: 1, defaults: { security, ask }, agents: { "*": { allowlist }, ...agents } };
}

function fromWire(value: unknown): Policy {
  const { version, defaults, agents } = objectIn(value, "file");
  if (version !== 1) throw wrong("exec approvals file required, version 1");
  const { "*": all, ...others } = objectIn(agents, "agents");
  return policyIn({ ...objectIn(defaults, "defaults"), ...objectIn(all, "agents.*"), agents: others });
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { kind: "invalid", code: "node.policy" });
}

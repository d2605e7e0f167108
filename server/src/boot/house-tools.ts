// Tools as clients see and call them: the same rules and the same code as for a model's call.
import { Fault } from "@homarus/sdk";
import { toolGate } from "../core/agent/tool-gate.ts";
import type { House } from "../gateway/house.ts";
import type { HouseParts } from "./house-parts.ts";

export function houseTools(parts: HouseParts): House["tools"] {
  const { tools, newId } = parts;
  const gate = (name: string, agent: string) => toolGate(name, parts.agent(agent).tools);
  return {
    list: (agent) =>
      tools.entries.map(({ id, title, description, prompt, inputSchema, effects, idempotent }) => ({
        ...{ name: id, title, description, prompt, inputSchema, effects, isIdempotent: idempotent },
        isAllowed: gate(id, agent).type === "allow",
      })),
    async invoke({ name, input, agent, sessionKey, signal, progress }) {
      if (!tools.entries.some((entry) => entry.id === name))
        throw new Fault("invalid", "tool.unknown", `There is no tool ${name}.`);
      const verdict = gate(name, agent);
      if (verdict.type === "deny") throw new Fault("denied", "tool.denied", verdict.reason);
      const runId = newId();
      const timeoutMs = tools.facts.get(name)?.timeoutMs ?? 0;
      const ended = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      return tools.execute({
        ...{ runId, sessionKey, agent, progress: progress ?? (() => undefined) },
        call: { type: "tool-call", id: runId, name, input },
        signal: ended,
        sessions: parts.line.sessions({ sessionKey, agent, hops: 0, callKey: runId, signal: ended }),
        facts: async () => ({
          ...{ model: "", channel: "webchat", startedAt: parts.ground.clock.now(), messages: 0 },
          tokens: { input: 0, output: 0 },
        }),
      });
    },
  };
}

// Tools as clients see and call them: by the rules and the code that serve a model's call, without checkpoints.
import { type Authority, Fault } from "@homarus/sdk";
import { callDirectly, mayCallDirectly } from "../core/line/direct-call.ts";
import type { House } from "../gateway/house.ts";
import type { HouseParts } from "./house-parts.ts";

export function houseTools(parts: HouseParts): House["tools"] {
  const { tools, newId } = parts;
  const gated = { ...parts.gates, agent: parts.agent, clock: parts.ground.clock, store: parts.ground.store };
  return {
    list: (agent) =>
      tools.entries.map(({ id, title, description, prompt, inputSchema, effects, idempotent }) => ({
        ...{ name: id, title, description, prompt, inputSchema, effects, isIdempotent: idempotent },
        isAllowed: mayCallDirectly(id, agent, gated),
      })),
    async invoke({ name, input, agent, sessionKey, signal, progress }) {
      const facts = tools.facts.get(name);
      if (!facts) throw new Fault("invalid", "tool.unknown", `There is no tool ${name}.`);
      const runId = newId();
      const call = { type: "tool-call" as const, id: runId, name, input };
      const { json: redact } = parts.ground.redactor;
      const execute = async (passed: typeof call) => {
        const ended = AbortSignal.any([signal, AbortSignal.timeout(facts.timeoutMs)]);
        const output = await tools.execute({
          ...{ runId, sessionKey, agent, progress: (text: string) => progress?.(redact(text)) },
          call: passed,
          signal: ended,
          sessions: parts.line.sessions({
            sessionKey,
            agent,
            hops: 0,
            callKey: runId,
            signal: ended,
            authority: ownAuthority,
            heard: () => undefined,
          }),
          facts: async () => ({
            ...{ model: "", channel: "webchat", startedAt: parts.ground.clock.now(), messages: 0 },
            tokens: { input: 0, output: 0 },
          }),
        });
        return redact(output);
      };
      // Once more: a program of the owner may have rewritten the result.
      return redact(await callDirectly({ call, agent, sessionKey, runId, signal }, execute, gated));
    },
  };
}

/** A client holds the gateway's token: it speaks for the owner. */
const ownAuthority = (): Authority => ({ audience: "owner", marks: [], isUnattended: false });

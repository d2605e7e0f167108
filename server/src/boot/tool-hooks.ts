// Runs the owner's programs around tool calls. One that breaks refuses what it stands before; after three breaks in a row
// it is not asked any more for a while, and what it stands before is refused all the same: it was put there for a reason.
import { type Clock, type HouseEvent, type Log, type Processes, toFault } from "@homarus/sdk";
import {
  type HookAnswer,
  type HookMoment,
  type HookQuestion,
  readHookAnswer,
  type ToolHooks,
  withoutAnswer,
} from "../core/policy/hooks.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { ownerEnvironment } from "../host/process/owner-environment.ts";

export interface ToolHooksParts {
  readonly config: () => HouseConfig;
  readonly processes: Processes;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly emit: (event: HouseEvent) => void;
}

type Hook = HouseConfig["policy"]["hooks"][number];

const mostBreaks = 3;
const held: Readonly<Record<HookMoment, string>> = {
  before: "what it stands before is refused",
  after: "the results it looks at are not shown",
};
const restMs = 60_000;
const mostOutputBytes = 1_000_000;

export function createToolHooks(parts: ToolHooksParts): ToolHooks {
  const { config, clock } = parts;
  const broken = new Map<string, { readonly times: number; readonly until: number }>();
  const hooksFor = (moment: HookMoment, tool: string): readonly Hook[] =>
    config().policy.hooks.filter((hook) => hook.event === `tool.${moment}` && (hook.tools?.includes(tool) ?? true));
  const ask = async (
    hook: Hook,
    question: HookQuestion,
    moment: HookMoment,
    signal: AbortSignal,
  ): Promise<HookAnswer> => {
    const name = hook.command.join(" ");
    const refusal = withoutAnswer(`The owner's hook ${hook.command[0]} does not work`, moment);
    const rest = broken.get(name);
    if (rest && rest.times >= mostBreaks && clock.now() < rest.until) return refusal;
    try {
      const answer = readHookAnswer(await outputOf(hook, question, parts, signal), moment);
      broken.delete(name);
      return answer;
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      const times = (rest?.times ?? 0) + 1;
      broken.set(name, { times, until: clock.now() + restMs });
      parts.log.warn("hook.broke", { hook: hook.command[0], fault: toFault(thrown).toJSON() });
      if (times === mostBreaks)
        parts.emit({
          type: "notice",
          text: `The hook \`${hook.command[0]}\` broke ${times} times: until it works ${held[moment]}.`,
        });
      return refusal;
    }
  };
  return {
    has: (moment, tool) => hooksFor(moment, tool).length > 0,
    async before(question, signal) {
      let { input } = question;
      for (const hook of hooksFor("before", question.tool)) {
        const answer = await ask(hook, { ...question, input }, "before", signal);
        if (answer.type === "deny") return { refused: answer.reason };
        if (answer.type === "modify") input = answer.input ?? input;
      }
      return { input };
    },
    async after(question, signal) {
      let { result } = question;
      for (const hook of hooksFor("after", question.tool)) {
        const answer = await ask(hook, { ...question, result }, "after", signal);
        if (answer.type === "deny") return `[A hook of the owner withholds this result: ${answer.reason}]`;
        if (answer.type === "modify") result = answer.result ?? result;
      }
      return result;
    },
  };
}

async function outputOf(
  hook: Hook,
  question: HookQuestion,
  { processes, environment, folder }: ToolHooksParts,
  signal: AbortSignal,
): Promise<string> {
  const done = await processes.run(
    {
      ...{ argv: hook.command, folder, environment: ownerEnvironment(environment), maxOutputBytes: mostOutputBytes },
      input: JSON.stringify(question),
      timeoutMs: hook.timeoutSeconds * 1000,
    },
    signal,
  );
  if (done.ended === "exit" && done.exitCode === 0) return done.output;
  throw new Error(`it ended with ${done.exitCode ?? done.ended}: ${done.launcherText.slice(0, 300)}`);
}

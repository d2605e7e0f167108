// What a command does and says. A command is answered like any message: with one stored outcome.
import { Fault, peerName, type ThinkingLevel } from "@homarus/sdk";
import { type CommandCall, helpText } from "../commands/commands.ts";
import type { Route } from "../route/route.ts";
import { openLog } from "../sessions/log.ts";
import { openSession, resetSession } from "../sessions/session.ts";
import { answerApproval } from "./answer-approval.ts";
import { answerRollback } from "./answer-rollback.ts";
import type { CommandPlace } from "./command-place.ts";
import { contextLine, shortenSession } from "./context.ts";
import type { LineParts } from "./parts.ts";
import type { Runs } from "./runs.ts";

export async function answer(
  call: CommandCall,
  at: CommandPlace,
  parts: LineParts & { readonly runs: Runs },
): Promise<string> {
  const { route } = at;
  switch (call.name) {
    case "help":
      return helpText();
    case "status":
      return statusText(route, parts);
    case "resume":
      return resumeText(call.argument, at, parts);
    case "stop":
      if (call.argument.toLowerCase() === "all") return stopAllText(at, parts);
      return parts.runs.abort(route.sessionKey).length > 0 ? "Stopped." : "There is nothing to stop.";
    case "approve":
    case "deny":
    case "approvals":
      return answerApproval(call, at, parts);
    case "rollback":
      return answerRollback(call, at, parts);
    case "new":
      await resetSession(route.sessionKey, route.agent, parts);
      return "A fresh conversation. What I keep in my memory stays.";
    case "compact":
      return compactText(call.argument, route, parts);
    case "model":
      return chooseModel(call.argument, route, parts);
    case "think":
      return chooseThinking(call.argument, route, parts);
    default:
      throw new Fault("bug", "command.unknown", `The command ${call.name} has no answer.`);
  }
}

async function stopAllText({ row, authority }: CommandPlace, { halt }: LineParts): Promise<string> {
  if (authority.audience !== "owner" || row.message.origin !== "person")
    throw new Fault("denied", "halt.not-owner", "Only the owner stops everything.", {
      hint: "`/stop` stops what I do in this conversation.",
    });
  const stopped = await halt.stop(peerName(row.message.peer), row.message.channel);
  return `Everything is stopped (${stopped} ${stopped === 1 ? "run" : "runs"}), and nothing begins until \`/resume CODE\`. The code is shown by \`homarus stop --code\` on the machine.`;
}

async function resumeText(code: string, { row, authority }: CommandPlace, { halt }: LineParts): Promise<string> {
  if (authority.audience !== "owner") throw new Fault("denied", "halt.not-owner", "Only the owner lets it go on.");
  await halt.resume(code, peerName(row.message.peer), row.message.channel);
  return "Everything goes on.";
}

async function statusText(route: Route, parts: LineParts & { readonly runs: Runs }): Promise<string> {
  const log = await openLog(route.sessionKey, route.agent, { ...parts, window: 50 });
  const { session } = log;
  const agent = parts.agent(route.agent);
  const { provider, model } = parts.chooseModel(session.model ?? agent.model);
  await parts.context.rates.load(`${provider}/${model}`);
  const running = parts.runs.active().filter((run) => run.sessionKey === route.sessionKey).length;
  return [
    `**${agent.name}** on \`${provider}/${model}\`${session.model ? " (chosen for this conversation)" : ""}`,
    `Session \`${session.key}\`: ${await parts.store.lastSeq(session.id)} entries, ${session.usage.input + session.usage.cacheRead + session.usage.cacheWrite} tokens read, ${session.usage.output} written`,
    contextLine(log, { provider, model }, parts),
    `Thinking: ${session.thinking ?? agent.thinking}. ${running > 0 ? "I am working on something." : "I am idle."}`,
    parts.houseStatus(),
  ].join("\n");
}

async function compactText(focus: string, route: Route, parts: LineParts): Promise<string> {
  const done = await shortenSession({ key: route.sessionKey, agent: route.agent, focus }, parts);
  if (!done) return "There is nothing to put into notes: this conversation is short.";
  return `The earlier part of this conversation is in notes now: about ${done.after} tokens instead of ${done.before}. All of it stays in the log.`;
}

async function chooseModel(name: string, route: Route, parts: LineParts): Promise<string> {
  const session = await openSession(route.sessionKey, route.agent, parts);
  if (!name) {
    const { provider, model } = parts.chooseModel(session.model ?? parts.agent(route.agent).model);
    return `This conversation runs on \`${provider}/${model}\`. Choose another with \`/model provider/model\`.`;
  }
  const { model: _, ...rest } = session;
  if (name === "default") {
    await parts.store.commit([{ type: "session-put", session: { ...rest, updatedAt: parts.clock.now() } }]);
    return "Back to the default model.";
  }
  const { provider, model } = parts.chooseModel(name);
  await parts.store.commit([
    { type: "session-put", session: { ...rest, model: `${provider}/${model}`, updatedAt: parts.clock.now() } },
  ]);
  return `From now on this conversation runs on \`${provider}/${model}\`.`;
}

const levels: readonly ThinkingLevel[] = ["off", "low", "medium", "high"];

async function chooseThinking(name: string, route: Route, parts: LineParts): Promise<string> {
  const session = await openSession(route.sessionKey, route.agent, parts);
  const level = levels.find((item) => item === name.toLowerCase());
  if (!name)
    return `Thinking is ${session.thinking ?? parts.agent(route.agent).thinking}. Levels: ${levels.join(", ")}.`;
  if (!level) {
    throw new Fault("invalid", "command.think", `There is no thinking level ${name}.`, {
      hint: `Choose one of ${levels.join(", ")}.`,
    });
  }
  await parts.store.commit([
    { type: "session-put", session: { ...session, thinking: level, updatedAt: parts.clock.now() } },
  ]);
  return `Thinking is ${level} now.`;
}
